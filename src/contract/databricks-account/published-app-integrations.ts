import { Type } from "typebox";
import { ACCOUNT, databricksOperation } from "../databricks/operation.ts";
import { accountParams, message, NOTHING } from "../databricks/shapes.ts";
import { pageQuery, TokenAccessPolicy } from "./oauth-apps.ts";

/**
 * How long the tokens of an app last that every account has (databricks-account-api.md B13). Such an app can be used
 * whether it has an integration or not.
 */
const PublishedAppIntegration = message({
  integration_id: Type.String(),
  app_id: Type.String(),
  name: Type.String(),
  token_access_policy: Type.Optional(TokenAccessPolicy),
  created_by: Type.Integer(),
  /** ISO 8601. */
  create_time: Type.String(),
});

const PublishedApp = message({
  app_id: Type.String(),
  client_id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  is_confidential_client: Type.Boolean(),
  redirect_urls: Type.Array(Type.String()),
  scopes: Type.Array(Type.String()),
});

const PATH = `${ACCOUNT}/oauth2/published-app-integrations`;
const one = message({ ...accountParams.properties, integration_id: Type.String() });
const facts = { object: "published-app-integration", access: "account-admin" } as const;
const changeable = { token_access_policy: Type.Optional(TokenAccessPolicy) };
const next = { next_page_token: Type.Optional(Type.String()) };

export const listPublishedApps = databricksOperation({
  object: "o-auth-published-apps",
  access: "account-admin",
  verb: "list",
  method: "GET",
  path: `${ACCOUNT}/oauth2/published-apps`,
  summary: "Lists the OAuth apps that every account has",
  params: accountParams,
  query: message(pageQuery),
  body: NOTHING,
  response: message({ apps: Type.Array(PublishedApp), ...next }),
});

export const createPublishedAppIntegration = databricksOperation({
  ...facts,
  verb: "create",
  method: "POST",
  path: PATH,
  summary: "Says how long the tokens of a published OAuth app last",
  params: accountParams,
  query: NOTHING,
  body: message({ app_id: Type.String(), ...changeable }),
  response: message({ integration_id: Type.String() }),
});

export const listPublishedAppIntegrations = databricksOperation({
  ...facts,
  verb: "list",
  method: "GET",
  path: PATH,
  summary: "Lists the published OAuth apps of which the account says something",
  params: accountParams,
  query: message(pageQuery),
  body: NOTHING,
  response: message({ apps: Type.Array(PublishedAppIntegration), ...next }),
});

export const getPublishedAppIntegration = databricksOperation({
  ...facts,
  verb: "get",
  method: "GET",
  path: `${PATH}/{integration_id}`,
  summary: "Shows what the account says of a published OAuth app",
  params: one,
  query: NOTHING,
  body: NOTHING,
  response: PublishedAppIntegration,
});

export const updatePublishedAppIntegration = databricksOperation({
  ...facts,
  verb: "update",
  method: "PATCH",
  path: `${PATH}/{integration_id}`,
  summary: "Changes how long the tokens of a published OAuth app last",
  params: one,
  query: NOTHING,
  body: message(changeable),
  response: NOTHING,
});

export const deletePublishedAppIntegration = databricksOperation({
  ...facts,
  verb: "delete",
  method: "DELETE",
  path: `${PATH}/{integration_id}`,
  summary: "Gives a published OAuth app its own lifetimes again",
  params: one,
  query: NOTHING,
  body: NOTHING,
  response: NOTHING,
});
