import type { Static } from "typebox";
import type { VpcEndpoint } from "../../contract/databricks-account/vpc-endpoints.ts";
import type { AccountObject } from "../../core/account-object/account-object.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import type { AccountHandlers } from "./handlers.ts";

export function vpcEndpointHandlers(
  useCases: DatabricksUseCases,
): AccountHandlers<
  "vpc-endpoints.create" | "vpc-endpoints.list" | "vpc-endpoints.get" | "vpc-endpoints.delete"
> {
  return {
    async "vpc-endpoints.create"(context, input) {
      const made = await useCases.createVpcEndpoint(context, {
        name: input.vpc_endpoint_name,
        region: input.region,
        awsVpcEndpointId: input.aws_vpc_endpoint_id,
      });
      return wireVpcEndpoint(made);
    },
    async "vpc-endpoints.list"({ caller }) {
      return (await useCases.listVpcEndpoints(caller.account)).map(wireVpcEndpoint);
    },
    async "vpc-endpoints.get"({ caller }, input) {
      return wireVpcEndpoint(await useCases.getVpcEndpoint(caller.account, input.vpc_endpoint_id));
    },
    async "vpc-endpoints.delete"(context, input) {
      return wireVpcEndpoint(await useCases.delete(context, "vpc-endpoint", input.vpc_endpoint_id));
    },
  };
}

function wireVpcEndpoint({
  id,
  account,
  name,
  state,
  body,
}: AccountObject<"vpc-endpoint">): Static<typeof VpcEndpoint> {
  return {
    vpc_endpoint_id: id,
    account_id: account,
    vpc_endpoint_name: name,
    aws_vpc_endpoint_id: body.awsVpcEndpointId,
    aws_endpoint_service_id: body.awsEndpointServiceId,
    use_case: body.useCase,
    region: body.region,
    aws_account_id: body.awsAccountId,
    state: state ?? "",
  };
}
