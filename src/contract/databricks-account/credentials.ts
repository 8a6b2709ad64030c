import { Type } from "typebox";
import { ACCOUNT, databricksOperation } from "../databricks/operation.ts";
import { accountParams, Milliseconds, message, Name, NOTHING } from "../databricks/shapes.ts";

/** A credential configuration (databricks-account-api.md B1): the cross-account role of workspaces. */
export const Credentials = message({
  credentials_id: Type.String(),
  account_id: Type.String(),
  credentials_name: Type.String(),
  creation_time: Milliseconds,
  aws_credentials: message({
    sts_role: message({ role_arn: Type.String(), external_id: Type.String() }),
  }),
});

const one = message({ ...accountParams.properties, credentials_id: Type.String() });
const facts = { object: "credentials", access: "account-admin", query: NOTHING } as const;

export const createCredentials = databricksOperation({
  ...facts,
  verb: "create",
  method: "POST",
  path: `${ACCOUNT}/credentials`,
  summary: "Registers a cross-account IAM role",
  params: accountParams,
  body: message({
    credentials_name: Name,
    aws_credentials: message({ sts_role: message({ role_arn: Type.String() }) }),
  }),
  response: Credentials,
});

export const listCredentials = databricksOperation({
  ...facts,
  verb: "list",
  method: "GET",
  path: `${ACCOUNT}/credentials`,
  summary: "Lists the credential configurations of the account",
  params: accountParams,
  body: NOTHING,
  response: Type.Array(Credentials),
});

export const getCredentials = databricksOperation({
  ...facts,
  verb: "get",
  isKept: true,
  method: "GET",
  path: `${ACCOUNT}/credentials/{credentials_id}`,
  summary: "Shows a credential configuration",
  params: one,
  body: NOTHING,
  response: Credentials,
});

export const deleteCredentials = databricksOperation({
  ...facts,
  verb: "delete",
  method: "DELETE",
  path: `${ACCOUNT}/credentials/{credentials_id}`,
  summary: "Removes a credential configuration that no workspace uses",
  params: one,
  body: NOTHING,
  response: Credentials,
});
