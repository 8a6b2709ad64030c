import type { AccountObject } from "../../core/account-object/account-object.ts";
import {
  checkStorageConfiguration,
  MAX_STORAGE_CONFIGURATIONS,
} from "../../core/account-object/storage-configuration.ts";
import { invalidState } from "../../core/databricks-errors.ts";
import { createAccountObject } from "./account-objects.ts";
import type { DatabricksContext, DatabricksDependencies } from "./context.ts";

/** `storage.create`. Throws where the bucket's name is none, the name is taken or the account has 50 already. */
export async function createStorageConfiguration(
  dependencies: DatabricksDependencies,
  context: DatabricksContext,
  input: { readonly name: string; readonly bucketName: string; readonly roleArn: string | null },
): Promise<AccountObject<"storage-configuration">> {
  const body = { bucketName: input.bucketName, roleArn: input.roleArn };
  checkStorageConfiguration(body);
  const made = { kind: "storage-configuration", name: input.name, body } as const;
  return createAccountObject(dependencies, context, made, async () => {
    const count = await dependencies.store.accountObjects.count(
      context.caller.account,
      "storage-configuration",
    );
    if (count < MAX_STORAGE_CONFIGURATIONS) return;
    // databricks-account-api.md B2, as public threads quote it.
    throw invalidState(
      `Storage configuration limit exceeded, only ${MAX_STORAGE_CONFIGURATIONS} storage configurations are allowed`,
    );
  });
}
