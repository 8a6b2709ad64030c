import { invalidState } from "../databricks-errors.ts";
import type { DomainError } from "../errors.ts";
import type { AccountObjectId } from "../ids.ts";
import { neededBy } from "../workspace/workspace.ts";
import type {
  AccountObject,
  AccountObjectBodies,
  AccountObjectKind,
  Claim,
  ClaimLimit,
} from "./account-object.ts";
import { enabledFor, enabledLimits } from "./log-delivery.ts";
import {
  attachmentLimit,
  configLimit,
  configsOf,
  ruleLimit,
  rulesOf,
  workspacesWith,
} from "./network-connectivity.ts";
import { MAX_STORAGE_CONFIGURATIONS } from "./storage-configuration.ts";

/** What an object holds for itself alone, and what it cannot do without. */
export interface Ties {
  readonly claims: readonly Claim[];
  readonly needs: readonly AccountObjectId[];
  /** How many objects may claim the like: the commit that would be one too many is refused. */
  readonly limits: readonly Limit[];
}

export interface Limit extends ClaimLimit {
  /** What whoever asks for one more is told. */
  readonly exceeded: () => DomainError;
}

type Row = Pick<AccountObject, "id" | "name" | "state">;

interface KindTies<Body> {
  /** Unique in the account. */
  readonly claims?: (body: Body, row: Row) => readonly Omit<Claim, "scope">[];
  /** Unique on the whole server. */
  readonly serverClaims?: (body: Body, row: Row) => readonly Omit<Claim, "scope">[];
  readonly needs?: (body: Body, row: Row) => readonly AccountObjectId[];
  /** Of the account. */
  readonly limits?: (body: Body, row: Row) => readonly Omit<Limit, "scope">[];
}

const named = (kind: AccountObjectKind) => ({
  claims: (_body: object, { name: value }: Row) => [{ kind: `${kind}-name`, value }],
});

const TIES: { readonly [Kind in AccountObjectKind]: KindTies<AccountObjectBodies[Kind]> } = {
  account: { serverClaims: (_body, { name: value }) => [{ kind: "account-name", value }] },
  credentials: named("credentials"),
  "storage-configuration": {
    ...named("storage-configuration"),
    limits: () => [
      {
        kind: "storage-configuration-name",
        max: MAX_STORAGE_CONFIGURATIONS,
        // databricks-account-api.md B2, as public threads quote it.
        exceeded: () =>
          invalidState(
            `Storage configuration limit exceeded, only ${MAX_STORAGE_CONFIGURATIONS} storage configurations are allowed`,
          ),
      },
    ],
  },
  // A key has no name of its own.
  "customer-managed-key": {},
  "vpc-endpoint": {
    claims: ({ awsVpcEndpointId }, { name }) => [
      { kind: "vpc-endpoint-name", value: name },
      { kind: "aws-vpc-endpoint", value: awsVpcEndpointId },
    ],
  },
  "private-access-settings": {
    ...named("private-access-settings"),
    needs: ({ allowedVpcEndpoints }) => allowedVpcEndpoints,
  },
  network: {
    // databricks-account-api.md B6: a VPC may be in two networks, a subnet or security group may not.
    claims: ({ subnetIds, securityGroupIds }, { name }) => [
      { kind: "network-name", value: name },
      ...subnetIds.map((value) => ({ kind: "subnet", value })),
      ...securityGroupIds.map((value) => ({ kind: "security-group", value })),
    ],
    needs: ({ vpcEndpoints }) =>
      vpcEndpoints === null ? [] : [...vpcEndpoints.restApi, ...vpcEndpoints.dataplaneRelay],
  },
  workspace: {
    claims: ({ network, networkConnectivityConfig: config }, { id, name }) => [
      { kind: "workspace-name", value: name },
      ...(config === null ? [] : [{ kind: workspacesWith(config), value: id }]),
      ...(network === null ? [] : [{ kind: "workspace-of-network", value: network }]),
    ],
    serverClaims: ({ deploymentName, port }) => [
      { kind: "deployment-name", value: deploymentName.toLowerCase() },
      ...(port === null ? [] : [{ kind: "port", value: String(port) }]),
    ],
    needs: neededBy,
    limits: ({ networkConnectivityConfig: config }) => (config === null ? [] : [attachmentLimit(config)]),
  },
  "network-connectivity-config": {
    claims: ({ region }, { id, name }) => [
      { kind: "network-connectivity-config-name", value: name },
      { kind: configsOf(region), value: id },
    ],
    limits: ({ region }) => [configLimit(region)],
  },
  "private-endpoint-rule": {
    claims: ({ region }, { id }) => [{ kind: rulesOf(region), value: id }],
    needs: ({ config }) => [config],
    limits: ({ region }) => [ruleLimit(region)],
  },
  "log-delivery": {
    // databricks-account-api.md B8: only an enabled one keeps what it names, and counts.
    claims: (body, { id, state }) =>
      state === "ENABLED" ? enabledFor(body).map((kind) => ({ kind, value: id })) : [],
    needs: ({ credentials, storageConfiguration }, { state }) =>
      state === "ENABLED" ? [credentials, storageConfiguration] : [],
    limits: (body, { state }) => (state === "ENABLED" ? enabledLimits(body) : []),
  },
  "published-app-integration": {
    claims: ({ appId: value }) => [{ kind: "published-app", value }],
  },
  "custom-app-integration": {
    // An app's name is for people: two may have the same.
    serverClaims: ({ clientId }) => [{ kind: "oauth-client", value: clientId }],
  },
};

/** What stores an object, with all that it claims and needs from now on. */
export function accountObjectChange<Kind extends AccountObjectKind>(row: AccountObject<Kind>) {
  return { kind: "account-object", row, ...tiesOf(row) } as const;
}

/** All ties of an object, from what it is: a change writes them anew. */
export function tiesOf<Kind extends AccountObjectKind>(object: AccountObject<Kind>): Ties {
  const { claims, serverClaims, needs, limits }: KindTies<AccountObjectBodies[Kind]> = TIES[object.kind];
  const { account: scope, body } = object;
  return {
    claims: [
      ...unique(claims?.(body, object)).map((claim) => ({ scope, ...claim })),
      ...unique(serverClaims?.(body, object)).map((claim) => ({ scope: "*" as const, ...claim })),
    ],
    needs: [...new Set(needs?.(body, object))],
    limits: (limits?.(body, object) ?? []).map((limit) => ({ scope, ...limit })),
  };
}

function unique(claims: readonly Omit<Claim, "scope">[] = []): readonly Omit<Claim, "scope">[] {
  return claims.filter(
    (claim, index) =>
      claims.findIndex((each) => each.kind === claim.kind && each.value === claim.value) === index,
  );
}
