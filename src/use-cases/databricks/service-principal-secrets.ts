import { hashOfToken, newSecret } from "../../core/access/personal-access-token.ts";
import {
  SECRET_LIFETIME_SECONDS,
  SECRET_PREFIX,
  SECRETS_LIMIT,
  type ServicePrincipalSecret,
} from "../../core/access/service-principal-secret.ts";
import { doesNotExist, invalidParameter, permissionDenied } from "../../core/databricks-errors.ts";
import { DomainError } from "../../core/errors.ts";
import { principalId } from "../../core/ids.ts";
import type { Principal } from "../../core/principal/principal.ts";
import { retryStale } from "../retry-stale.ts";
import { callerOf } from "./authenticate.ts";
import type { DatabricksContext, DatabricksDependencies, WorkspaceContext } from "./context.ts";

/** A call to the account, or one to a workspace, for which only what is in the workspace is there. */
type Context = DatabricksContext & Partial<Pick<WorkspaceContext, "workspace">>;

export interface OpenSecret {
  readonly row: ServicePrincipalSecret;
  /** Shown now and never again. */
  readonly secret: string;
}

/**
 * `service-principal-secrets.create`.
 * @param lifetime a duration as protocol buffers write it, such as `3600s`; null for two years
 */
export function createServicePrincipalSecret(
  dependencies: DatabricksDependencies,
  context: Context,
  id: string,
  lifetime: string | null,
): Promise<OpenSecret> {
  const { store, clock, ids, randomBytes } = dependencies;
  const seconds = lifetime === null ? SECRET_LIFETIME_SECONDS : lifetimeSeconds(lifetime);
  return retryStale(async () => {
    const principal = await servicePrincipal(dependencies, context, id);
    const others = await store.servicePrincipalSecrets.of(principal.id);
    if (others.length >= SECRETS_LIMIT) {
      throw new DomainError(
        "invalid",
        `Service principal ${id} has ${SECRETS_LIMIT} secrets, which is the limit: delete one first.`,
        { code: "QUOTA_EXCEEDED" },
      );
    }
    const secret = newSecret(SECRET_PREFIX, randomBytes);
    const nowMs = clock.now();
    const row: ServicePrincipalSecret = {
      id: ids.uuid(),
      account: principal.account,
      principal: principal.id,
      hash: hashOfToken(secret),
      createdAtMs: nowMs,
      expiresAtMs: nowMs + seconds * 1000,
    };
    await store.commit([
      // Moves its version on, so that of two commits that both count four secrets one counts again.
      { kind: "principal", row: principal },
      { kind: "service-principal-secret", row },
    ]);
    return { row, secret };
  });
}

/** `service-principal-secrets.list`, oldest first. */
export async function listServicePrincipalSecrets(
  dependencies: DatabricksDependencies,
  context: Context,
  id: string,
): Promise<readonly ServicePrincipalSecret[]> {
  const principal = await servicePrincipal(dependencies, context, id);
  return dependencies.store.servicePrincipalSecrets.of(principal.id);
}

/** `service-principal-secrets.delete`: access tokens that were given for it end with it. */
export async function deleteServicePrincipalSecret(
  dependencies: DatabricksDependencies,
  context: Context,
  id: string,
  secretId: string,
): Promise<void> {
  const { store } = dependencies;
  const principal = await servicePrincipal(dependencies, context, id);
  const found = await store.servicePrincipalSecrets.get(secretId);
  if (found === null || found.principal !== principal.id)
    throw doesNotExist(`Service principal ${id} has no secret ${secretId}.`);
  await store.commit([{ kind: "service-principal-secret-deleted", id: found.id }]);
}

/**
 * Throws where there is none for this caller. The administrator of a workspace has to do with those in it that are no
 * more than itself: whoever has the secret of an account's administrator is one. A token of a workspace is nobody's
 * way out of it, whoever it belongs to.
 */
async function servicePrincipal(
  { store }: DatabricksDependencies,
  { caller, workspace }: Context,
  id: string,
): Promise<Principal> {
  const found = await store.principals.get(caller.account, principalId(id));
  const missing = doesNotExist(`Service principal ${id} does not exist.`);
  if (found === null || found.kind !== "service-principal") throw missing;
  if (workspace === undefined || (caller.isAccountAdmin && caller.workspace === null)) return found;
  const itself = await callerOf({ store }, found, null, { kind: "oauth", id });
  const level = await store.workspaceAssignments.levelOf(workspace.id, [itself.principal, ...itself.groups]);
  if (level === null) throw missing;
  if (itself.isAccountAdmin)
    throw permissionDenied(
      `Only an account administrator may manage the secrets of service principal ${id}.`,
    );
  return found;
}

function lifetimeSeconds(lifetime: string): number {
  const seconds = Number(/^(\d{1,9})(\.\d{1,9})?s$/.exec(lifetime)?.[1]);
  if (seconds >= 1 && seconds <= SECRET_LIFETIME_SECONDS) return seconds;
  throw invalidParameter(
    `lifetime: '${lifetime}' is not from 1s to ${SECRET_LIFETIME_SECONDS}s, which is two years.`,
  );
}
