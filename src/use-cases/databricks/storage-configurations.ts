import type { AccountObject } from "../../core/account-object/account-object.ts";
import { checkStorageConfiguration } from "../../core/account-object/storage-configuration.ts";
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
  return createAccountObject(dependencies, context, {
    kind: "storage-configuration",
    name: input.name,
    body,
  });
}
