import {
  hashOfToken,
  newSecret,
  type PersonalAccessToken,
  TOKEN_PREFIX,
} from "../../core/access/personal-access-token.ts";
import {
  type NewTokenWishes,
  TOKENS_LIMIT,
  tokenLifetimeSeconds,
  WORKSPACE_CONF,
} from "../../core/access/token-policy.ts";
import { doesNotExist, invalidParameter, permissionDenied } from "../../core/databricks-errors.ts";
import { DomainError } from "../../core/errors.ts";
import type { PrincipalId } from "../../core/ids.ts";
import type { Change } from "../../core/ports/store.ts";
import type { Principal } from "../../core/principal/principal.ts";
import { retryStale } from "../retry-stale.ts";
import { callerOf } from "./authenticate.ts";
import type { DatabricksDependencies, WorkspaceContext } from "./context.ts";
import { workspaceLevel } from "./find-workspace.ts";
import { hasPermission } from "./object-permissions.ts";

export interface NewToken extends NewTokenWishes {
  readonly comment: string;
}

export interface OpenToken {
  readonly row: PersonalAccessToken;
  /** Shown now and never again. */
  readonly value: string;
}

/** `tokens.create`: one of the caller's own. */
export async function createToken(
  dependencies: DatabricksDependencies,
  context: WorkspaceContext,
  wishes: NewToken,
): Promise<OpenToken> {
  return makeToken(dependencies, context, wishes, async () => {
    const { account, principal } = context.caller;
    const owner = await dependencies.store.principals.get(account, principal);
    if (owner === null) throw doesNotExist(`Principal ${principal} does not exist.`);
    return owner;
  });
}

/**
 * `token-management.create-obo-token`: one of a service principal that is in the workspace. Throws where there is none
 * of that application id, and where it is an account administrator and the caller is not.
 */
export async function createTokenOnBehalf(
  dependencies: DatabricksDependencies,
  context: WorkspaceContext,
  applicationId: string,
  wishes: NewToken,
): Promise<OpenToken> {
  const { store } = dependencies;
  const { caller, workspace } = context;
  return makeToken(dependencies, context, wishes, async () => {
    const owner = await store.principals.named(caller.account, "service-principal", applicationId);
    const missing = doesNotExist(`Service principal with application ID ${applicationId} does not exist.`);
    if (owner === null) throw missing;
    const itself = await callerOf(dependencies, owner, null, { kind: "oauth", id: owner.id });
    if ((await workspaceLevel(dependencies, itself, workspace)) === null) throw missing;
    if (itself.isAccountAdmin && !caller.isAccountAdmin)
      throw permissionDenied(`Only an account administrator may make tokens of ${applicationId}.`);
    return owner;
  });
}

function makeToken(
  dependencies: DatabricksDependencies,
  context: WorkspaceContext,
  { comment, ...wishes }: NewToken,
  findOwner: () => Promise<Principal>,
): Promise<OpenToken> {
  const { store, clock, ids, randomBytes } = dependencies;
  const { caller, workspace } = context;
  return retryStale(async () => {
    if (!(await hasPermission(dependencies, context, "authorization", "tokens", "CAN_USE")))
      throw permissionDenied(`${caller.name} does not have permission to use tokens in this workspace.`);
    const conf = await store.settings.get(workspace.id, WORKSPACE_CONF);
    const seconds = tokenLifetimeSeconds(wishes, conf?.body ?? null);
    const owner = await findOwner();
    const nowMs = clock.now();
    const tokens = await store.personalAccessTokens.of(owner.id);
    const [expired, valid] = [
      tokens.filter(isExpired(nowMs)),
      tokens.filter((row) => !isExpired(nowMs)(row)),
    ];
    if (valid.length >= TOKENS_LIMIT) {
      throw new DomainError(
        "invalid",
        `${owner.name} has ${TOKENS_LIMIT} tokens, which is the limit: delete one first.`,
        { code: "QUOTA_EXCEEDED" },
      );
    }
    const value = newSecret(TOKEN_PREFIX, randomBytes);
    const row: PersonalAccessToken = {
      id: ids.uuid(),
      account: owner.account,
      workspace: workspace.id,
      principal: owner.id,
      createdBy: caller.principal,
      createdByName: caller.name,
      hash: hashOfToken(value),
      comment,
      createdAtMs: nowMs,
      expiresAtMs: nowMs + seconds * 1000,
      lastUsedDayMs: null,
    };
    await store.commit([
      // Moves its version on, so that of two commits that both count one below the limit one counts again.
      { kind: "principal", row: owner },
      ...expired.map(({ id }): Change => ({ kind: "personal-access-token-deleted", id })),
      { kind: "personal-access-token", row },
    ]);
    return { row, value };
  });
}

/** `tokens.list`: the caller's valid ones in the workspace, oldest first. */
export async function listTokens(
  { store, clock }: DatabricksDependencies,
  { caller, workspace }: WorkspaceContext,
): Promise<readonly PersonalAccessToken[]> {
  const tokens = await store.personalAccessTokens.of(caller.principal);
  return tokens.filter((row) => row.workspace === workspace.id && !isExpired(clock.now())(row));
}

export interface TokenFilter {
  readonly createdBy: PrincipalId | null;
  readonly createdByName: string | null;
}

/** `token-management.list`: everybody's in the workspace, oldest first. */
export async function listWorkspaceTokens(
  { store, clock }: DatabricksDependencies,
  { workspace }: WorkspaceContext,
  { createdBy, createdByName }: TokenFilter,
): Promise<readonly PersonalAccessToken[]> {
  const tokens = await store.personalAccessTokens.inWorkspace(workspace.id);
  return tokens.filter(
    (row) =>
      !isExpired(clock.now())(row) &&
      (createdBy === null || row.createdBy === createdBy) &&
      (createdByName === null || row.createdByName.toLowerCase() === createdByName.toLowerCase()),
  );
}

/** A token of the workspace; only the caller's own count where `whose` says so. Throws where there is none. */
export async function getToken(
  { store }: DatabricksDependencies,
  { caller, workspace }: WorkspaceContext,
  id: string,
  whose: "own" | "any",
): Promise<PersonalAccessToken> {
  const found = await store.personalAccessTokens.get(id);
  const isTheirs =
    found?.workspace === workspace.id && (whose === "any" || found.principal === caller.principal);
  if (found === null || !isTheirs) throw doesNotExist(`Token with id ${id} does not exist.`);
  return found;
}

/** Revokes a token: from the answer on it opens nothing. */
export async function deleteToken(
  dependencies: DatabricksDependencies,
  context: WorkspaceContext,
  id: string,
  whose: "own" | "any",
): Promise<void> {
  const found = await getToken(dependencies, context, id, whose);
  await dependencies.store.commit([{ kind: "personal-access-token-deleted", id: found.id }]);
}

/** Changes a token's comment, the one thing of it that can change. Throws where `mask` names another. */
export async function changeToken(
  dependencies: DatabricksDependencies,
  context: WorkspaceContext,
  id: string,
  whose: "own" | "any",
  change: { readonly comment: string; readonly mask: readonly string[] },
): Promise<void> {
  const found = await getToken(dependencies, context, id, whose);
  const others = change.mask.filter((name) => name !== "comment" && name !== "*");
  if (others.length > 0 || change.mask.length === 0)
    throw invalidParameter("update_mask: only the comment of a token can be changed: give 'comment'.");
  await dependencies.store.commit([
    { kind: "personal-access-token-comment", id: found.id, comment: change.comment },
  ]);
}

function isExpired(nowMs: number): (row: PersonalAccessToken) => boolean {
  return ({ expiresAtMs }) => expiresAtMs !== null && expiresAtMs <= nowMs;
}
