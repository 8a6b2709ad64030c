import type { AccountObject } from "../account-object/account-object.ts";
import type { NetworkErrorType, NetworkFinding, NetworkWarningType } from "../account-object/network.ts";
import type { VpcEndpointUseCase } from "../account-object/vpc-endpoint.ts";
import type { AccountId, AccountObjectId } from "../ids.ts";

/** What a check found. */
export interface Check {
  /** Why it failed, in the vendor's words where there are any; null where nothing was found wrong. */
  readonly failure: string | null;
  /** What it could not look at, in words such as `the permissions of role x`; empty where it looked at all. */
  readonly unverified: readonly string[];
}

export interface NetworkCheck {
  readonly errors: readonly NetworkFinding<NetworkErrorType>[];
  readonly warnings: readonly NetworkFinding<NetworkWarningType>[];
  readonly unverified: readonly string[];
}

/** The objects that a workspace is made of, as they are now. */
export interface WorkspaceParts {
  readonly account: AccountId;
  readonly workspace: AccountObjectId;
  readonly region: string;
  readonly credentials: AccountObject<"credentials"> | null;
  readonly storage: AccountObject<"storage-configuration"> | null;
  readonly network: AccountObject<"network"> | null;
  readonly keys: readonly AccountObject<"customer-managed-key">[];
  readonly privateAccessSettings: AccountObject<"private-access-settings"> | null;
}

/**
 * What belongs to the caller's AWS account, as far as workspaces need it. Every method can be called again after a
 * crash and makes nothing twice; throws where the cloud cannot be asked now and a retry may help.
 */
export interface Cloud {
  checkCredentials(parts: Pick<WorkspaceParts, "credentials">): Promise<Check>;
  /** With a region of null, the bucket may be anywhere. */
  checkStorage(parts: Pick<WorkspaceParts, "storage"> & { readonly region: string | null }): Promise<Check>;
  /** Of a network of the customer's own. */
  checkNetwork(parts: WorkspaceParts, network: AccountObject<"network">): Promise<NetworkCheck>;
  checkKeys(parts: WorkspaceParts): Promise<Check>;
  checkPrivateAccess(parts: WorkspaceParts): Promise<Check>;
  /** Makes what a workspace has of its own: a network where it brings none, and its root below the bucket. */
  makeWorkspace(parts: WorkspaceParts): Promise<Check>;
  /** Removes what `makeWorkspace` made, also half of it; what users have put into the bucket stays theirs. */
  removeWorkspace(parts: WorkspaceParts): Promise<void>;
  /**
   * What an AWS VPC endpoint is and how it stands; null where there is none.
   * @param name what it is registered as, for a cloud that cannot look at the endpoint itself
   */
  vpcEndpoint(region: string, awsVpcEndpointId: string, name: string): Promise<CloudVpcEndpoint | null>;
  /** How the endpoint of serverless compute to an endpoint service stands, such as `com.amazonaws.us-east-1.s3`. */
  privateEndpoint(service: string): Promise<"PENDING" | "ESTABLISHED" | "REJECTED" | "DISCONNECTED">;
}

export interface CloudVpcEndpoint {
  readonly awsAccountId: string;
  readonly awsEndpointServiceId: string;
  readonly useCase: VpcEndpointUseCase;
  /** As AWS calls it, such as `available`. */
  readonly state: string;
}
