import type { AccountObject } from "../../src/core/account-object/account-object.ts";
import { accountObjectChange } from "../../src/core/account-object/ties.ts";
import { type AccountObjectId, accountId, principalId } from "../../src/core/ids.ts";
import type { AccountChange } from "../../src/core/ports/account-store.ts";
import { newWorkspace } from "../../src/core/workspace/decide.ts";

const account = accountId("11111111-2222-3333-4444-555555555555");
const creator = principalId("1");

/** A workspace of that id, for what needs one. */
export function workspaceChange(id: AccountObjectId): AccountChange {
  const row: AccountObject<"workspace"> = {
    id,
    account,
    kind: "workspace",
    name: id,
    createdAtMs: 1,
    version: 0,
    ...newWorkspace({
      credentials: null,
      storageConfiguration: null,
      network: null,
      privateAccessSettings: null,
      managedServicesKey: null,
      storageKey: null,
      networkConnectivityConfig: null,
      region: "us-west-2",
      customTags: null,
      pricingTier: "ENTERPRISE",
      computeMode: "HYBRID",
      isNoPublicIpEnabled: null,
      deploymentName: id,
      creator,
      port: null,
      url: null,
    }),
  };
  return accountObjectChange(row);
}
