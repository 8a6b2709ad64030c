import {
  ACCOUNT,
  type NotImplementedDatabricksOperation,
  notImplementedDatabricks,
} from "../databricks/operation.ts";

// Named by databricks-account-api.md B13, and nothing to do with workspaces as they are here: nothing is billed, no
// traffic is filtered, and Unity Catalog's metastores are elsewhere.

const BILLING = "/api/2.1/accounts/{account_id}";

type Route = readonly [method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string];

type Known<Name extends string, Verb extends string> = {
  readonly [Each in Verb as `${Name}.${Each}`]: NotImplementedDatabricksOperation<`${Name}.${Each}`>;
};

function known<const Name extends string, Verb extends string>(
  object: Name,
  what: string,
  verbs: Readonly<Record<Verb, Route>>,
): Known<Name, Verb> {
  const operations = Object.entries<Route>(verbs).map(([verb, [method, path]]) =>
    notImplementedDatabricks({
      object,
      verb,
      method,
      path,
      access: "account-admin",
      summary: `Known and not performed: ${verb} of ${what}`,
    }),
  );
  // Each is under its own name, which a list cannot express.
  return Object.fromEntries(operations.map((operation) => [operation.name, operation])) as Known<Name, Verb>;
}

const collection = (path: string, one: string, replace: "PUT" | "PATCH") =>
  ({
    create: ["POST", path],
    list: ["GET", path],
    get: ["GET", `${path}/{${one}}`],
    update: [replace, `${path}/{${one}}`],
    delete: ["DELETE", `${path}/{${one}}`],
  }) as const;

/** Operations of the account API that answer 501 to the account's administrators, by name. */
export const NOT_IMPLEMENTED_ACCOUNT_OPERATIONS = {
  ...known("budgets", "budgets", collection(`${BILLING}/budgets`, "budget_id", "PUT")),
  ...known(
    "budget-policy",
    "budget policies",
    collection(`${BILLING}/budget-policies`, "policy_id", "PATCH"),
  ),
  ...known("usage-dashboards", "usage dashboards", {
    create: ["POST", `${ACCOUNT}/dashboard`],
    get: ["GET", `${ACCOUNT}/dashboard`],
  }),
  ...known(
    "network-policies",
    "network policies",
    collection(`${ACCOUNT}/network-policies`, "network_policy_id", "PUT"),
  ),
  ...known("workspace-network-configuration", "the network policy of a workspace", {
    get: ["GET", `${ACCOUNT}/workspaces/{workspace_id}/network`],
    update: ["PUT", `${ACCOUNT}/workspaces/{workspace_id}/network`],
  }),
  ...known(
    "metastores",
    "Unity Catalog's metastores",
    collection(`${ACCOUNT}/metastores`, "metastore_id", "PUT"),
  ),
  ...known("metastore-assignments", "Unity Catalog's metastores", {
    get: ["GET", `${ACCOUNT}/workspaces/{workspace_id}/metastore`],
  }),
} as const;
