import { tiesOf } from "../../core/account-object/ties.ts";
import { alreadyExists, doesNotExist, invalidParameter } from "../../core/databricks-errors.ts";
import { DomainError } from "../../core/errors.ts";
import { checkFederationPolicy, checkPolicyId } from "../../core/federation/check.ts";
import {
  type FederationPolicy,
  type FederationTrust,
  keySourceOf,
  POLICIES_LIMIT,
  sameSource,
  sameTrust,
} from "../../core/federation/federation-policy.ts";
import { accountObjectId, principalId } from "../../core/ids.ts";
import type { Change } from "../../core/ports/store.ts";
import type { Principal } from "../../core/principal/principal.ts";
import { retryStale } from "../retry-stale.ts";
import type { DatabricksContext, DatabricksDependencies } from "./context.ts";

/** What a caller says of a policy; what is undefined was not said. */
export interface GivenFederationPolicy {
  /** The resource name, which can say only what the path says already. */
  readonly name: string | undefined;
  readonly description: string | null | undefined;
  readonly trust: { readonly [Member in keyof FederationTrust]: FederationTrust[Member] | undefined };
}

const NO_TRUST: FederationTrust = {
  issuer: "",
  audiences: [],
  subject: null,
  subjectClaim: null,
  jwksUri: null,
  jwksJson: null,
};

/** What `update_mask` calls the members of a policy that can be changed. */
const MASK_PATHS: Readonly<Record<string, keyof FederationTrust>> = {
  "oidc_policy.issuer": "issuer",
  "oidc_policy.audiences": "audiences",
  "oidc_policy.subject": "subject",
  "oidc_policy.subject_claim": "subjectClaim",
  "oidc_policy.jwks_uri": "jwksUri",
  "oidc_policy.jwks_json": "jwksJson",
};

/**
 * `federation-policy.create` and, of a service principal, `service-principal-federation-policy.create`. As on the
 * service, an issuer that nobody can reach is refused now and not when its first token comes
 * (workload-identity/databricks-service-principal-operator docs/measured.md).
 * @param owner a service principal's id; null for the account
 */
export async function createFederationPolicy(
  dependencies: DatabricksDependencies,
  { caller }: DatabricksContext,
  owner: string | null,
  wanted: { readonly policyId: string | undefined; readonly policy: GivenFederationPolicy },
): Promise<FederationPolicy> {
  const { store, clock, ids, foreignTokens } = dependencies;
  const uid = ids.uuid();
  const nowMs = clock.now();
  const policyId = wanted.policyId ?? uid;
  checkPolicyId(policyId);
  const first = await ownerOf(dependencies, caller.account, owner);
  const { name, description = null, trust } = wanted.policy;
  const row: FederationPolicy = {
    uid,
    account: caller.account,
    servicePrincipal: first.servicePrincipal,
    policyId,
    description,
    trust: { ...NO_TRUST, ...said(trust) },
    trustId: ids.uuid(),
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    version: 0,
  };
  checkName(name, row);
  checkFederationPolicy(row, row.servicePrincipal !== null);
  if (keySourceOf(row.trust).kind !== "uri") await reachable(foreignTokens.load(keySourceOf(row.trust)));
  return retryStale(async () => {
    const { touched, servicePrincipal } = await ownerOf(dependencies, caller.account, owner);
    const others = await store.federationPolicies.of(caller.account, servicePrincipal);
    if (others.some((other) => other.policyId === policyId))
      throw alreadyExists(`Federation policy ${resourceName(row)} already exists.`);
    if (others.length >= POLICIES_LIMIT)
      throw new DomainError(
        "invalid",
        `There are ${POLICIES_LIMIT} federation policies, which is the limit: delete one first.`,
        { code: "QUOTA_EXCEEDED" },
      );
    await store.commit([touched, { kind: "federation-policy", row }]);
    return { ...row, version: 1 };
  });
}

/** `federation-policy.list` and its counterpart of a service principal, oldest first. */
export async function listFederationPolicies(
  dependencies: DatabricksDependencies,
  { caller }: DatabricksContext,
  owner: string | null,
): Promise<readonly FederationPolicy[]> {
  const { servicePrincipal } = await ownerOf(dependencies, caller.account, owner);
  return dependencies.store.federationPolicies.of(caller.account, servicePrincipal);
}

/** Throws `RESOURCE_DOES_NOT_EXIST`. */
export async function getFederationPolicy(
  dependencies: DatabricksDependencies,
  context: DatabricksContext,
  owner: string | null,
  policyId: string,
): Promise<FederationPolicy> {
  const policies = await listFederationPolicies(dependencies, context, owner);
  const found = policies.find((policy) => policy.policyId === policyId);
  if (found === undefined) throw doesNotExist(`Federation policy ${policyId} does not exist.`);
  return found;
}

/**
 * Changes what the mask names, or without one all that is given. Tokens that were given for what the policy trusted
 * before end with it.
 */
export async function changeFederationPolicy(
  dependencies: DatabricksDependencies,
  context: DatabricksContext,
  owner: string | null,
  wanted: {
    readonly policyId: string;
    readonly mask: string | undefined;
    readonly policy: GivenFederationPolicy;
  },
): Promise<FederationPolicy> {
  const { store, clock, ids, foreignTokens } = dependencies;
  const change = plannedChange(wanted.mask, wanted.policy);
  return retryStale(async () => {
    const before = await getFederationPolicy(dependencies, context, owner, wanted.policyId);
    checkName(wanted.policy.name, before);
    const changed = change(before);
    checkFederationPolicy(changed, before.servicePrincipal !== null);
    const same = sameTrust(before.trust, changed.trust);
    const keys = keySourceOf(changed.trust);
    if (keys.kind !== "uri" && !sameSource(keys, keySourceOf(before.trust)))
      await reachable(foreignTokens.load(keys));
    const row: FederationPolicy = {
      ...changed,
      trustId: same ? before.trustId : ids.uuid(),
      updatedAtMs: clock.now(),
    };
    await store.commit([{ kind: "federation-policy", row }]);
    return { ...row, version: row.version + 1 };
  });
}

/** The access tokens that were given for it end with it. */
export async function deleteFederationPolicy(
  dependencies: DatabricksDependencies,
  context: DatabricksContext,
  owner: string | null,
  policyId: string,
): Promise<void> {
  await retryStale(async () => {
    const { uid, version } = await getFederationPolicy(dependencies, context, owner, policyId);
    await dependencies.store.commit([{ kind: "federation-policy-deleted", uid, version }]);
  });
}

/** Such as `accounts/<account id>/federationPolicies/<policy id>`. */
export function resourceName({
  account,
  servicePrincipal,
  policyId,
}: Pick<FederationPolicy, "account" | "servicePrincipal" | "policyId">): string {
  const owner = servicePrincipal === null ? "" : `/servicePrincipals/${servicePrincipal}`;
  return `accounts/${account}${owner}/federationPolicies/${policyId}`;
}

interface Owner {
  readonly servicePrincipal: Principal["id"] | null;
  /** Moves the owner's version on, so that of two commits that both count nineteen policies one counts again. */
  readonly touched: Change;
}

async function ownerOf(
  { store }: DatabricksDependencies,
  account: FederationPolicy["account"],
  owner: string | null,
): Promise<Owner> {
  if (owner === null) {
    const row = await store.accountObjects.get(account, "account", accountObjectId(account));
    if (row === null) throw doesNotExist(`Account ${account} does not exist.`);
    return { servicePrincipal: null, touched: { kind: "account-object", row, ...tiesOf(row) } };
  }
  const row = await store.principals.get(account, principalId(owner));
  if (row === null || row.kind !== "service-principal")
    throw doesNotExist(`Service principal ${owner} does not exist.`);
  return { servicePrincipal: row.id, touched: { kind: "principal", row } };
}

/** An issuer that cannot be asked now cannot be trusted now either: what was sent is at fault. */
async function reachable(loading: Promise<void>): Promise<void> {
  try {
    await loading;
  } catch (error) {
    if (error instanceof DomainError && error.kind === "unavailable") throw invalidParameter(error.message);
    throw error;
  }
}

function checkName(name: string | undefined, policy: FederationPolicy): void {
  if (name === undefined || name === "" || name === resourceName(policy)) return;
  throw invalidParameter(`name: '${name}' is not ${resourceName(policy)}, which is what the path says.`);
}

/** What a mask that names only members there are does to a policy. Throws for another one. */
function plannedChange(
  mask: string | undefined,
  { description, trust }: GivenFederationPolicy,
): (before: FederationPolicy) => FederationPolicy {
  if (mask === undefined || mask === "")
    return (before) => ({
      ...before,
      ...(description !== undefined && { description }),
      trust: { ...before.trust, ...said(trust) },
    });
  const given = { ...NO_TRUST, ...said(trust) };
  const paths = mask === "*" ? ["description", "oidc_policy"] : mask.split(",");
  const members = paths.includes("oidc_policy") ? [...Object.values(MASK_PATHS)] : [];
  for (const path of paths) {
    const member = MASK_PATHS[path];
    if (member !== undefined) members.push(member);
    else if (path !== "description" && path !== "oidc_policy")
      throw invalidParameter(
        `update_mask: '${path}' is none of description, oidc_policy, ${Object.keys(MASK_PATHS).join(", ")} and *.`,
      );
  }
  return (before) => ({
    ...before,
    ...(paths.includes("description") && { description: description ?? null }),
    trust: {
      ...before.trust,
      ...Object.fromEntries(members.map((member) => [member, given[member]])),
    },
  });
}

/** Without the members that were not said. */
function said(trust: GivenFederationPolicy["trust"]): Partial<FederationTrust> {
  return Object.fromEntries(Object.entries(trust).filter(([, value]) => value !== undefined));
}
