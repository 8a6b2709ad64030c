import { type IpAccessList, mayCall } from "../../core/access/ip-access-list.ts";
import { WORKSPACE_CONF } from "../../core/access/token-policy.ts";
import { permissionDenied } from "../../core/databricks-errors.ts";
import { DomainError } from "../../core/errors.ts";
import type { AccountId, WorkspaceId } from "../../core/ids.ts";
import type { Json } from "../../core/json.ts";
import type { AccountStore } from "../../core/ports/account-store.ts";
import type { DatabricksDependencies } from "./context.ts";
import { readDocument } from "./documents.ts";

/** An account, or one of its workspaces: each has lists and a switch of its own. */
export type Place =
  | { readonly kind: "account"; readonly id: AccountId }
  | { readonly kind: "workspace"; readonly id: WorkspaceId };

type Values = { readonly [member: string]: Json };

/** The document that `ip-access-lists.ts` writes. */
export const IP_ACCESS_LISTS = "ip-access-lists";

/** All of an account or a workspace, oldest first. */
export async function ipAccessLists(store: AccountStore, place: Place): Promise<readonly IpAccessList[]> {
  return listsOf((await readDocument<Json>(store, place.id, IP_ACCESS_LISTS, [])).body);
}

/** Only lists are written under that name. */
export function listsOf(body: Json): readonly IpAccessList[] {
  return body as unknown as readonly IpAccessList[];
}

/**
 * Whether a place minds from where it is called: a workspace by its configuration `enableIpAccessLists`, an account by
 * its setting `acct_ip_acl_enable` (databricks-workspace-api.md C16, databricks-account-api.md B13).
 */
export async function mindsAddresses(store: AccountStore, { kind, id }: Place): Promise<boolean> {
  if (kind === "account")
    return (await readDocument<Values>(store, id, "setting:acct_ip_acl_enable", {})).body.value === true;
  const { enableIpAccessLists } = (await readDocument<Values>(store, id, WORKSPACE_CONF, {})).body;
  return enableIpAccessLists === "true";
}

/** Throws `PERMISSION_DENIED` where a place is not to be called from this address. */
export async function refuseAddress(
  { store }: DatabricksDependencies,
  place: Place,
  address: string,
): Promise<void> {
  if (!(await mindsAddresses(store, place))) return;
  if (!mayCall(address, await ipAccessLists(store, place)))
    throw permissionDenied(
      `Source IP address: ${address} is blocked by Databricks IP ACL for ${place.kind}: ${place.id}`,
    );
}

/** Throws `INVALID_STATE` where these lists would keep out whoever is about to put them into force. */
export function refuseLockOut(address: string, lists: readonly IpAccessList[]): void {
  if (mayCall(address, lists)) return;
  // HTTP 400 here: databricks-workspace-api.md C16.
  throw new DomainError(
    "invalid",
    `Your current IP ${address} will not be allowed to access the workspace under current configuration. Please include it in an ALLOW list first.`,
    { code: "INVALID_STATE" },
  );
}
