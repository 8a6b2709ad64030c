import type { DatabricksCaller } from "../../core/access/databricks-caller.ts";
import { type BrowserSession, SESSION_LIFETIME_MS, SESSION_PREFIX } from "../../core/access/oauth-grant.ts";
import { hashOfToken, newSecret } from "../../core/access/personal-access-token.ts";
import { unauthenticated } from "../../core/databricks-errors.ts";
import type { AccountId } from "../../core/ids.ts";
import { retryStale } from "../retry-stale.ts";
import { byPassword, callerOf } from "./authenticate.ts";
import type { DatabricksDependencies } from "./context.ts";
import type { Trier } from "./password-check.ts";

export interface OpenedSession {
  /** The cookie's value, known to the browser alone. */
  readonly cookie: string;
  readonly caller: DatabricksCaller;
}

/**
 * Logs a user in by their password. Throws a DomainError of kind `unauthenticated`, the same whether the user or the
 * password is not known; wrong tries are held back as those of Basic are. A token is no password here: it may open less
 * than its owner may.
 */
export async function logIn(
  dependencies: DatabricksDependencies,
  account: AccountId | null,
  userName: string,
  password: string,
  from: Trier,
): Promise<OpenedSession> {
  const { store, clock, ids, randomBytes } = dependencies;
  const user = await byPassword(dependencies, userName, password, account, from);
  const stored = await store.passwords.of(user.principal);
  if (stored === null) throw unauthenticated("Invalid user name or password.");
  const nowMs = clock.now();
  const cookie = newSecret(SESSION_PREFIX, randomBytes);
  const row: BrowserSession = {
    id: ids.uuid(),
    account: user.account,
    principal: user.principal,
    hash: hashOfToken(cookie),
    passwordDigest: hashOfToken(stored.hash),
    createdAtMs: nowMs,
    expiresAtMs: nowMs + SESSION_LIFETIME_MS,
  };
  await retryStale(() => store.commit([{ kind: "browser-session", row }]));
  // What ended is only in the way, and nobody waits for it: a commit of its own holds nobody's rows.
  await store.commit([{ kind: "sign-ins-expired", beforeMs: nowMs }]);
  return { cookie, caller: { ...user, credential: { kind: "session", id: row.id } } };
}

/** Who has logged in with this browser, as they are now; null where nobody has, or may any more. */
export async function sessionCaller(
  dependencies: DatabricksDependencies,
  cookie: string | null,
): Promise<DatabricksCaller | null> {
  const { store, clock } = dependencies;
  const session = cookie === null ? null : await store.browserSessions.withHash(hashOfToken(cookie));
  if (session === null || session.expiresAtMs <= clock.now()) return null;
  const [principal, password] = await Promise.all([
    store.principals.get(session.account, session.principal),
    store.passwords.of(session.principal),
  ]);
  if (principal === null || !principal.active) return null;
  if (password === null || hashOfToken(password.hash) !== session.passwordDigest) return null;
  return callerOf(dependencies, principal, null, { kind: "session", id: session.id });
}

/** Ends the session; does nothing where there is none. */
export async function logOut({ store }: DatabricksDependencies, cookie: string | null): Promise<void> {
  const session = cookie === null ? null : await store.browserSessions.withHash(hashOfToken(cookie));
  if (session !== null) await store.commit([{ kind: "browser-session-deleted", id: session.id }]);
}
