import { databricksOperation } from "../databricks/operation.ts";
import { NOTHING } from "../databricks/shapes.ts";
import {
  NewSecret,
  NewSecretBody,
  principalParams,
  SecretList,
  SecretPage,
  secretParams,
} from "../databricks-account/service-principal-secrets.ts";

// The path begins like an account's, and is a workspace's (databricks-account-api.md B11).
const PATH = "/api/2.0/accounts/servicePrincipals/{service_principal_id}/credentials/secrets";
const facts = { object: "service-principal-secrets-proxy", access: "workspace-admin" } as const;

export const createServicePrincipalSecretProxy = databricksOperation({
  ...facts,
  verb: "create",
  method: "POST",
  path: PATH,
  summary: "Makes an OAuth secret of one of the workspace's service principals and shows it, once",
  params: principalParams,
  query: NOTHING,
  body: NewSecretBody,
  response: NewSecret,
});

export const listServicePrincipalSecretsProxy = databricksOperation({
  ...facts,
  verb: "list",
  method: "GET",
  path: PATH,
  summary: "Lists the OAuth secrets of one of the workspace's service principals",
  params: principalParams,
  query: SecretPage,
  body: NOTHING,
  response: SecretList,
});

export const deleteServicePrincipalSecretProxy = databricksOperation({
  ...facts,
  verb: "delete",
  method: "DELETE",
  path: `${PATH}/{secret_id}`,
  summary: "Deletes an OAuth secret of one of the workspace's service principals",
  params: secretParams,
  query: NOTHING,
  body: NOTHING,
  response: NOTHING,
});
