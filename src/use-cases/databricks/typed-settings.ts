import { DomainError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import { ipAccessLists, refuseLockOut } from "./address-check.ts";
import type { DatabricksContext, DatabricksDependencies, WorkspaceContext } from "./context.ts";
import { changeDocument, type Document, readDocument } from "./documents.ts";
import { realmOf } from "./realm.ts";

type Context = DatabricksContext | WorkspaceContext;
type Value = { readonly [member: string]: Json };

interface SettingType {
  /** The member of the setting that holds its value. */
  readonly member: string;
  /** What holds while nobody has set anything. */
  readonly initial: Value;
}

const ON_OFF = (member: string): SettingType => ({ member, initial: { value: false } });

/** databricks-account-api.md B13; the members as the vendor's SDKs have them (settings service). */
const ACCOUNT_TYPES: ReadonlyMap<string, SettingType> = new Map([
  ["acct_ip_acl_enable", ON_OFF("acct_ip_acl_enable")],
  ["dcp_acct_enable", { member: "personal_compute", initial: { value: "ON" } }],
  ["disable_legacy_features", ON_OFF("disable_legacy_features")],
  [
    "shield_csp_enablement_ac",
    { member: "csp_enablement_account", initial: { is_enforced: false, compliance_standards: [] } },
  ],
  ["shield_esm_enablement_ac", { member: "esm_enablement_account", initial: { is_enforced: false } }],
  ["llm_proxy_partner_powered", ON_OFF("boolean_val")],
  ["llm_proxy_partner_powered_enforce", ON_OFF("boolean_val")],
]);

/** databricks-workspace-api.md C16 */
const WORKSPACE_TYPES: ReadonlyMap<string, SettingType> = new Map([
  [
    "automatic_cluster_update",
    { member: "automatic_cluster_update_workspace", initial: { enabled: false, can_toggle: true } },
  ],
  ["default_namespace_ws", { member: "namespace", initial: { value: "hive_metastore" } }],
  ["disable_legacy_access", ON_OFF("disable_legacy_access")],
  ["disable_legacy_dbfs", ON_OFF("disable_legacy_dbfs")],
  ["restrict_workspace_admins", { member: "restrict_workspace_admins", initial: { status: "ALLOW_ALL" } }],
  [
    "shield_csp_enablement_ws_db",
    {
      member: "compliance_security_profile_workspace",
      initial: { is_enabled: false, compliance_standards: [] },
    },
  ],
  [
    "shield_esm_enablement_ws_db",
    { member: "enhanced_security_monitoring_workspace", initial: { is_enabled: false } },
  ],
]);

export interface TypedSetting {
  readonly member: string;
  readonly value: Value;
  readonly etag: string;
}

/** Throws `NOT_IMPLEMENTED` for a type that this server does not keep. */
export async function getTypedSetting(
  { store }: DatabricksDependencies,
  context: Context,
  type: string,
): Promise<TypedSetting> {
  const { owner, member, initial } = place(context, type);
  return typed(member, await readDocument<Value>(store, owner, nameOf(type), initial));
}

/**
 * Changes the members of a setting's value that the mask names, or all that are given. Throws `RESOURCE_CONFLICT` with
 * the current etag where the one that is given is another.
 */
export async function changeTypedSetting(
  dependencies: DatabricksDependencies,
  context: Context,
  type: string,
  given: { readonly setting: Readonly<Record<string, unknown>>; readonly mask: string | null },
): Promise<TypedSetting> {
  const { owner, member, initial } = place(context, type);
  const value = given.setting[member];
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new DomainError("invalid", `Missing required field: setting.${member}`);
  const wanted = masked(member, value as Value, given.mask); // parsed from JSON
  if (type === "acct_ip_acl_enable" && wanted.value === true) {
    const account = { kind: "account", id: context.caller.account } as const;
    refuseLockOut(context.sourceIp, await ipAccessLists(dependencies.store, account));
  }
  const changed = await changeDocument<Value>(dependencies, owner, nameOf(type), initial, (before) => {
    refuseStale(given.setting.etag, before.etag);
    return { ...before.body, ...wanted };
  });
  return typed(member, changed);
}

/** Puts a setting back to what it is while nobody has set anything. Answers the new etag. */
export async function resetTypedSetting(
  dependencies: DatabricksDependencies,
  context: Context,
  type: string,
  etag: string | undefined,
): Promise<string> {
  const { owner, initial } = place(context, type);
  const changed = await changeDocument<Value>(dependencies, owner, nameOf(type), initial, (before) => {
    refuseStale(etag, before.etag);
    return initial;
  });
  return changed.etag;
}

/** Throws the conflict of databricks-workspace-api.md C16, which tells the etag to go on with. */
export function refuseStale(given: unknown, current: string): void {
  if (given === undefined || given === "" || given === current) return;
  throw new DomainError(
    "conflict",
    `The etag ${String(given)} is out of date; the current one is ${current}.`,
    {
      details: [
        {
          "@type": "type.googleapis.com/google.rpc.ErrorInfo",
          reason: "ETAG_MISMATCH",
          domain: "settings",
          metadata: { etag: current },
        },
      ],
    },
  );
}

function masked(member: string, value: Value, mask: string | null): Value {
  if (mask === null || mask === "" || mask === "*") return value;
  const paths = mask.split(",").map((path) => path.trim());
  if (paths.includes(member)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => paths.includes(`${member}.${name}`)));
}

function typed(member: string, { body, etag }: Document<Value>): TypedSetting {
  return { member, value: body, etag };
}

function nameOf(type: string): string {
  return `setting:${type}`;
}

function place(context: Context, type: string) {
  const { account, workspace } = realmOf(context);
  const known = (workspace === null ? ACCOUNT_TYPES : WORKSPACE_TYPES).get(type);
  if (known === undefined)
    throw new DomainError("not-implemented", `Settings of type ${type} are not implemented by this server.`);
  return { owner: workspace?.id ?? account, ...known };
}
