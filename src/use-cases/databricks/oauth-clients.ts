import {
  type OAuthClient,
  oauthClientOf,
  PUBLISHED_APPS,
  provesItself,
  publishedClient,
} from "../../core/access/oauth-client.ts";
import { oauthError } from "../../core/access/oauth-errors.ts";
import { publishedAppClaim } from "../../core/account-object/published-app-integration.ts";
import type { AccountId } from "../../core/ids.ts";
import type { DatabricksDependencies } from "./context.ts";

/** How a client says who it is: one that cannot keep a secret by its id alone. */
export interface ClientIdentity {
  readonly clientId: string;
  readonly secret: string | null;
}

/** Throws `invalid_client` unless the client has proven who it is, as far as it can. */
export async function authenticatedClient(
  dependencies: Pick<DatabricksDependencies, "store">,
  account: AccountId,
  { clientId, secret }: ClientIdentity,
): Promise<OAuthClient> {
  const client = await oauthClientById(dependencies, account, clientId);
  if (client === null || !provesItself(client, secret))
    throw oauthError("invalid_client", "Client authentication failed");
  return client;
}

const PUBLISHED = "published-app-integration";

/**
 * The program that every account has, or the registered app that has this client id, for an authorization server of
 * the account or of one of its workspaces; null where the account has none. Read anew at each use: an app that is deleted or changed is so from then on.
 */
export async function oauthClientById(
  { store }: Pick<DatabricksDependencies, "store">,
  account: AccountId,
  clientId: string,
): Promise<OAuthClient | null> {
  const published = PUBLISHED_APPS.find((each) => each.clientId === clientId);
  if (published !== undefined) {
    const integration = await store.accountObjects.holding(publishedAppClaim(account, published.appId));
    const set = integration && (await store.accountObjects.get(account, PUBLISHED, integration.id));
    return publishedClient(account, published, set?.body.tokenAccessPolicy ?? null);
  }
  const claim = { scope: "*", kind: "oauth-client", value: clientId.toLowerCase() } as const;
  const holder = await store.accountObjects.holding(claim);
  if (holder === null || holder.account !== account) return null;
  const app = await store.accountObjects.get(account, "custom-app-integration", holder.id);
  return app && oauthClientOf(app);
}
