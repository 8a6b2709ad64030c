/** A route of the vendor's, as `METHOD /path/{parameter}`. */
export interface NamedRoute {
  readonly what: string;
  readonly route: string;
}

const A = "/api/2.0/accounts/{account_id}";
const BUDGETS = "/api/2.1/accounts/{account_id}";
const RULE_SETS = "/api/2.0/preview/accounts/{account_id}/access-control";

/** Usual routes of a collection. */
const collection = (what: string, path: string, one: string, methods: string): NamedRoute[] =>
  methods.split(" ").map((method) => ({
    what,
    route: /^(LIST|POST)$/.test(method)
      ? `${method === "LIST" ? "GET" : method} ${path}`
      : `${method} ${path}/{${one}}`,
  }));

const scim = (root: string): NamedRoute[] =>
  ["Users", "Groups", "ServicePrincipals"].flatMap((kind) =>
    collection(`SCIM ${kind}`, `${root}/${kind}`, "id", "LIST POST GET PUT PATCH DELETE"),
  );

const plain = (what: string, ...routes: readonly string[]): NamedRoute[] =>
  routes.map((route) => ({ what, route }));

/**
 * The account API as the vendor's SDKs call it: databricks-sdk-go v0.175.0, services provisioning, iam, oauth2, billing
 * and settings.
 */
export const ACCOUNT_ROUTES: readonly NamedRoute[] = [
  ...collection("credentials", `${A}/credentials`, "id", "LIST POST GET DELETE"),
  ...collection("storage configurations", `${A}/storage-configurations`, "id", "LIST POST GET DELETE"),
  ...collection("customer-managed keys", `${A}/customer-managed-keys`, "id", "LIST POST GET DELETE"),
  ...collection("VPC endpoints", `${A}/vpc-endpoints`, "id", "LIST POST GET DELETE"),
  ...collection("private access settings", `${A}/private-access-settings`, "id", "LIST POST GET PUT DELETE"),
  ...collection("networks", `${A}/networks`, "id", "LIST POST GET DELETE"),
  ...collection("workspaces", `${A}/workspaces`, "id", "LIST POST GET PATCH DELETE"),
  ...scim(`${A}/scim/v2`),
  ...plain(
    "workspace assignment",
    `GET ${A}/workspaces/{workspace_id}/permissionassignments`,
    `PUT ${A}/workspaces/{workspace_id}/permissionassignments/principals/{principal_id}`,
    `DELETE ${A}/workspaces/{workspace_id}/permissionassignments/principals/{principal_id}`,
    `GET ${A}/workspaces/{workspace_id}/permissionassignments/permissions`,
  ),
  ...collection(
    "service principals' secrets",
    `${A}/servicePrincipals/{service_principal_id}/credentials/secrets`,
    "secret_id",
    "LIST POST DELETE",
  ),
  ...collection("federation policies", `${A}/federationPolicies`, "id", "LIST POST GET PATCH DELETE"),
  ...collection(
    "federation policies of service principals",
    `${A}/servicePrincipals/{service_principal_id}/federationPolicies`,
    "policy_id",
    "LIST POST GET PATCH DELETE",
  ),
  ...collection("log delivery", `${A}/log-delivery`, "id", "LIST POST GET PATCH"),
  ...plain("usage", `GET ${A}/usage/download`, `GET ${A}/dashboard`, `POST ${A}/dashboard`),
  ...collection("budgets", `${BUDGETS}/budgets`, "id", "LIST POST GET PUT DELETE"),
  ...collection("budget policies", `${BUDGETS}/budget-policies`, "id", "LIST POST GET PATCH DELETE"),
  ...collection(
    "network connectivity configurations",
    `${A}/network-connectivity-configs`,
    "id",
    "LIST POST GET DELETE",
  ),
  ...collection(
    "private endpoint rules",
    `${A}/network-connectivity-configs/{id}/private-endpoint-rules`,
    "rule_id",
    "LIST POST GET PATCH DELETE",
  ),
  ...collection("network policies", `${A}/network-policies`, "id", "LIST POST GET PUT DELETE"),
  ...plain(
    "a workspace's network policy",
    `GET ${A}/workspaces/{workspace_id}/network`,
    `PUT ${A}/workspaces/{workspace_id}/network`,
  ),
  ...collection("account IP access lists", `${A}/ip-access-lists`, "id", "LIST POST GET PUT PATCH DELETE"),
  ...plain(
    "account settings",
    `GET ${A}/settings/types/{type}/names/default`,
    `PATCH ${A}/settings/types/{type}/names/default`,
    `DELETE ${A}/settings/types/{type}/names/default`,
  ),
  ...collection(
    "OAuth apps of one's own",
    `${A}/oauth2/custom-app-integrations`,
    "id",
    "LIST POST GET PATCH DELETE",
  ),
  ...collection(
    "published OAuth apps",
    `${A}/oauth2/published-app-integrations`,
    "id",
    "LIST POST GET PATCH DELETE",
  ),
  ...plain("published OAuth apps", `GET ${A}/oauth2/published-apps`),
  ...plain(
    "rule sets",
    `GET ${RULE_SETS}/rule-sets`,
    `PUT ${RULE_SETS}/rule-sets`,
    `GET ${RULE_SETS}/assignable-roles`,
  ),
  ...collection("metastores", `${A}/metastores`, "id", "LIST POST GET PUT DELETE"),
  ...plain("metastores", `GET ${A}/workspaces/{workspace_id}/metastore`),
];

const SETTING = "/api/2.0/settings/types/{type}/names/default";
const PERMISSIONS = "/api/2.0/permissions/{type}/{id}";

/** What a workspace answers before it computes anything; clusters, jobs, notebooks and SQL come later. */
export const WORKSPACE_ROUTES: readonly NamedRoute[] = [
  ...plain("who is calling", "GET /api/2.0/preview/scim/v2/Me", "GET /api/2.0/scim/v2/Me"),
  ...scim("/api/2.0/preview/scim/v2"),
  ...scim("/api/2.0/scim/v2"),
  ...plain(
    "personal access tokens",
    "POST /api/2.0/token/create",
    "GET /api/2.0/token/list",
    "POST /api/2.0/token/delete",
    "PATCH /api/2.0/token/{id}",
  ),
  ...collection("token management", "/api/2.0/token-management/tokens", "id", "LIST GET PATCH DELETE"),
  ...plain("token management", "POST /api/2.0/token-management/on-behalf-of/tokens"),
  ...plain("workspace-conf", "GET /api/2.0/workspace-conf", "PATCH /api/2.0/workspace-conf"),
  ...collection("IP access lists", "/api/2.0/ip-access-lists", "id", "LIST POST GET PUT PATCH DELETE"),
  ...plain("settings", `GET ${SETTING}`, `PATCH ${SETTING}`, `DELETE ${SETTING}`),
  ...collection(
    "notification destinations",
    "/api/2.0/notification-destinations",
    "id",
    "LIST POST GET PATCH DELETE",
  ),
  ...plain(
    "permissions",
    `GET ${PERMISSIONS}`,
    `PUT ${PERMISSIONS}`,
    `PATCH ${PERMISSIONS}`,
    `GET ${PERMISSIONS}/permissionLevels`,
  ),
  ...plain(
    "permission assignments",
    "GET /api/2.0/preview/permissionassignments",
    "POST /api/2.0/preview/permissionassignments",
    "PUT /api/2.0/preview/permissionassignments/principals/{principal_id}",
    "DELETE /api/2.0/preview/permissionassignments/principals/{principal_id}",
  ),
  ...collection(
    "service principals' secrets",
    "/api/2.0/accounts/servicePrincipals/{service_principal_id}/credentials/secrets",
    "secret_id",
    "LIST POST DELETE",
  ),
  ...plain(
    "what clusters can be",
    ...["2.0", "2.1"].flatMap((version) =>
      ["spark-versions", "list-node-types", "list-zones"].map(
        (what) => `GET /api/${version}/clusters/${what}` as const,
      ),
    ),
  ),
];
