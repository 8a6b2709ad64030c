import { invalidParameter } from "../databricks-errors.ts";

/** A registered AWS VPC endpoint (databricks-account-api.md B4); the object's state is AWS's own. */
export interface VpcEndpoint {
  readonly region: string;
  readonly awsVpcEndpointId: string;
  readonly awsEndpointServiceId: string;
  readonly awsAccountId: string;
  readonly useCase: VpcEndpointUseCase;
}

export const VPC_ENDPOINT_USE_CASES = [
  "WORKSPACE_ACCESS",
  "DATAPLANE_RELAY_ACCESS",
  "GENERAL_ACCESS",
] as const;
export type VpcEndpointUseCase = (typeof VPC_ENDPOINT_USE_CASES)[number];

export const VPC_ENDPOINT_STATES = [
  "pendingAcceptance",
  "pending",
  "available",
  "deleting",
  "deleted",
  "rejected",
  "failed",
  "expired",
] as const;
export type VpcEndpointState = (typeof VPC_ENDPOINT_STATES)[number];

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html
const AWS_ID = /^vpce-[0-9a-f]{8,17}$/;

/** Throws where the id cannot be that of a VPC endpoint. */
export function checkAwsVpcEndpointId(id: string): void {
  if (AWS_ID.test(id)) return;
  throw invalidParameter(
    `aws_vpc_endpoint_id: '${id}' is not the id of a VPC endpoint: give vpce- and hexadecimal digits.`,
  );
}
