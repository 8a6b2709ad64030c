import { Type } from "typebox";
import { ACCOUNT, databricksOperation } from "../databricks/operation.ts";
import { accountParams, Milliseconds, message, NOTHING } from "../databricks/shapes.ts";

const useCases = Type.Array(Type.Union([Type.Literal("MANAGED_SERVICES"), Type.Literal("STORAGE")]), {
  minItems: 1,
});

/** A customer-managed key (databricks-account-api.md B3). */
export const CustomerManagedKey = message({
  customer_managed_key_id: Type.String(),
  account_id: Type.String(),
  creation_time: Milliseconds,
  use_cases: Type.Array(Type.String()),
  aws_key_info: message({
    key_arn: Type.String(),
    key_alias: Type.Optional(Type.String()),
    key_region: Type.String(),
    reuse_key_for_cluster_volumes: Type.Optional(Type.Boolean()),
  }),
});

const one = message({ ...accountParams.properties, customer_managed_key_id: Type.String() });
const facts = {
  object: "encryption-keys",
  access: "account-admin",
  query: NOTHING,
  response: CustomerManagedKey,
} as const;

export const createCustomerManagedKey = databricksOperation({
  ...facts,
  verb: "create",
  method: "POST",
  path: `${ACCOUNT}/customer-managed-keys`,
  summary: "Registers a KMS key",
  params: accountParams,
  body: message({
    use_cases: useCases,
    aws_key_info: message({
      key_arn: Type.String(),
      key_alias: Type.Optional(Type.String()),
      reuse_key_for_cluster_volumes: Type.Optional(Type.Boolean()),
    }),
  }),
});

export const listCustomerManagedKeys = databricksOperation({
  ...facts,
  verb: "list",
  method: "GET",
  path: `${ACCOUNT}/customer-managed-keys`,
  summary: "Lists the customer-managed keys of the account",
  params: accountParams,
  body: NOTHING,
  response: Type.Array(CustomerManagedKey),
});

export const getCustomerManagedKey = databricksOperation({
  ...facts,
  verb: "get",
  isKept: true,
  method: "GET",
  path: `${ACCOUNT}/customer-managed-keys/{customer_managed_key_id}`,
  summary: "Shows a customer-managed key",
  params: one,
  body: NOTHING,
});

export const deleteCustomerManagedKey = databricksOperation({
  ...facts,
  verb: "delete",
  method: "DELETE",
  path: `${ACCOUNT}/customer-managed-keys/{customer_managed_key_id}`,
  summary: "Removes a customer-managed key that no workspace uses",
  params: one,
  body: NOTHING,
});
