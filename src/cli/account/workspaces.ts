import { listWorkspaces } from "../../contract/databricks-account/workspaces.ts";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { connectAsAdministrator } from "./connection.ts";
import type { Workspace } from "./wait.ts";

/** All workspaces of the data directory's account. */
export async function allWorkspaces(
  endpoint: string,
  context: Pick<Context, "settings">,
): Promise<readonly Workspace[]> {
  const client = await connectAsAdministrator(endpoint, context);
  // The answer's shape is the operation's contract.
  return (await client.invoke(listWorkspaces, { params: {}, query: [], body: undefined })) as Workspace[];
}

/**
 * A workspace by id, deployment name or name. Throws where there is none, where several have the name, and where no
 * server runs to be asked.
 */
export async function workspaceNamed(
  name: string,
  server: { readonly url: string } | null,
  context: Pick<Context, "settings">,
): Promise<Workspace> {
  if (server === null) {
    throw new CliError(
      `no server is running on ${context.settings.dataDir}: it knows its workspaces' addresses`,
      {
        exitCode: EXIT_CODES.unreachable,
        hint: "Start one with `firesteel server`.",
      },
    );
  }
  return workspaceOf(await allWorkspaces(server.url, context), name);
}

/** One of these by id, deployment name or name; throws where there is none, and where several have the name. */
export function workspaceOf(workspaces: readonly Workspace[], name: string): Workspace {
  const exact = workspaces.filter(
    (workspace) =>
      String(workspace.workspace_id) === name ||
      workspace.deployment_name.toLowerCase() === name.toLowerCase(),
  );
  const found =
    exact.length > 0 ? exact : workspaces.filter((workspace) => workspace.workspace_name === name);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new CliError(
    only === undefined
      ? `there is no workspace ${name}`
      : `${found.length} workspaces have the name ${name}: give an id`,
    { hint: "List them with `firesteel account workspaces list`." },
  );
}
