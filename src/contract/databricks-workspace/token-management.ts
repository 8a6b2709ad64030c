import { Type } from "typebox";
import { databricksOperation } from "../databricks/operation.ts";
import { message, NOTHING } from "../databricks/shapes.ts";
import { NewToken, PublicTokenInfo, TokenChange, tokenParams } from "./tokens.ts";

/** What a workspace's administrator sees of a token (databricks-workspace-api.md C11); ids are numbers here. */
export const TokenInfo = message({
  ...PublicTokenInfo.properties,
  created_by_id: Type.Integer(),
  created_by_username: Type.String(),
  owner_id: Type.Integer(),
  /** The beginning of the day, UTC; absent where it was never used. */
  last_used_day: Type.Optional(Type.Integer()),
  workspace_id: Type.Integer(),
});

const PATH = "/api/2.0/token-management/tokens";
const facts = { object: "token-management", access: "workspace-admin", query: NOTHING } as const;

export const listWorkspaceTokens = databricksOperation({
  ...facts,
  verb: "list",
  method: "GET",
  path: PATH,
  summary: "Lists everybody's tokens in the workspace",
  params: NOTHING,
  query: message({
    created_by_id: Type.Optional(Type.Integer()),
    created_by_username: Type.Optional(Type.String()),
  }),
  body: NOTHING,
  response: message({ token_infos: Type.Array(TokenInfo) }),
});

export const getWorkspaceToken = databricksOperation({
  ...facts,
  verb: "get",
  method: "GET",
  path: `${PATH}/{token_id}`,
  summary: "Shows a token of the workspace",
  params: tokenParams,
  body: NOTHING,
  response: message({ token_info: TokenInfo }),
});

export const deleteWorkspaceToken = databricksOperation({
  ...facts,
  verb: "delete",
  method: "DELETE",
  path: `${PATH}/{token_id}`,
  summary: "Revokes a token of the workspace",
  params: tokenParams,
  body: NOTHING,
  response: NOTHING,
});

export const updateWorkspaceToken = databricksOperation({
  ...facts,
  verb: "update",
  method: "PATCH",
  path: `${PATH}/{token_id}`,
  summary: "Changes the comment of a token of the workspace",
  params: tokenParams,
  body: TokenChange,
  response: NOTHING,
});

export const createOboToken = databricksOperation({
  ...facts,
  verb: "create-obo-token",
  method: "POST",
  path: "/api/2.0/token-management/on-behalf-of/tokens",
  summary: "Makes a personal access token of a service principal and shows it, once",
  params: NOTHING,
  body: message({ application_id: Type.String(), ...NewToken }),
  response: message({ token_value: Type.String(), token_info: TokenInfo }),
});
