import type { AccountObject } from "../../core/account-object/account-object.ts";
import { type CustomerManagedKey, keyRegionOf } from "../../core/account-object/customer-managed-key.ts";
import { createAccountObject } from "./account-objects.ts";
import type { DatabricksContext, DatabricksDependencies } from "./context.ts";

/** `encryption-keys.create`. Throws where the ARN is not that of a key. */
export async function createCustomerManagedKey(
  dependencies: DatabricksDependencies,
  context: DatabricksContext,
  input: Omit<CustomerManagedKey, "keyRegion">,
): Promise<AccountObject<"customer-managed-key">> {
  const { useCases, keyArn, keyAlias, reuseKeyForClusterVolumes } = input;
  const body = {
    useCases,
    keyArn,
    keyAlias,
    keyRegion: keyRegionOf(keyArn),
    // databricks-account-api.md B3: it means something for storage only, and there it is true unless it is said.
    reuseKeyForClusterVolumes: useCases.includes("STORAGE") ? (reuseKeyForClusterVolumes ?? true) : null,
  };
  return createAccountObject(dependencies, context, { kind: "customer-managed-key", name: keyArn, body });
}
