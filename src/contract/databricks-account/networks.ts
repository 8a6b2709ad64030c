import { Type } from "typebox";
import { ACCOUNT, databricksOperation } from "../databricks/operation.ts";
import { accountParams, Milliseconds, message, Name, NOTHING } from "../databricks/shapes.ts";

const ids = Type.Array(Name);

/** A customer-managed VPC (databricks-account-api.md B6). */
export const Network = message({
  network_id: Type.String(),
  account_id: Type.String(),
  network_name: Type.String(),
  vpc_id: Type.String(),
  subnet_ids: ids,
  security_group_ids: ids,
  vpc_status: Type.String(),
  creation_time: Milliseconds,
  vpc_endpoints: Type.Optional(message({ rest_api: ids, dataplane_relay: ids })),
  workspace_id: Type.Optional(Type.Integer()),
  error_messages: Type.Optional(
    Type.Array(message({ error_type: Type.String(), error_message: Type.String() })),
  ),
  warning_messages: Type.Optional(
    Type.Array(message({ warning_type: Type.String(), warning_message: Type.String() })),
  ),
});

const one = message({ ...accountParams.properties, network_id: Type.String() });
const facts = { object: "networks", access: "account-admin", query: NOTHING, response: Network } as const;

export const createNetwork = databricksOperation({
  ...facts,
  verb: "create",
  method: "POST",
  path: `${ACCOUNT}/networks`,
  summary: "Registers a VPC for one workspace",
  params: accountParams,
  body: message({
    network_name: Type.String(),
    vpc_id: Name,
    subnet_ids: ids,
    security_group_ids: ids,
    vpc_endpoints: Type.Optional(
      message({ rest_api: Type.Optional(ids), dataplane_relay: Type.Optional(ids) }),
    ),
  }),
});

export const listNetworks = databricksOperation({
  ...facts,
  verb: "list",
  method: "GET",
  path: `${ACCOUNT}/networks`,
  summary: "Lists the networks of the account",
  params: accountParams,
  body: NOTHING,
  response: Type.Array(Network),
});

export const getNetwork = databricksOperation({
  ...facts,
  verb: "get",
  isKept: true,
  method: "GET",
  path: `${ACCOUNT}/networks/{network_id}`,
  summary: "Shows a network, with what the last check found wrong with it",
  params: one,
  body: NOTHING,
});

export const deleteNetwork = databricksOperation({
  ...facts,
  verb: "delete",
  method: "DELETE",
  path: `${ACCOUNT}/networks/{network_id}`,
  summary: "Removes a network that no workspace uses",
  params: one,
  body: NOTHING,
});
