import type { Static } from "typebox";
import { NOT_SENT, type Workspace as WireWorkspace } from "../../contract/databricks-account/workspaces.ts";
import { invalidParameter } from "../../core/databricks-errors.ts";
import { type AccountObjectId, accountObjectId } from "../../core/ids.ts";
import type { OutgoingMail } from "../../core/workspace/outgoing-mail.ts";
import type { Workspace, WorkspaceConfiguration, WorkspaceObject } from "../../core/workspace/workspace.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import type { DatabricksOptions } from "./account.ts";
import type { AccountHandlers } from "./handlers.ts";

type Wire = Static<typeof WireWorkspace>;

/** The wire's members of a configuration that are ids of other objects. */
const REFERENCES = {
  credentials_id: "credentials",
  storage_configuration_id: "storageConfiguration",
  network_id: "network",
  private_access_settings_id: "privateAccessSettings",
  managed_services_customer_managed_key_id: "managedServicesKey",
  storage_customer_managed_key_id: "storageKey",
  network_connectivity_config_id: "networkConnectivityConfig",
} as const satisfies { readonly [Member in keyof Wire]?: keyof WorkspaceConfiguration };
type ReferenceMember = keyof typeof REFERENCES;
type ReferenceName = (typeof REFERENCES)[ReferenceMember];

export function workspacesHandlers(
  useCases: DatabricksUseCases,
  urls: Pick<DatabricksOptions, "workspaceUrl" | "presentUrl">,
): AccountHandlers<
  "workspaces.create" | "workspaces.list" | "workspaces.get" | "workspaces.update" | "workspaces.delete"
> {
  const wire = (workspace: WorkspaceObject, unsent: readonly OutgoingMail[] = []) =>
    wireWorkspace(workspace, urls, unsent);
  return {
    async "workspaces.create"(context, input) {
      const made = await useCases.createWorkspace(context, {
        ...nothing,
        ...references(input),
        managedServicesKey: reference(
          input.managed_services_customer_managed_key_id ?? input.customer_managed_key_id,
        ),
        name: input.workspace_name,
        deploymentName: input.deployment_name ?? null,
        region: input.aws_region,
        customTags: input.custom_tags ?? null,
        pricingTier: input.pricing_tier === "UNKNOWN" ? null : (input.pricing_tier ?? null),
        computeMode: input.compute_mode ?? "HYBRID",
        isNoPublicIpEnabled: input.is_no_public_ip_enabled ?? null,
      });
      return wire(made);
    },
    async "workspaces.list"({ caller }) {
      const unsent = Map.groupBy(await useCases.unsentMails(caller.account), ({ workspace }) => workspace);
      const workspaces = await useCases.list(caller.account, "workspace");
      return workspaces.map((workspace) => wire(workspace, unsent.get(workspace.id)));
    },
    async "workspaces.get"(context, input) {
      const workspace = await useCases.getWorkspace(context, input.workspace_id);
      return wire(workspace, await useCases.unsentMails(context.caller.account, workspace.id));
    },
    async "workspaces.update"(context, input) {
      const { update_mask: mask, workspace_id: id, account_id: _account, ...all } = input;
      const { workspace_name, deployment_name, pricing_tier, compute_mode, ...given } = all;
      const isMasked = mask !== undefined && mask !== "" && mask !== "*";
      const now = wire(await useCases.getWorkspace(context, id));
      if (!isMasked) refuseFixed(now, { workspace_name, deployment_name, pricing_tier, compute_mode });
      const members = isMasked ? mask.split(",").map((member) => member.trim()) : Object.keys(given);
      const unknown = members.filter((member) => !CHANGEABLE.has(member));
      if (unknown.length > 0)
        throw invalidParameter(`update_mask: ${unknown.join(", ")} of a workspace cannot be changed.`);
      const masked = Object.fromEntries(Object.entries(given).filter(([name]) => members.includes(name)));
      const cleared = members.filter((member) => !(masked[member] ?? false));
      if (isMasked) refuseCleared(now, cleared);
      const change = {
        ...references(masked),
        ...(masked.aws_region !== undefined && { region: String(masked.aws_region) }),
        ...(members.includes("custom_tags") && { customTags: given.custom_tags ?? null }),
      };
      return wire(await useCases.changeWorkspace(context, id, change));
    },
    async "workspaces.delete"(context, input) {
      return wire(await useCases.deleteWorkspace(context, input.workspace_id));
    },
  };
}

/** What a workspace has for good may be sent as it is; a deployment name also as it was before the account's prefix. */
function refuseFixed(now: Wire, given: { readonly [Member in keyof Wire]?: string | undefined }): void {
  for (const [member, value] of Object.entries(given)) {
    const is = String(now[member as keyof Wire]); // one of the members of the parameter's type
    if (value === undefined || value === is) continue;
    if (member === "deployment_name" && `-${is}`.toLowerCase().endsWith(`-${value}`.toLowerCase())) continue;
    throw invalidParameter(`${member} of a workspace cannot be changed: it is '${is}'.`);
  }
}

/**
 * A mask that names a member without a value clears it: the SDKs leave out what is empty. Tags can be none; nothing else
 * that a workspace has can be taken from it, but another can be given.
 */
function refuseCleared(now: Wire, cleared: readonly string[]): void {
  const [lost] = cleared.filter((member) => member !== "custom_tags" && member in now);
  if (lost !== undefined)
    throw invalidParameter(`update_mask: ${lost} has no value, and a workspace keeps one: give another.`);
}

const CHANGEABLE: ReadonlySet<string> = new Set([...Object.keys(REFERENCES), "aws_region", "custom_tags"]);

const nothing = {
  credentials: null,
  storageConfiguration: null,
  network: null,
  privateAccessSettings: null,
  managedServicesKey: null,
  storageKey: null,
  networkConnectivityConfig: null,
} as const satisfies Readonly<Record<ReferenceName, null>>;

/** The references that a request names. */
function references(
  input: Readonly<Record<string, unknown>>,
): Partial<Record<ReferenceName, AccountObjectId>> {
  const named: Partial<Record<ReferenceName, AccountObjectId>> = {};
  for (const [member, name] of Object.entries(REFERENCES)) {
    const id = reference(input[member]);
    if (id !== null) named[name] = id;
  }
  return named;
}

/** Terraform's users give `<account>/<id>` (databricks-account-api.md B7); Terraform itself sends "" for none. */
function reference(id: unknown): AccountObjectId | null {
  return typeof id === "string" && id !== "" ? accountObjectId(id.slice(id.lastIndexOf("/") + 1)) : null;
}

function wireWorkspace(
  { id, account, name, state, body, createdAtMs }: WorkspaceObject,
  urls: Pick<DatabricksOptions, "workspaceUrl" | "presentUrl">,
  unsent: readonly OutgoingMail[],
): Wire {
  const url = urls.workspaceUrl(body);
  const warnings = [
    ...warningsOf(body, url, urls.presentUrl(body)),
    ...unsent.map(({ recipient, lastError }) => `${NOT_SENT}${recipient}: ${lastError}`),
  ];
  const named: { [Member in ReferenceMember]?: string } = {};
  for (const [member, property] of Object.entries(REFERENCES)) {
    const reference = body[property];
    if (reference !== null) named[member as ReferenceMember] = reference; // a key of the table
  }
  return {
    workspace_id: Number(id),
    workspace_name: name,
    aws_region: body.region,
    creation_time: createdAtMs,
    deployment_name: body.deploymentName,
    workspace_url: url,
    workspace_status: state ?? "",
    workspace_status_message: body.message,
    account_id: account,
    ...named,
    pricing_tier: body.pricingTier,
    compute_mode: body.computeMode,
    // databricks-account-api.md B7: whose bucket the workspace has.
    storage_mode: body.computeMode === "SERVERLESS" ? "DEFAULT_STORAGE" : "CUSTOMER_HOSTED",
    ...(body.isNoPublicIpEnabled !== null && { is_no_public_ip_enabled: body.isNoPublicIpEnabled }),
    ...(body.customTags !== null && { custom_tags: { ...body.customTags } }),
    ...(warnings.length > 0 && { warnings }),
  };
}

/** `firesteel doctor` tells these apart by how they begin. */
function warningsOf({ unverified }: Workspace, url: string, presentUrl: string): string[] {
  return [
    ...(url !== presentUrl
      ? [
          `Address: the server's settings have changed, and it answers at ${presentUrl} now. Change them back, or update the workspace, which gives it that URL.`,
        ]
      : []),
    ...unverified.map((what) => `Not verified: ${what}.`),
  ];
}
