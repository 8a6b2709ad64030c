import { checkIpAddresses, type IpAccessList, MAX_IP_ADDRESSES } from "../../core/access/ip-access-list.ts";
import { doesNotExist } from "../../core/databricks-errors.ts";
import { DomainError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { AccountStore } from "../../core/ports/account-store.ts";
import {
  IP_ACCESS_LISTS,
  ipAccessLists,
  listsOf,
  mindsAddresses,
  type Place,
  refuseLockOut,
} from "./address-check.ts";
import type { DatabricksContext, DatabricksDependencies, WorkspaceContext } from "./context.ts";
import { changeDocument } from "./documents.ts";
import { realmOf } from "./realm.ts";

type Context = DatabricksContext | WorkspaceContext;

export interface GivenIpAccessList {
  readonly label: string;
  readonly type: IpAccessList["type"];
  readonly addresses: readonly string[];
  readonly enabled: boolean;
}

/** Throws `FEATURE_DISABLED` in a workspace where they are not switched on. */
export async function listIpAccessLists(
  { store }: DatabricksDependencies,
  context: Context,
): Promise<readonly IpAccessList[]> {
  await refuseSwitchedOff(store, context);
  return ipAccessLists(store, placeOf(context));
}

/** Throws `RESOURCE_DOES_NOT_EXIST` where there is no such list. */
export async function getIpAccessList(
  dependencies: DatabricksDependencies,
  context: Context,
  id: string,
): Promise<IpAccessList> {
  return found(await listIpAccessLists(dependencies, context), id);
}

/** Throws where a value is no address, there are too many, or the caller's own address could not call any more. */
export async function createIpAccessList(
  dependencies: DatabricksDependencies,
  context: Context,
  given: Omit<GivenIpAccessList, "enabled">,
): Promise<IpAccessList> {
  const { ids, clock } = dependencies;
  const nowMs = clock.now();
  const by = context.caller.principal;
  const made: IpAccessList = {
    id: ids.uuid(),
    ...given,
    enabled: true,
    createdAtMs: nowMs,
    createdBy: by,
    updatedAtMs: nowMs,
    updatedBy: by,
  };
  await change(dependencies, context, (lists) => [...lists, made]);
  return made;
}

/** Throws as `createIpAccessList` does, and where there is no such list. */
export async function changeIpAccessList(
  dependencies: DatabricksDependencies,
  context: Context,
  id: string,
  given: Partial<GivenIpAccessList>,
): Promise<IpAccessList> {
  const updatedAtMs = dependencies.clock.now();
  const lists = await change(dependencies, context, (before) => {
    const changed = { ...found(before, id), ...given, updatedAtMs, updatedBy: context.caller.principal };
    return before.map((list) => (list.id === id ? changed : list));
  });
  return found(lists, id);
}

/** Throws as `createIpAccessList` does, and where there is no such list. */
export async function deleteIpAccessList(
  dependencies: DatabricksDependencies,
  context: Context,
  id: string,
): Promise<void> {
  await change(dependencies, context, (lists) => {
    found(lists, id);
    return lists.filter((list) => list.id !== id);
  });
}

async function change(
  dependencies: DatabricksDependencies,
  context: Context,
  decide: (lists: readonly IpAccessList[]) => readonly IpAccessList[],
): Promise<readonly IpAccessList[]> {
  await refuseSwitchedOff(dependencies.store, context);
  const place = placeOf(context);
  const changed = await changeDocument<Json>(
    dependencies,
    place.id,
    IP_ACCESS_LISTS,
    [],
    async ({ body }) => {
      const lists = decide(listsOf(body));
      for (const { addresses } of lists) checkIpAddresses(addresses);
      const count = lists.reduce((sum, { addresses }) => sum + addresses.length, 0);
      if (count > MAX_IP_ADDRESSES)
        throw new DomainError("invalid", `IP access lists hold up to ${MAX_IP_ADDRESSES} values.`, {
          code: "QUOTA_EXCEEDED",
        });
      if (await mindsAddresses(dependencies.store, place)) refuseLockOut(context.sourceIp, lists);
      return lists.map((list) => ({ ...list, addresses: [...list.addresses] }));
    },
  );
  return listsOf(changed.body);
}

function found(lists: readonly IpAccessList[], id: string): IpAccessList {
  const list = lists.find((each) => each.id === id);
  if (list === undefined) throw doesNotExist(`IP access list ${id} does not exist.`);
  return list;
}

function placeOf(context: Context): Place {
  const { account, workspace } = realmOf(context);
  return workspace === null ? { kind: "account", id: account } : { kind: "workspace", id: workspace.id };
}

async function refuseSwitchedOff(store: AccountStore, context: Context): Promise<void> {
  const place = placeOf(context);
  if (place.kind === "account" || (await mindsAddresses(store, place))) return;
  throw new DomainError(
    "not-found",
    `IP access lists are not enabled in workspace ${place.id}: set enableIpAccessLists to "true".`,
    { code: "FEATURE_DISABLED" },
  );
}
