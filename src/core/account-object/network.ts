import { invalidParameter } from "../databricks-errors.ts";
import type { AccountObjectId } from "../ids.ts";
import { checkObjectName } from "./object-name.ts";

/** A customer-managed VPC (databricks-account-api.md B6). */
export interface Network {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  /** Ids of VPC endpoint objects; null where none were given. */
  readonly vpcEndpoints: {
    readonly restApi: readonly AccountObjectId[];
    readonly dataplaneRelay: readonly AccountObjectId[];
  } | null;
  /** Of the last check; the object's state is its `vpc_status`. */
  readonly errors: readonly NetworkFinding<NetworkErrorType>[];
  readonly warnings: readonly NetworkFinding<NetworkWarningType>[];
}

export const VPC_STATUSES = ["UNATTACHED", "VALID", "WARNED", "BROKEN"] as const;
export type VpcStatus = (typeof VPC_STATUSES)[number];

export const NETWORK_ERROR_TYPES = ["credentials", "vpc", "subnet", "securityGroup", "networkAcl"] as const;
export type NetworkErrorType = (typeof NETWORK_ERROR_TYPES)[number];
export const NETWORK_WARNING_TYPES = ["subnet", "securityGroup"] as const;
export type NetworkWarningType = (typeof NETWORK_WARNING_TYPES)[number];

export interface NetworkFinding<Type extends string> {
  readonly type: Type;
  readonly message: string;
}

/** The status of an attached network, by what the last check found. */
export function attachedStatus({ errors, warnings }: Pick<Network, "errors" | "warnings">): VpcStatus {
  if (errors.length > 0) return "BROKEN";
  return warnings.length > 0 ? "WARNED" : "VALID";
}

/** databricks-account-api.md B6: two subnets in two zones, one to five security groups, one endpoint of each kind. */
export function checkNetwork(name: string, { subnetIds, securityGroupIds, vpcEndpoints }: Network): void {
  checkObjectName("network_name", name);
  if (new Set(subnetIds).size < 2)
    throw invalidParameter(
      "subnet_ids: give at least two different subnets, in different availability zones.",
    );
  const groups = new Set(securityGroupIds).size;
  if (groups < 1 || groups > 5)
    throw invalidParameter("security_group_ids: give one to five security groups.");
  for (const [member, ids] of [
    ["rest_api", vpcEndpoints?.restApi ?? []],
    ["dataplane_relay", vpcEndpoints?.dataplaneRelay ?? []],
  ] as const) {
    if (ids.length > 1) throw invalidParameter(`vpc_endpoints.${member}: give at most one VPC endpoint.`);
  }
}
