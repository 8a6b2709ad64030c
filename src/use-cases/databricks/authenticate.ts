import type { DatabricksCaller, UsedCredential } from "../../core/access/databricks-caller.ts";
import { isPassword } from "../../core/access/password.ts";
import { hashOfToken } from "../../core/access/personal-access-token.ts";
import { unauthenticated } from "../../core/databricks-errors.ts";
import type { AccountId, WorkspaceId } from "../../core/ids.ts";
import { ACCOUNT_ADMIN, type Principal } from "../../core/principal/principal.ts";
import type { DatabricksDependencies } from "./context.ts";

/** What a request's `Authorization` header holds. */
export type PresentedCredential =
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "basic"; readonly userName: string; readonly password: string };

// databricks-account-api.md A2: the newer of the two shapes that clients know.
const NO_CREDENTIAL = "Credential was not sent or was of an unsupported type for this API.";
const BAD_TOKEN = "Invalid access token.";
const BAD_PASSWORD = "Invalid user name or password.";

/** The user name under which a personal access token is also taken as a password (databricks-account-api.md A3). */
const TOKEN_USER = "token";

/**
 * Finds out who is calling. `account` is the one that the request is for: a user name means something only within one.
 * Throws a DomainError of kind `unauthenticated`, the same whether the user, the token or the password is not known.
 */
export async function authenticate(
  dependencies: DatabricksDependencies,
  presented: PresentedCredential | null,
  account: AccountId | null,
): Promise<DatabricksCaller> {
  if (presented === null) throw unauthenticated(NO_CREDENTIAL);
  if (presented.kind === "bearer") return byToken(dependencies, presented.token);
  if (presented.userName === TOKEN_USER) return byToken(dependencies, presented.password);
  return byPassword(dependencies, presented.userName, presented.password, account);
}

async function byToken(dependencies: DatabricksDependencies, text: string): Promise<DatabricksCaller> {
  const { store, clock } = dependencies;
  const token = await store.personalAccessTokens.withHash(hashOfToken(text));
  if (token === null || (token.expiresAtMs !== null && token.expiresAtMs <= clock.now()))
    throw unauthenticated(BAD_TOKEN);
  const principal = await store.principals.get(token.account, token.principal);
  if (principal === null || !principal.active) throw unauthenticated(BAD_TOKEN);
  const credential = { kind: "personal-access-token", id: token.id } as const;
  return callerOf(dependencies, principal, token.workspace, credential);
}

async function byPassword(
  dependencies: DatabricksDependencies,
  userName: string,
  password: string,
  account: AccountId | null,
): Promise<DatabricksCaller> {
  const { store } = dependencies;
  const user = account === null ? null : await store.principals.named(account, "user", userName);
  const stored = user === null ? null : await store.passwords.of(user.id);
  // A hash of nothing, so that the time of the answer does not tell which user names exist.
  const matches = await isPassword(password, stored?.hash ?? NOBODYS_HASH);
  if (user === null || stored === null || !matches || !user.active) throw unauthenticated(BAD_PASSWORD);
  return callerOf(dependencies, user, null, { kind: "password", id: user.id });
}

const NOBODYS_HASH = "scrypt$32768$8$3$bm9ib2R5$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

async function callerOf(
  { store }: DatabricksDependencies,
  principal: Principal,
  workspace: WorkspaceId | null,
  credential: UsedCredential,
): Promise<DatabricksCaller> {
  if (principal.kind === "group") throw unauthenticated(NO_CREDENTIAL);
  const groups = await store.principals.groupsOf(principal.id);
  return {
    account: principal.account,
    principal: principal.id,
    kind: principal.kind,
    name: principal.name,
    groups: groups.map(({ id }) => id),
    isAccountAdmin: [principal, ...groups].some(({ roles }) => roles.includes(ACCOUNT_ADMIN)),
    workspace,
    credential,
  };
}
