import { Type } from "typebox";
import { ACCOUNT, databricksOperation } from "../databricks/operation.ts";
import { accountParams, message, Name, NOTHING } from "../databricks/shapes.ts";

/** A registered AWS VPC endpoint (databricks-account-api.md B4). */
export const VpcEndpoint = message({
  vpc_endpoint_id: Type.String(),
  account_id: Type.String(),
  vpc_endpoint_name: Type.String(),
  aws_vpc_endpoint_id: Type.String(),
  aws_endpoint_service_id: Type.String(),
  use_case: Type.String(),
  region: Type.String(),
  aws_account_id: Type.String(),
  state: Type.String(),
});

const one = message({ ...accountParams.properties, vpc_endpoint_id: Type.String() });
const facts = {
  object: "vpc-endpoints",
  access: "account-admin",
  query: NOTHING,
  response: VpcEndpoint,
} as const;

export const createVpcEndpoint = databricksOperation({
  ...facts,
  verb: "create",
  method: "POST",
  path: `${ACCOUNT}/vpc-endpoints`,
  summary: "Registers an AWS VPC endpoint",
  params: accountParams,
  body: message({
    vpc_endpoint_name: Name,
    region: Type.String(),
    aws_vpc_endpoint_id: Type.String(),
  }),
});

export const listVpcEndpoints = databricksOperation({
  ...facts,
  verb: "list",
  method: "GET",
  path: `${ACCOUNT}/vpc-endpoints`,
  summary: "Lists the VPC endpoints of the account",
  params: accountParams,
  body: NOTHING,
  response: Type.Array(VpcEndpoint),
});

export const getVpcEndpoint = databricksOperation({
  ...facts,
  verb: "get",
  method: "GET",
  path: `${ACCOUNT}/vpc-endpoints/{vpc_endpoint_id}`,
  summary: "Shows a VPC endpoint",
  params: one,
  body: NOTHING,
});

export const deleteVpcEndpoint = databricksOperation({
  ...facts,
  verb: "delete",
  method: "DELETE",
  path: `${ACCOUNT}/vpc-endpoints/{vpc_endpoint_id}`,
  summary: "Removes a VPC endpoint that nothing uses",
  params: one,
  body: NOTHING,
});
