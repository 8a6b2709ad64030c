import type { AccountObject } from "../../core/account-object/account-object.ts";
import { checkCredentials } from "../../core/account-object/credentials.ts";
import { createAccountObject } from "./account-objects.ts";
import type { DatabricksContext, DatabricksDependencies } from "./context.ts";

/** `credentials.create`. Throws where the role's ARN is none or the name is taken. */
export async function createCredentials(
  dependencies: DatabricksDependencies,
  context: DatabricksContext,
  input: { readonly name: string; readonly roleArn: string },
): Promise<AccountObject<"credentials">> {
  const body = { roleArn: input.roleArn };
  checkCredentials(body);
  return createAccountObject(dependencies, context, { kind: "credentials", name: input.name, body });
}
