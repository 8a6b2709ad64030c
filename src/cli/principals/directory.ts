import { updateWorkspaceAssignment } from "../../contract/databricks-account/workspace-assignment.ts";
import { listWorkspaces } from "../../contract/databricks-account/workspaces.ts";
import { AccountApiError, type AccountClient } from "../account/account-client.ts";
import type { Workspace } from "../account/wait.ts";
import { workspaceOf } from "../account/workspaces.ts";
import { CliError } from "../errors.ts";
import { GROUP, type PrincipalKind, type ScimPrincipal, SERVICE_PRINCIPAL, USER } from "./kinds.ts";

/** Rows of one page: few calls for ten thousand, and no answer that takes long. */
const PAGE = 1_000;

/** The principals and workspaces of an account, by the names that people have for them. */
export class Directory {
  readonly client: AccountClient;
  #workspaces: readonly Workspace[] | null = null;

  constructor(client: AccountClient) {
    this.client = client;
  }

  /** All of a kind that a SCIM filter lets through, without their members and groups. */
  async *all(kind: PrincipalKind, filter: string | undefined): AsyncIterable<ScimPrincipal> {
    for (let startIndex = 1; ; startIndex += PAGE) {
      const page = await this.#page(kind, [
        ["startIndex", String(startIndex)],
        ["count", String(PAGE)],
        ["excludedAttributes", "members,groups"],
        ...(filter === undefined ? [] : [["filter", filter] as const]),
      ]);
      yield* page;
      if (page.length < PAGE) return;
    }
  }

  /** The one of an id or a name. Throws where there is none, and where several have the name. */
  async find(kind: PrincipalKind, name: string): Promise<ScimPrincipal> {
    const found = await this.#named(kind, name);
    if (found !== null) return found;
    throw new CliError(`there is no ${kind.noun} ${name}`, {
      hint: `List them with \`firesteel ${kind.word} list\`.`,
    });
  }

  /** A member of a group: a user, a service principal or a group. Throws where a name is that of several. */
  async findMember(name: string): Promise<ScimPrincipal> {
    const kinds = [USER, SERVICE_PRINCIPAL, GROUP];
    const found = (await Promise.all(kinds.map((kind) => this.#named(kind, name)))).filter(
      (each) => each !== null,
    );
    const [only] = found;
    if (only !== undefined && found.length === 1) return only;
    throw new CliError(
      only === undefined
        ? `there is no user, service principal or group ${name}`
        : `${name} is the name of several: give an id`,
      {
        hint: "List them with `firesteel user list`, `firesteel service-principal list` or `firesteel group list`.",
      },
    );
  }

  async get(kind: PrincipalKind, id: string): Promise<ScimPrincipal> {
    return this.#scim(await this.client.call(kind.operations.get, { params: { id } }));
  }

  async create(kind: PrincipalKind, body: object): Promise<ScimPrincipal> {
    return this.#scim(await this.client.call(kind.operations.create, { body }));
  }

  async patch(kind: PrincipalKind, id: string, operations: readonly object[]): Promise<ScimPrincipal> {
    const body = { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: operations };
    return this.#scim(await this.client.call(kind.operations.patch, { params: { id }, body }));
  }

  /** By id, deployment name or name. */
  async workspace(name: string): Promise<Workspace> {
    this.#workspaces ??= await this.client.call(listWorkspaces);
    return workspaceOf(this.#workspaces, name);
  }

  async assign(principal: string, workspace: Workspace, level: "USER" | "ADMIN"): Promise<void> {
    await this.client.call(updateWorkspaceAssignment, {
      params: { workspace_id: String(workspace.workspace_id), principal_id: principal },
      body: { permissions: [level] },
    });
  }

  async #named(kind: PrincipalKind, name: string): Promise<ScimPrincipal | null> {
    const byId = /^\d+$/.test(name) ? await this.#byId(kind, name) : null;
    if (byId !== null) return byId;
    for (const attribute of kind.names) {
      // A value of a filter is written as in JSON (RFC 7644, 3.4.2.2).
      const found = await this.#page(kind, [["filter", `${attribute} eq ${JSON.stringify(name)}`]]);
      const [only] = found;
      if (found.length > 1)
        throw new CliError(`${found.length} ${kind.noun}s have the name ${name}: give an id`);
      if (only !== undefined) return only;
    }
    return null;
  }

  async #byId(kind: PrincipalKind, id: string): Promise<ScimPrincipal | null> {
    try {
      return await this.get(kind, id);
    } catch (error) {
      if (error instanceof AccountApiError && error.status === 404) return null;
      throw error;
    }
  }

  async #page(
    kind: PrincipalKind,
    query: readonly (readonly [name: string, value: string])[],
  ): Promise<readonly ScimPrincipal[]> {
    const { Resources } = await this.client.call(kind.operations.list, { query });
    return (Resources ?? []).map((resource) => this.#scim(resource));
  }

  /** Each kind has some of the members: all but the id may be missing. */
  #scim(answer: object): ScimPrincipal {
    return answer as ScimPrincipal;
  }
}
