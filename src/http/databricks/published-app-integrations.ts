import type { Static } from "typebox";
import type { getPublishedAppIntegration } from "../../contract/databricks-account/published-app-integrations.ts";
import { PUBLISHED_APPS, PUBLISHED_SCOPES } from "../../core/access/oauth-client.ts";
import type { AccountObject } from "../../core/account-object/account-object.ts";
import { pageOf } from "../../use-cases/databricks/pages.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import type { AccountHandlers } from "./handlers.ts";
import { APP_PAGE, readPage, readPolicy, wirePolicy } from "./oauth-apps.ts";

type Wire = Static<(typeof getPublishedAppIntegration)["response"]>;

export function publishedAppHandlers(
  useCases: DatabricksUseCases,
): AccountHandlers<
  | "o-auth-published-apps.list"
  | "published-app-integration.create"
  | "published-app-integration.list"
  | "published-app-integration.get"
  | "published-app-integration.update"
  | "published-app-integration.delete"
> {
  const kind = "published-app-integration";
  const policyOf = (given: Parameters<typeof readPolicy>[0] | undefined) =>
    given === undefined ? null : readPolicy(given);
  return {
    async "o-auth-published-apps.list"() {
      // One page holds the few there are.
      return {
        apps: PUBLISHED_APPS.map(({ appId, clientId, name, description }) => ({
          app_id: appId,
          client_id: clientId,
          name,
          description,
          is_confidential_client: false,
          // Any port of the user's machine besides (RFC 8252 7.3).
          redirect_urls: ["http://localhost"],
          scopes: [...PUBLISHED_SCOPES],
        })),
      };
    },
    async "published-app-integration.create"(context, input) {
      const { id } = await useCases.createPublishedAppIntegration(context, {
        appId: input.app_id,
        tokenAccessPolicy: policyOf(input.token_access_policy),
      });
      return { integration_id: id };
    },
    async "published-app-integration.list"({ caller }, input) {
      const all = await useCases.list(caller.account, kind);
      const { rows, nextPageToken } = pageOf(all, readPage(input), APP_PAGE);
      return { apps: rows.map(wire), ...(nextPageToken !== null && { next_page_token: nextPageToken }) };
    },
    async "published-app-integration.get"({ caller }, input) {
      return wire(await useCases.get(caller.account, kind, input.integration_id));
    },
    async "published-app-integration.update"(context, input) {
      const policy = policyOf(input.token_access_policy);
      await useCases.changePublishedAppIntegration(context, input.integration_id, policy);
      return {};
    },
    async "published-app-integration.delete"(context, input) {
      await useCases.delete(context, kind, input.integration_id);
      return {};
    },
  };
}

function wire({ id, name, body, createdAtMs }: AccountObject<"published-app-integration">): Wire {
  return {
    integration_id: id,
    app_id: body.appId,
    name,
    ...(body.tokenAccessPolicy !== null && { token_access_policy: wirePolicy(body.tokenAccessPolicy) }),
    created_by: Number(body.createdBy),
    create_time: new Date(createdAtMs).toISOString(),
  };
}
