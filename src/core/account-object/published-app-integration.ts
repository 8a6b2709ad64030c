import type { AccountId, PrincipalId } from "../ids.ts";
import type { Claim } from "./account-object.ts";
import type { TokenAccessPolicy } from "./custom-app-integration.ts";

/** What an account's administrator says of an app that every account has (databricks-account-api.md B13). */
export interface PublishedAppIntegration {
  readonly appId: string;
  /** Null where nothing was said: then it has the app's own lifetimes. */
  readonly tokenAccessPolicy: TokenAccessPolicy | null;
  readonly createdBy: PrincipalId;
}

/** An account has one integration of an app. */
export function publishedAppClaim(account: AccountId, appId: string): Claim {
  return { scope: account, kind: "published-app", value: appId };
}
