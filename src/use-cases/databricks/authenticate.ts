import type { DatabricksCaller, UsedCredential } from "../../core/access/databricks-caller.ts";
import { hashOfToken } from "../../core/access/personal-access-token.ts";
import { unauthenticated } from "../../core/databricks-errors.ts";
import type { AccountId, WorkspaceId } from "../../core/ids.ts";
import { ACCOUNT_ADMIN, nameKey, type Principal } from "../../core/principal/principal.ts";
import { goodAccessToken } from "./access-token-credential.ts";
import { type AzureHeaders, byEntraToken, isOfEntra, type Place } from "./authenticate-entra.ts";
import type { DatabricksDependencies } from "./context.ts";
import type { Trier } from "./password-check.ts";

/** What a request's `Authorization` header holds. */
export type PresentedCredential =
  | { readonly kind: "bearer"; readonly token: string; readonly azure?: AzureHeaders }
  | (BasicCredential & { readonly from: Trier });

export interface BasicCredential {
  readonly kind: "basic";
  readonly userName: string;
  readonly password: string;
}

// databricks-account-api.md A2: the newer of the two shapes that clients know.
const NO_CREDENTIAL = "Credential was not sent or was of an unsupported type for this API.";
const BAD_TOKEN = "Invalid access token.";
const BAD_PASSWORD = "Invalid user name or password.";

const DAY_MS = 86_400_000;

/** The user name under which a personal access token is also taken as a password (databricks-account-api.md A3). */
const TOKEN_USER = "token";

/**
 * Finds out who is calling. `account` is the one that the request is for: a user name means something only within one.
 * `place` is named to those who prove who they are by Entra ID and are nobody here: see `byEntraToken`.
 * Throws a DomainError of kind `unauthenticated`, the same whether the user, the token or the password is not known.
 */
export async function authenticate(
  dependencies: DatabricksDependencies,
  presented: PresentedCredential | null,
  account: AccountId | null,
  place: Place,
): Promise<DatabricksCaller> {
  if (presented === null) throw unauthenticated(NO_CREDENTIAL);
  if (presented.kind === "bearer" && isOfEntra(dependencies, presented.token)) {
    const { token, azure } = presented;
    const { principal, credential } = await byEntraToken(dependencies, token, azure, account, place);
    return callerOf(dependencies, principal, null, credential);
  }
  if (presented.kind === "bearer") return byBearer(dependencies, presented.token);
  if (presented.userName === TOKEN_USER) return byBearer(dependencies, presented.password);
  return byPassword(dependencies, presented.userName, presented.password, account, presented.from);
}

/** A JSON Web Token has two dots, a personal access token none. */
function byBearer(dependencies: DatabricksDependencies, token: string): Promise<DatabricksCaller> {
  return token.includes(".") ? byAccessToken(dependencies, token) : byToken(dependencies, token);
}

async function byAccessToken(dependencies: DatabricksDependencies, text: string): Promise<DatabricksCaller> {
  const token = await goodAccessToken(dependencies, text);
  if (token === null) throw unauthenticated(BAD_TOKEN);
  const { principal, claims, untilMs } = token;
  const credential = { kind: "oauth", id: claims.credential } as const;
  return callerOf(dependencies, principal, claims.workspace, credential, untilMs);
}

async function byToken(dependencies: DatabricksDependencies, text: string): Promise<DatabricksCaller> {
  const { store, clock } = dependencies;
  const token = await store.personalAccessTokens.withHash(hashOfToken(text));
  if (token === null || (token.expiresAtMs !== null && token.expiresAtMs <= clock.now()))
    throw unauthenticated(BAD_TOKEN);
  const principal = await store.principals.get(token.account, token.principal);
  if (principal === null || !principal.active) throw unauthenticated(BAD_TOKEN);
  const dayMs = clock.now() - (clock.now() % DAY_MS);
  // Once a day and token: what is shown of its use is no more exact.
  if (token.lastUsedDayMs !== dayMs)
    await store.commit([{ kind: "personal-access-token-used", id: token.id, dayMs }]);
  const credential = { kind: "personal-access-token", id: token.id } as const;
  // On the next day its use is written down again.
  const provenUntilMs = Math.min(token.expiresAtMs ?? Number.POSITIVE_INFINITY, dayMs + DAY_MS);
  return callerOf(dependencies, principal, token.workspace, credential, provenUntilMs);
}

/** Throws a DomainError of kind `unauthenticated`, later and later for wrong tries of one user name. */
export async function byPassword(
  dependencies: DatabricksDependencies,
  userName: string,
  password: string,
  account: AccountId | null,
  from: Trier,
): Promise<DatabricksCaller> {
  const { store, passwords } = dependencies;
  const user = account === null ? null : await store.principals.named(account, "user", userName);
  const stored = user === null ? null : await store.passwords.of(user.id);
  const name = `${account ?? ""}/${nameKey(userName)}`;
  const matches = await passwords.isRight(name, password, stored?.hash ?? null, from);
  if (user === null || !matches) throw unauthenticated(BAD_PASSWORD);
  // That took its time: who was removed meanwhile, or has got another password, does not come in by the old one.
  const [still, current] = await Promise.all([
    store.principals.get(user.account, user.id),
    store.passwords.of(user.id),
  ]);
  if (!still?.active || current?.hash !== stored?.hash) throw unauthenticated(BAD_PASSWORD);
  return callerOf(dependencies, still, null, { kind: "password", id: still.id });
}

/** A principal as a caller, with the groups that it is in. Throws where it is a group, which cannot call. */
export async function callerOf(
  { store }: Pick<DatabricksDependencies, "store">,
  principal: Principal,
  workspace: WorkspaceId | null,
  credential: UsedCredential,
  provenUntilMs = 0,
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
    provenUntilMs,
  };
}
