import { Type } from "typebox";
import { ACCOUNT, databricksOperation } from "../databricks/operation.ts";
import { accountParams, Milliseconds, message, NOTHING } from "../databricks/shapes.ts";

const optionalText = Type.Optional(Type.String());
const texts = Type.Optional(Type.Array(Type.String()));

/** A way from serverless compute to an AWS endpoint service (databricks-account-api.md B13). */
export const PrivateEndpointRule = message({
  rule_id: Type.String(),
  network_connectivity_config_id: Type.String(),
  account_id: Type.String(),
  endpoint_service: Type.String(),
  resource_names: texts,
  domain_names: texts,
  enabled: Type.Optional(Type.Boolean({ description: "of a rule for S3" })),
  connection_state: Type.String({
    description: "what cloud.local.file says of the service, else ESTABLISHED for S3 and PENDING for others",
  }),
  deactivated: Type.Boolean(),
  deactivated_at: Type.Optional(Milliseconds),
  creation_time: Milliseconds,
  updated_time: Milliseconds,
});

/** How serverless compute of workspaces reaches out. */
export const NetworkConnectivityConfiguration = message({
  network_connectivity_config_id: Type.String(),
  account_id: Type.String(),
  name: Type.String(),
  region: Type.String(),
  creation_time: Milliseconds,
  updated_time: Milliseconds,
  egress_config: message({
    default_rules: message({
      aws_stable_ip_rule: message({
        cidr_blocks: Type.Array(Type.String(), {
          description: "empty: there is no serverless compute that has addresses of its own",
        }),
      }),
    }),
    target_rules: message({ aws_private_endpoint_rules: Type.Array(PrivateEndpointRule) }),
  }),
});

const PATH = `${ACCOUNT}/network-connectivity-configs`;
const ONE = `${PATH}/{network_connectivity_config_id}`;
const one = message({ ...accountParams.properties, network_connectivity_config_id: Type.String() });
const RULES = `${ONE}/private-endpoint-rules`;
const RULE = `${RULES}/{private_endpoint_rule_id}`;
const rule = message({ ...one.properties, private_endpoint_rule_id: Type.String() });
const page = message({ page_token: optionalText });
const facts = { object: "network-connectivity", access: "account-admin" } as const;

export const createNetworkConnectivity = databricksOperation({
  ...facts,
  verb: "create-network-connectivity-configuration",
  method: "POST",
  path: PATH,
  summary: "Makes a network connectivity configuration",
  params: accountParams,
  query: NOTHING,
  body: message({ name: Type.String(), region: Type.String() }),
  response: NetworkConnectivityConfiguration,
});

export const listNetworkConnectivity = databricksOperation({
  ...facts,
  verb: "list-network-connectivity-configurations",
  method: "GET",
  path: PATH,
  summary: "Lists the network connectivity configurations of the account",
  params: accountParams,
  query: page,
  body: NOTHING,
  response: message({
    items: Type.Array(NetworkConnectivityConfiguration),
    next_page_token: optionalText,
  }),
});

export const getNetworkConnectivity = databricksOperation({
  ...facts,
  verb: "get-network-connectivity-configuration",
  method: "GET",
  path: ONE,
  summary: "Shows a network connectivity configuration with its rules",
  params: one,
  query: NOTHING,
  body: NOTHING,
  response: NetworkConnectivityConfiguration,
});

export const deleteNetworkConnectivity = databricksOperation({
  ...facts,
  verb: "delete-network-connectivity-configuration",
  method: "DELETE",
  path: ONE,
  summary: "Removes a network connectivity configuration that no workspace has",
  params: one,
  query: NOTHING,
  body: NOTHING,
  response: NOTHING,
});

const changeable = { domain_names: texts, resource_names: texts };

export const createPrivateEndpointRule = databricksOperation({
  ...facts,
  verb: "create-private-endpoint-rule",
  method: "POST",
  path: RULES,
  summary: "Makes a private endpoint rule",
  params: one,
  query: NOTHING,
  body: message({ ...changeable, endpoint_service: Type.String() }),
  response: PrivateEndpointRule,
});

export const listPrivateEndpointRules = databricksOperation({
  ...facts,
  verb: "list-private-endpoint-rules",
  method: "GET",
  path: RULES,
  summary: "Lists the private endpoint rules of a network connectivity configuration",
  params: one,
  query: page,
  body: NOTHING,
  response: message({ items: Type.Array(PrivateEndpointRule), next_page_token: optionalText }),
});

export const getPrivateEndpointRule = databricksOperation({
  ...facts,
  verb: "get-private-endpoint-rule",
  method: "GET",
  path: RULE,
  summary: "Shows a private endpoint rule",
  params: rule,
  query: NOTHING,
  body: NOTHING,
  response: PrivateEndpointRule,
});

export const updatePrivateEndpointRule = databricksOperation({
  ...facts,
  verb: "update-private-endpoint-rule",
  method: "PATCH",
  path: RULE,
  summary: "Changes what a private endpoint rule leads to, or enables one for S3",
  params: rule,
  query: message({ update_mask: Type.String() }),
  body: message({ ...changeable, enabled: Type.Optional(Type.Boolean()) }),
  response: PrivateEndpointRule,
});

export const deletePrivateEndpointRule = databricksOperation({
  ...facts,
  verb: "delete-private-endpoint-rule",
  method: "DELETE",
  path: RULE,
  summary: "Removes a private endpoint rule; one that is connected is deactivated and gone after a day",
  params: rule,
  query: NOTHING,
  body: NOTHING,
  response: PrivateEndpointRule,
});
