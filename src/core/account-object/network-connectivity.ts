import { invalidParameter } from "../databricks-errors.ts";
import { DomainError } from "../errors.ts";
import type { AccountObjectId } from "../ids.ts";
import type { Limit } from "./ties.ts";

/** How serverless compute of workspaces reaches out (databricks-account-api.md B13). */
export interface NetworkConnectivityConfig {
  readonly region: string;
}

/** A way from serverless compute to one AWS endpoint service, of a network connectivity configuration. */
export interface PrivateEndpointRule {
  readonly config: AccountObjectId;
  /** The configuration's, and the endpoint service's. */
  readonly region: string;
  readonly endpointService: string;
  /** Buckets; null where the service is not S3. */
  readonly resourceNames: readonly string[] | null;
  /** Of a service of the customer's own; null for S3. */
  readonly domainNames: readonly string[] | null;
  /** Of a rule for S3 only. */
  readonly enabled: boolean;
  /** Null while it is in force. */
  readonly deactivatedAtMs: number | null;
  readonly updatedAtMs: number;
}

export type ConnectionState = "PENDING" | "ESTABLISHED" | "REJECTED" | "DISCONNECTED" | "EXPIRED";

// https://docs.databricks.com/aws/en/security/network/serverless-network-security/pl-to-internal-network, "Requirements".
const MAX_CONFIGS_OF_REGION = 10;
const MAX_RULES_OF_REGION = 30;
const MAX_WORKSPACES_OF_CONFIG = 50;
const MAX_DOMAIN_NAMES = 10;

const DAY_MS = 24 * 60 * 60 * 1000;
/** An endpoint that nobody approves expires (databricks-sdk-py, service/settings.py, NccPrivateEndpointRule). */
const PENDING_DAYS = 14;

// databricks-sdk-py, service/settings.py, CreateNetworkConnectivityConfiguration.name.
const CONFIG_NAME = /^[0-9a-zA-Z_-]{3,30}$/;
// https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
const S3 = /^com\.amazonaws\.([a-z0-9-]+)\.s3$/;
const OWN_SERVICE = /^com\.amazonaws\.vpce\.([a-z0-9-]+)\.vpce-svc-[0-9a-f]{8,17}$/;

export const isForS3 = ({ endpointService }: Pick<PrivateEndpointRule, "endpointService">) =>
  S3.test(endpointService);

/** Throws where the name is none. */
export function checkConfigName(name: string): void {
  if (CONFIG_NAME.test(name)) return;
  throw invalidParameter(`name: '${name}' does not match ^[0-9a-zA-Z-_]{3,30}$.`);
}

/** Throws where a rule cannot be: another region, names of the other kind of service, none, or too many. */
export function checkPrivateEndpointRule(rule: PrivateEndpointRule): void {
  const { endpointService, region, resourceNames, domainNames } = rule;
  const found = S3.exec(endpointService) ?? OWN_SERVICE.exec(endpointService);
  if (found === null)
    throw invalidParameter(
      `endpoint_service: '${endpointService}' is not an endpoint service: give com.amazonaws.<region>.s3 or com.amazonaws.vpce.<region>.vpce-svc-<digits>.`,
    );
  if (found[1] !== region)
    throw invalidParameter(
      `endpoint_service: the service is in ${found[1]}, the network connectivity configuration in ${region}.`,
    );
  const [mine, others] = isForS3(rule)
    ? ([
        ["resource_names", resourceNames],
        ["domain_names", domainNames],
      ] as const)
    : ([
        ["domain_names", domainNames],
        ["resource_names", resourceNames],
      ] as const);
  if (others[1] !== null)
    throw invalidParameter(`${others[0]} are not for ${endpointService}: give ${mine[0]}.`);
  if (mine[1] === null || mine[1].length === 0) throw invalidParameter(`${mine[0]}: give at least one.`);
  if ((domainNames?.length ?? 0) > MAX_DOMAIN_NAMES)
    throw invalidParameter(`domain_names: give at most ${MAX_DOMAIN_NAMES}.`);
}

/** The state of a rule's endpoint, of what the cloud says of its service: one that waits too long has expired. */
export function connectionState(
  cloud: Exclude<ConnectionState, "EXPIRED">,
  createdAtMs: number,
  nowMs: number,
): ConnectionState {
  return cloud === "PENDING" && nowMs - createdAtMs >= PENDING_DAYS * DAY_MS ? "EXPIRED" : cloud;
}

/** A deactivated rule is shown for a day, then it is gone (databricks-sdk-py, delete_private_endpoint_rule). */
export function isOver({ deactivatedAtMs }: PrivateEndpointRule, nowMs: number): boolean {
  return deactivatedAtMs !== null && nowMs - deactivatedAtMs >= DAY_MS;
}

const limit = (kind: string, max: number, what: string): Omit<Limit, "scope"> => ({
  kind,
  max,
  exceeded: () =>
    new DomainError("invalid", `There are ${max} ${what} already, which is the limit.`, {
      code: "QUOTA_EXCEEDED",
    }),
});

export const configsOf = (region: string) => `network connectivity of ${region}`;
export const configLimit = (region: string) =>
  limit(configsOf(region), MAX_CONFIGS_OF_REGION, `network connectivity configurations in ${region}`);

export const rulesOf = (region: string) => `private endpoints of ${region}`;
export const ruleLimit = (region: string) =>
  limit(rulesOf(region), MAX_RULES_OF_REGION, `private endpoint rules in ${region}`);

export const workspacesWith = (config: AccountObjectId) => `workspaces with ${config}`;
export const attachmentLimit = (config: AccountObjectId) =>
  limit(
    workspacesWith(config),
    MAX_WORKSPACES_OF_CONFIG,
    `workspaces with network connectivity configuration ${config}`,
  );
