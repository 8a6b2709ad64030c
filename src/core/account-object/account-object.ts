import type { AccountId, AccountObjectId } from "../ids.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { DatabricksAccount } from "./account.ts";
import type { Credentials } from "./credentials.ts";
import type { CustomAppIntegration } from "./custom-app-integration.ts";
import type { CustomerManagedKey } from "./customer-managed-key.ts";
import type { LogDelivery } from "./log-delivery.ts";
import type { Network } from "./network.ts";
import type { NetworkConnectivityConfig, PrivateEndpointRule } from "./network-connectivity.ts";
import type { PrivateAccessSettings } from "./private-access-settings.ts";
import type { PublishedAppIntegration } from "./published-app-integration.ts";
import type { StorageConfiguration } from "./storage-configuration.ts";
import type { VpcEndpoint } from "./vpc-endpoint.ts";

/** What each kind of object holds beside its id and name. */
export interface AccountObjectBodies {
  readonly account: DatabricksAccount;
  readonly credentials: Credentials;
  readonly "storage-configuration": StorageConfiguration;
  readonly "customer-managed-key": CustomerManagedKey;
  readonly "vpc-endpoint": VpcEndpoint;
  readonly "private-access-settings": PrivateAccessSettings;
  readonly network: Network;
  readonly workspace: Workspace;
  readonly "custom-app-integration": CustomAppIntegration;
  readonly "log-delivery": LogDelivery;
  readonly "published-app-integration": PublishedAppIntegration;
  readonly "network-connectivity-config": NetworkConnectivityConfig;
  readonly "private-endpoint-rule": PrivateEndpointRule;
}

export type AccountObjectKind = keyof AccountObjectBodies;

/**
 * A thing that an administrator makes in a Databricks account, and the account itself (whose id is its account's).
 * All kinds share one life: a name that is unique in its kind, values that only one object may hold (`Claim`), and
 * other objects that it needs (`needs`), which cannot be deleted before it.
 */
export interface AccountObject<Kind extends AccountObjectKind = AccountObjectKind> {
  readonly id: AccountObjectId;
  readonly account: AccountId;
  readonly kind: Kind;
  readonly name: string;
  /** The state of a kind that has a life cycle, as the dialect calls it; null for all others. */
  readonly state: string | null;
  readonly body: AccountObjectBodies[Kind];
  readonly createdAtMs: number;
  readonly version: number;
}

/** A value that at most one object may hold at a time. */
export interface Claim {
  /** Within what it is unique: an account's id, or `*` for the whole server. */
  readonly scope: AccountId | "*";
  /** Such as `credentials-name`. */
  readonly kind: string;
  readonly value: string;
}

/** How many objects may hold claims of one kind at a time, each one of them. */
export interface ClaimLimit extends Pick<Claim, "scope" | "kind"> {
  readonly max: number;
}

/** The claim of an object's own name: compared as it is written, as the service does. */
export function nameClaim({ account, kind, name }: Pick<AccountObject, "account" | "kind" | "name">): Claim {
  return { scope: account, kind: `${kind}-name`, value: name };
}
