import type { Static } from "typebox";
import type { getCustomAppIntegration } from "../../contract/databricks-account/custom-app-integrations.ts";
import type { TokenAccessPolicy as WirePolicy } from "../../contract/databricks-account/oauth-apps.ts";
import type { AccountObject } from "../../core/account-object/account-object.ts";
import { pageOf } from "../../use-cases/databricks/pages.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import type { AccountHandlers } from "./handlers.ts";
import { APP_PAGE, readPage, readPolicy, wirePolicy } from "./oauth-apps.ts";

type App = AccountObject<"custom-app-integration">;
type Wire = Static<(typeof getCustomAppIntegration)["response"]>;

interface Members {
  readonly redirect_urls?: readonly string[] | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly user_authorized_scopes?: readonly string[] | undefined;
  readonly token_access_policy?: Static<typeof WirePolicy> | undefined;
}

export function customAppIntegrationHandlers(
  useCases: DatabricksUseCases,
): AccountHandlers<
  | "custom-app-integration.create"
  | "custom-app-integration.list"
  | "custom-app-integration.get"
  | "custom-app-integration.update"
  | "custom-app-integration.delete"
> {
  const kind = "custom-app-integration";
  return {
    async "custom-app-integration.create"(context, input) {
      const { integration, secret } = await useCases.createCustomAppIntegration(context, {
        scopes: null,
        userAuthorizedScopes: null,
        tokenAccessPolicy: null,
        ...given(input),
        name: input.name,
        redirectUrls: input.redirect_urls,
        confidential: input.confidential ?? false,
      });
      return {
        integration_id: integration.id,
        client_id: integration.body.clientId,
        ...(secret !== null && { client_secret: secret }),
      };
    },
    async "custom-app-integration.list"({ caller }, input) {
      const all = await useCases.list(caller.account, kind);
      const { rows, nextPageToken } = pageOf(all, readPage(input), APP_PAGE);
      const shown = input.include_creator_username === true ? rows : [];
      const names = await useCases.creatorsOfApps(shown);
      return {
        apps: rows.map((app) => wire(app, names.get(app.body.createdBy) ?? null)),
        ...(nextPageToken !== null && { next_page_token: nextPageToken }),
      };
    },
    async "custom-app-integration.get"({ caller }, input) {
      const app = await useCases.get(caller.account, kind, input.integration_id);
      return wire(app, (await useCases.creatorsOfApps([app])).get(app.body.createdBy) ?? null);
    },
    async "custom-app-integration.update"(context, input) {
      await useCases.changeCustomAppIntegration(context, input.integration_id, given(input));
      return {};
    },
    async "custom-app-integration.delete"(context, input) {
      await useCases.delete(context, kind, input.integration_id);
      return {};
    },
  };
}

function given(members: Members) {
  const { redirect_urls, scopes, user_authorized_scopes, token_access_policy } = members;
  return {
    ...(redirect_urls !== undefined && { redirectUrls: redirect_urls }),
    ...(scopes !== undefined && { scopes }),
    ...(user_authorized_scopes !== undefined && { userAuthorizedScopes: user_authorized_scopes }),
    ...(token_access_policy !== undefined && { tokenAccessPolicy: readPolicy(token_access_policy) }),
  };
}

function wire({ id, name, body, createdAtMs }: App, creator: string | null): Wire {
  return {
    integration_id: id,
    client_id: body.clientId,
    name,
    confidential: body.secretHash !== null,
    redirect_urls: [...body.redirectUrls],
    ...(body.scopes !== null && { scopes: [...body.scopes] }),
    ...(body.userAuthorizedScopes !== null && { user_authorized_scopes: [...body.userAuthorizedScopes] }),
    ...(body.tokenAccessPolicy !== null && { token_access_policy: wirePolicy(body.tokenAccessPolicy) }),
    created_by: Number(body.createdBy),
    create_time: new Date(createdAtMs).toISOString(),
    ...(creator !== null && { creator_username: creator }),
  };
}
