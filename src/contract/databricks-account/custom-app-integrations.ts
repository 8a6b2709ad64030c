import { Type } from "typebox";
import { ACCOUNT, databricksOperation } from "../databricks/operation.ts";
import { accountParams, message, NOTHING } from "../databricks/shapes.ts";
import { pageQuery, TokenAccessPolicy } from "./oauth-apps.ts";

const texts = Type.Array(Type.String());
const scopes = Type.Optional(
  Type.Array(Type.String(), {
    description:
      "an app is given `all-apis` and `offline_access` of them; the others are stored, and refused when it asks",
  }),
);
const userScopes = Type.Optional(
  Type.Array(Type.String(), { description: "stored: a person is asked each time, whatever they say" }),
);

/** An OAuth app of the account's own (databricks-account-api.md B13), without its secret. */
const CustomAppIntegration = message({
  integration_id: Type.String(),
  client_id: Type.String(),
  name: Type.String(),
  confidential: Type.Boolean(),
  redirect_urls: texts,
  scopes,
  user_authorized_scopes: userScopes,
  token_access_policy: Type.Optional(TokenAccessPolicy),
  created_by: Type.Integer(),
  /** ISO 8601. */
  create_time: Type.String(),
  creator_username: Type.Optional(Type.String()),
});

const changeable = {
  redirect_urls: Type.Optional(texts),
  scopes,
  user_authorized_scopes: userScopes,
  token_access_policy: Type.Optional(TokenAccessPolicy),
};

const PATH = `${ACCOUNT}/oauth2/custom-app-integrations`;
const one = message({ ...accountParams.properties, integration_id: Type.String() });
const facts = { object: "custom-app-integration", access: "account-admin" } as const;

export const createCustomAppIntegration = databricksOperation({
  ...facts,
  verb: "create",
  method: "POST",
  path: PATH,
  summary: "Registers an OAuth app; the secret of a confidential one is shown, once",
  params: accountParams,
  query: NOTHING,
  body: message({
    ...changeable,
    name: Type.String({ minLength: 1, maxLength: 256 }),
    redirect_urls: texts,
    confidential: Type.Optional(Type.Boolean()),
  }),
  response: message({
    integration_id: Type.String(),
    client_id: Type.String(),
    client_secret: Type.Optional(Type.String()),
  }),
});

export const listCustomAppIntegrations = databricksOperation({
  ...facts,
  verb: "list",
  method: "GET",
  path: PATH,
  summary: "Lists the OAuth apps of the account",
  params: accountParams,
  query: message({ ...pageQuery, include_creator_username: Type.Optional(Type.Boolean()) }),
  body: NOTHING,
  response: message({
    apps: Type.Array(CustomAppIntegration),
    next_page_token: Type.Optional(Type.String()),
  }),
});

export const getCustomAppIntegration = databricksOperation({
  ...facts,
  verb: "get",
  method: "GET",
  path: `${PATH}/{integration_id}`,
  summary: "Shows an OAuth app",
  params: one,
  query: NOTHING,
  body: NOTHING,
  response: CustomAppIntegration,
});

export const updateCustomAppIntegration = databricksOperation({
  ...facts,
  verb: "update",
  method: "PATCH",
  path: `${PATH}/{integration_id}`,
  summary: "Changes where an OAuth app may redirect to, and what it is given",
  params: one,
  query: NOTHING,
  body: message(changeable),
  response: NOTHING,
});

export const deleteCustomAppIntegration = databricksOperation({
  ...facts,
  verb: "delete",
  method: "DELETE",
  path: `${PATH}/{integration_id}`,
  summary: "Removes an OAuth app",
  params: one,
  query: NOTHING,
  body: NOTHING,
  response: NOTHING,
});
