import type { AccountObject } from "../../core/account-object/account-object.ts";
import { nameClaim } from "../../core/account-object/account-object.ts";
import { accountObjectChanged } from "../../core/account-object/events.ts";
import {
  checkPrivateAccessSettings,
  type PrivateAccessSettings,
} from "../../core/account-object/private-access-settings.ts";
import { accountObjectChange } from "../../core/account-object/ties.ts";
import { alreadyExists, invalidParameter } from "../../core/databricks-errors.ts";
import type { AccountId } from "../../core/ids.ts";
import { retryStale } from "../retry-stale.ts";
import { createAccountObject, getAccountObject } from "./account-objects.ts";
import type { DatabricksContext, DatabricksDependencies } from "./context.ts";

export type PrivateAccessSettingsInput = PrivateAccessSettings & { readonly name: string };

/** `private-access.create`. */
export async function createPrivateAccessSettings(
  dependencies: DatabricksDependencies,
  context: DatabricksContext,
  { name, ...body }: PrivateAccessSettingsInput,
): Promise<AccountObject<"private-access-settings">> {
  checkPrivateAccessSettings(name, body);
  return createAccountObject(dependencies, context, { kind: "private-access-settings", name, body }, () =>
    requireEndpoints(dependencies, context.caller.account, body),
  );
}

/** `private-access.replace`: the whole of them. Throws where they are of another region than before. */
export function replacePrivateAccessSettings(
  dependencies: DatabricksDependencies,
  { caller }: DatabricksContext,
  id: string,
  { name, ...body }: PrivateAccessSettingsInput,
): Promise<AccountObject<"private-access-settings">> {
  checkPrivateAccessSettings(name, body);
  const { store, clock } = dependencies;
  return retryStale(async () => {
    const known = await getAccountObject(dependencies, caller.account, "private-access-settings", id);
    if (known.body.region !== body.region)
      throw invalidParameter(
        `region of private access settings cannot be changed: it is ${known.body.region}.`,
      );
    const row = { ...known, name, body };
    const holder = await store.accountObjects.holding(nameClaim(row));
    if (holder !== null && holder.id !== row.id)
      throw alreadyExists(`Private access settings name \`${name}\` already exists in this account.`);
    await requireEndpoints(dependencies, caller.account, body);
    await store.commit([
      accountObjectChange(row),
      { kind: "event", event: accountObjectChanged("changed", row, caller.principal, clock.now()) },
    ]);
    return { ...row, version: row.version + 1 };
  });
}

async function requireEndpoints(
  { store }: DatabricksDependencies,
  account: AccountId,
  { allowedVpcEndpoints, region }: PrivateAccessSettings,
): Promise<void> {
  for (const id of allowedVpcEndpoints) {
    const endpoint = await store.accountObjects.get(account, "vpc-endpoint", id);
    if (endpoint === null)
      throw invalidParameter(`allowed_vpc_endpoint_ids: VPC endpoint ${id} does not exist.`);
    if (endpoint.body.region !== region) {
      throw invalidParameter(
        `allowed_vpc_endpoint_ids: VPC endpoint ${id} is in ${endpoint.body.region}, the settings are of ${region}.`,
      );
    }
  }
}
