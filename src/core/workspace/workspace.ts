import type { PricingTier } from "../account-object/account.ts";
import type { AccountObject } from "../account-object/account-object.ts";
import type { AccountObjectId, PrincipalId } from "../ids.ts";

/** `workspace_status` of databricks-account-api.md B7, as far as this server gives them. */
export const WORKSPACE_STATES = ["PROVISIONING", "RUNNING", "FAILED", "CANCELLING"] as const;
export type WorkspaceState = (typeof WORKSPACE_STATES)[number];

/** What is done in turn to make a workspace run. Each can be done again after a crash and makes nothing twice. */
export const PROVISIONING_STEPS = [
  "credentials",
  "storage",
  "network",
  "keys",
  "private-access",
  "tenant",
] as const;
export type ProvisioningStep = (typeof PROVISIONING_STEPS)[number];

export type ComputeMode = "HYBRID" | "SERVERLESS";

/** What a workspace's administrator chose, and may change within the rules of `changeWorkspace`. */
export interface WorkspaceConfiguration {
  readonly region: string;
  /** Null for a SERVERLESS workspace only, as is the storage configuration. */
  readonly credentials: AccountObjectId | null;
  readonly storageConfiguration: AccountObjectId | null;
  /** Null where the VPC is made for the workspace. */
  readonly network: AccountObjectId | null;
  readonly privateAccessSettings: AccountObjectId | null;
  readonly managedServicesKey: AccountObjectId | null;
  readonly storageKey: AccountObjectId | null;
  readonly networkConnectivityConfig: AccountObjectId | null;
  /** Null where none were given: an answer shows them only then. */
  readonly customTags: Readonly<Record<string, string>> | null;
}

export interface Workspace extends WorkspaceConfiguration {
  /** As given, after the account's prefix; its URL and comparisons are in lower case. */
  readonly deploymentName: string;
  readonly pricingTier: PricingTier;
  readonly computeMode: ComputeMode;
  /** Echoed; null where it was not given. */
  readonly isNoPublicIpEnabled: boolean | null;
  readonly creator: PrincipalId;
  /** The port of this machine on which it alone answers; null where workspaces have none. */
  readonly port: number | null;
  /**
   * Where it is reached: what the settings said when it was made, or changed last. Null of one that is older than such
   * URLs, whose URL the settings say.
   */
  readonly url: string | null;
  /** `workspace_status_message`. */
  readonly message: string;
  /** The step that runs or comes next; null where there is none. Of a FAILED workspace the one that failed. */
  readonly step: ProvisioningStep | null;
  /** Whether it was ever RUNNING: from then on its API answers, also while it is provisioned anew. */
  readonly hasRun: boolean;
  /** What the checks passed over, for they could not be made here; in words. */
  readonly unverified: readonly string[];
}

/** A workspace's row: the object's state is its `WorkspaceState`, its id the digits of its number. */
export type WorkspaceObject = AccountObject<"workspace">;

/** All that a workspace cannot do without, once each. */
export function neededBy(workspace: WorkspaceConfiguration): readonly AccountObjectId[] {
  const { credentials, storageConfiguration, network, privateAccessSettings } = workspace;
  const { managedServicesKey, storageKey, networkConnectivityConfig } = workspace;
  const needed = [
    credentials,
    storageConfiguration,
    network,
    privateAccessSettings,
    managedServicesKey,
    storageKey,
    networkConnectivityConfig,
  ];
  return [...new Set(needed.filter((id) => id !== null))];
}
