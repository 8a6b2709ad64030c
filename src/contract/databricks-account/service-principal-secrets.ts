import { Type } from "typebox";
import { ACCOUNT, databricksOperation } from "../databricks/operation.ts";
import { accountParams, message, NOTHING } from "../databricks/shapes.ts";

/** What is shown of a secret (databricks-account-api.md B11); times are ISO 8601. */
export const SecretInfo = message({
  id: Type.String(),
  secret_hash: Type.String(),
  status: Type.String(),
  create_time: Type.String(),
  update_time: Type.String(),
  expire_time: Type.String(),
});

/** The one answer that holds the secret. */
export const NewSecret = message({ ...SecretInfo.properties, secret: Type.String() });

export const SecretList = message({
  secrets: Type.Array(SecretInfo),
  next_page_token: Type.Optional(Type.String()),
});

/** The numeric id of SCIM, not the application id (databricks-account-api.md B11). */
export const principalParams = message({ service_principal_id: Type.String() });
export const secretParams = message({ ...principalParams.properties, secret_id: Type.String() });

export const NewSecretBody = message({
  lifetime: Type.Optional(Type.String()),
  scopes: Type.Optional(Type.Array(Type.String(), { description: "`all-apis` and nothing less" })),
});

export const SecretPage = message({
  page_size: Type.Optional(Type.Integer()),
  page_token: Type.Optional(Type.String()),
});

const PATH = `${ACCOUNT}/servicePrincipals/{service_principal_id}/credentials/secrets`;
const facts = { object: "service-principal-secrets", access: "account-admin" } as const;

export const createServicePrincipalSecret = databricksOperation({
  ...facts,
  verb: "create",
  method: "POST",
  path: PATH,
  summary: "Makes an OAuth secret of a service principal and shows it, once",
  params: message({ ...accountParams.properties, ...principalParams.properties }),
  query: NOTHING,
  body: NewSecretBody,
  response: NewSecret,
});

export const listServicePrincipalSecrets = databricksOperation({
  ...facts,
  verb: "list",
  method: "GET",
  path: PATH,
  summary: "Lists the OAuth secrets of a service principal, without the secrets themselves",
  params: message({ ...accountParams.properties, ...principalParams.properties }),
  query: SecretPage,
  body: NOTHING,
  response: SecretList,
});

export const deleteServicePrincipalSecret = databricksOperation({
  ...facts,
  verb: "delete",
  method: "DELETE",
  path: `${PATH}/{secret_id}`,
  summary: "Deletes an OAuth secret, and with it every access token that was given for it",
  params: message({ ...accountParams.properties, ...secretParams.properties }),
  query: NOTHING,
  body: NOTHING,
  response: NOTHING,
});
