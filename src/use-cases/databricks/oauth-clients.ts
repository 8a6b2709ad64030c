import { type OAuthClient, oauthClientOf } from "../../core/access/oauth-client.ts";
import type { AccountId } from "../../core/ids.ts";
import type { DatabricksDependencies } from "./context.ts";

/**
 * The registered app that has this client id, for an authorization server of the account or of one of its workspaces;
 * null where the account has none. Read anew at each use: an app that is deleted or changed is so from then on.
 */
export async function oauthClientById(
  { store }: Pick<DatabricksDependencies, "store">,
  account: AccountId,
  clientId: string,
): Promise<OAuthClient | null> {
  const claim = { scope: "*", kind: "oauth-client", value: clientId.toLowerCase() } as const;
  const holder = await store.accountObjects.holding(claim);
  if (holder === null || holder.account !== account) return null;
  const app = await store.accountObjects.get(account, "custom-app-integration", holder.id);
  return app && oauthClientOf(app);
}
