import type { Static } from "typebox";
import type { TokenAccessPolicy as WirePolicy } from "../../contract/databricks-account/oauth-apps.ts";
import type { TokenAccessPolicy } from "../../core/account-object/custom-app-integration.ts";
import type { PageQuery } from "../../use-cases/databricks/pages.ts";

/** How many apps a page holds; the vendor documents neither number. */
export const APP_PAGE = { default: 100, max: 1000 };

export function readPage(input: {
  readonly page_size?: number | undefined;
  readonly page_token?: string | undefined;
}): PageQuery {
  return { size: input.page_size ?? null, token: input.page_token ?? null };
}

export function readPolicy(policy: Static<typeof WirePolicy>): TokenAccessPolicy {
  return {
    accessTokenMinutes: policy.access_token_ttl_in_minutes ?? null,
    refreshTokenMinutes: policy.refresh_token_ttl_in_minutes ?? null,
    sessionMinutes: policy.absolute_session_lifetime_in_minutes ?? null,
    singleUseRefreshTokens: policy.enable_single_use_refresh_tokens ?? null,
  };
}

/** Just what was given: what the service adds would be a change to Terraform. */
export function wirePolicy(policy: TokenAccessPolicy): Static<typeof WirePolicy> {
  const { accessTokenMinutes, refreshTokenMinutes, sessionMinutes, singleUseRefreshTokens } = policy;
  return {
    ...(accessTokenMinutes !== null && { access_token_ttl_in_minutes: accessTokenMinutes }),
    ...(refreshTokenMinutes !== null && { refresh_token_ttl_in_minutes: refreshTokenMinutes }),
    ...(sessionMinutes !== null && { absolute_session_lifetime_in_minutes: sessionMinutes }),
    ...(singleUseRefreshTokens !== null && { enable_single_use_refresh_tokens: singleUseRefreshTokens }),
  };
}
