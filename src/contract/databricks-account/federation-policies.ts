import { Type } from "typebox";
import { ACCOUNT, databricksOperation } from "../databricks/operation.ts";
import { accountParams, message, NOTHING } from "../databricks/shapes.ts";
import { principalParams } from "./service-principal-secrets.ts";

/** Which tokens are taken (databricks-account-api.md A7); `jwks_json` is a JSON Web Key Set as text. */
export const OidcPolicy = message({
  issuer: Type.Optional(Type.String()),
  audiences: Type.Optional(Type.Array(Type.String())),
  subject: Type.Optional(Type.String()),
  subject_claim: Type.Optional(Type.String()),
  jwks_uri: Type.Optional(Type.String()),
  jwks_json: Type.Optional(Type.String()),
});

/** Times are RFC 3339. */
export const FederationPolicy = message({
  name: Type.String(),
  uid: Type.String(),
  policy_id: Type.String(),
  service_principal_id: Type.Optional(Type.Integer()),
  description: Type.Optional(Type.String()),
  oidc_policy: OidcPolicy,
  create_time: Type.String(),
  update_time: Type.String(),
});

export const FederationPolicyList = message({ policies: Type.Optional(Type.Array(FederationPolicy)) });

const given = {
  name: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
};
const NewPolicy = message({ ...given, oidc_policy: OidcPolicy });
const ChangedPolicy = message({ ...given, oidc_policy: Type.Optional(OidcPolicy) });

/** At most twenty: one page holds all, and its size and token are taken and change nothing. */
const Page = message({
  page_size: Type.Optional(Type.Integer()),
  page_token: Type.Optional(Type.String()),
});
const NewPolicyId = message({ policy_id: Type.Optional(Type.String()) });
const Mask = message({ update_mask: Type.Optional(Type.String()) });
const policyParams = { policy_id: Type.String() };

const ofAccount = { object: "federation-policy", access: "account-admin" } as const;
const ACCOUNT_PATH = `${ACCOUNT}/federationPolicies`;

export const createFederationPolicy = databricksOperation({
  ...ofAccount,
  verb: "create",
  method: "POST",
  path: ACCOUNT_PATH,
  summary: "Takes the tokens of an identity provider for the users and service principals that they name",
  params: accountParams,
  query: NewPolicyId,
  body: NewPolicy,
  response: FederationPolicy,
});

export const listFederationPolicies = databricksOperation({
  ...ofAccount,
  verb: "list",
  method: "GET",
  path: ACCOUNT_PATH,
  summary: "Lists the federation policies of the account",
  params: accountParams,
  query: Page,
  body: NOTHING,
  response: FederationPolicyList,
});

export const getFederationPolicy = databricksOperation({
  ...ofAccount,
  verb: "get",
  method: "GET",
  path: `${ACCOUNT_PATH}/{policy_id}`,
  summary: "Shows a federation policy of the account",
  params: message({ ...accountParams.properties, ...policyParams }),
  query: NOTHING,
  body: NOTHING,
  response: FederationPolicy,
});

export const updateFederationPolicy = databricksOperation({
  ...ofAccount,
  verb: "update",
  method: "PATCH",
  path: `${ACCOUNT_PATH}/{policy_id}`,
  summary: "Changes a federation policy of the account; tokens given for what it trusted before end",
  params: message({ ...accountParams.properties, ...policyParams }),
  query: Mask,
  body: ChangedPolicy,
  response: FederationPolicy,
});

export const deleteFederationPolicy = databricksOperation({
  ...ofAccount,
  verb: "delete",
  method: "DELETE",
  path: `${ACCOUNT_PATH}/{policy_id}`,
  summary: "Deletes a federation policy of the account, and with it every access token that was given for it",
  params: message({ ...accountParams.properties, ...policyParams }),
  query: NOTHING,
  body: NOTHING,
  response: NOTHING,
});

const ofPrincipal = { object: "service-principal-federation-policy", access: "account-admin" } as const;
const PRINCIPAL_PATH = `${ACCOUNT}/servicePrincipals/{service_principal_id}/federationPolicies`;
const ownerParams = { ...accountParams.properties, ...principalParams.properties };

export const createServicePrincipalFederationPolicy = databricksOperation({
  ...ofPrincipal,
  verb: "create",
  method: "POST",
  path: PRINCIPAL_PATH,
  summary: "Takes the tokens of a workload for one service principal",
  params: message(ownerParams),
  query: NewPolicyId,
  body: NewPolicy,
  response: FederationPolicy,
});

export const listServicePrincipalFederationPolicies = databricksOperation({
  ...ofPrincipal,
  verb: "list",
  method: "GET",
  path: PRINCIPAL_PATH,
  summary: "Lists the federation policies of a service principal",
  params: message(ownerParams),
  query: Page,
  body: NOTHING,
  response: FederationPolicyList,
});

export const getServicePrincipalFederationPolicy = databricksOperation({
  ...ofPrincipal,
  verb: "get",
  method: "GET",
  path: `${PRINCIPAL_PATH}/{policy_id}`,
  summary: "Shows a federation policy of a service principal",
  params: message({ ...ownerParams, ...policyParams }),
  query: NOTHING,
  body: NOTHING,
  response: FederationPolicy,
});

export const updateServicePrincipalFederationPolicy = databricksOperation({
  ...ofPrincipal,
  verb: "update",
  method: "PATCH",
  path: `${PRINCIPAL_PATH}/{policy_id}`,
  summary: "Changes a federation policy of a service principal; tokens given for what it trusted before end",
  params: message({ ...ownerParams, ...policyParams }),
  query: Mask,
  body: ChangedPolicy,
  response: FederationPolicy,
});

export const deleteServicePrincipalFederationPolicy = databricksOperation({
  ...ofPrincipal,
  verb: "delete",
  method: "DELETE",
  path: `${PRINCIPAL_PATH}/{policy_id}`,
  summary:
    "Deletes a federation policy of a service principal, and with it every access token that was given for it",
  params: message({ ...ownerParams, ...policyParams }),
  query: NOTHING,
  body: NOTHING,
  response: NOTHING,
});
