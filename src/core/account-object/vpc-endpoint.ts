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
