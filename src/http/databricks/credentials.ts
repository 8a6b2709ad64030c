import type { Static } from "typebox";
import type { Credentials } from "../../contract/databricks-account/credentials.ts";
import type { AccountObject } from "../../core/account-object/account-object.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import type { AccountHandlers } from "./handlers.ts";

export function credentialsHandlers(
  useCases: DatabricksUseCases,
): AccountHandlers<"credentials.create" | "credentials.list" | "credentials.get" | "credentials.delete"> {
  return {
    async "credentials.create"(context, input) {
      const { credentials_name: name, aws_credentials } = input;
      const roleArn = aws_credentials.sts_role.role_arn;
      return wireCredentials(await useCases.createCredentials(context, { name, roleArn }));
    },
    async "credentials.list"({ caller }) {
      return (await useCases.list(caller.account, "credentials")).map(wireCredentials);
    },
    async "credentials.get"({ caller }, input) {
      return wireCredentials(await useCases.get(caller.account, "credentials", input.credentials_id));
    },
    async "credentials.delete"(context, input) {
      return wireCredentials(await useCases.delete(context, "credentials", input.credentials_id));
    },
  };
}

function wireCredentials(object: AccountObject<"credentials">): Static<typeof Credentials> {
  return {
    credentials_id: object.id,
    account_id: object.account,
    credentials_name: object.name,
    creation_time: object.createdAtMs,
    aws_credentials: {
      // Seed 000 L157: the external id is the account's id.
      sts_role: { role_arn: object.body.roleArn, external_id: object.account },
    },
  };
}
