import { Type } from "typebox";
import { databricksOperation } from "../databricks/operation.ts";
import { Milliseconds, message, NOTHING } from "../databricks/shapes.ts";

/** What a token's owner sees of it (databricks-workspace-api.md C11); -1 for one that never expires. */
export const PublicTokenInfo = message({
  token_id: Type.String(),
  creation_time: Milliseconds,
  expiry_time: Type.Integer(),
  comment: Type.String(),
});

/** Members that make a token which may less; see `checkNewToken`. */
export const Scopes = {
  scopes: Type.Optional(Type.Array(Type.String())),
  autoscope_enabled: Type.Optional(Type.Boolean()),
};

export const MAX_COMMENT_CHARACTERS = 4096;

export const NewToken = {
  lifetime_seconds: Type.Optional(Type.Integer()),
  comment: Type.Optional(Type.String({ maxLength: MAX_COMMENT_CHARACTERS })),
  ...Scopes,
};

export const TokenChange = message({
  token: message({ comment: Type.Optional(Type.String({ maxLength: MAX_COMMENT_CHARACTERS })) }),
  update_mask: Type.String(),
});

export const tokenParams = message({ token_id: Type.String() });
const facts = { object: "tokens", access: "workspace-user", params: NOTHING, query: NOTHING } as const;

export const createToken = databricksOperation({
  ...facts,
  verb: "create",
  method: "POST",
  path: "/api/2.0/token/create",
  summary: "Makes a personal access token of the caller and shows it, once",
  body: message(NewToken),
  response: message({ token_value: Type.String(), token_info: PublicTokenInfo }),
});

export const listTokens = databricksOperation({
  ...facts,
  verb: "list",
  method: "GET",
  path: "/api/2.0/token/list",
  summary: "Lists the caller's valid tokens in the workspace",
  body: NOTHING,
  response: message({ token_infos: Type.Array(PublicTokenInfo) }),
});

export const deleteToken = databricksOperation({
  ...facts,
  verb: "delete",
  method: "POST",
  path: "/api/2.0/token/delete",
  summary: "Revokes one of the caller's tokens",
  body: tokenParams,
  response: NOTHING,
});

/** What `databricks auth login` asks that knows a token and no workspace (databricks-account-api.md A6). */
export const introspectToken = databricksOperation({
  ...facts,
  verb: "introspect",
  method: "GET",
  path: "/api/2.0/tokens/introspect",
  summary: "Tells the account and the workspace that a credential is for",
  body: NOTHING,
  response: message({
    principal_context: message({
      authentication_scope: message({ account_id: Type.String(), workspace_id: Type.Integer() }),
    }),
  }),
});

export const updateToken = databricksOperation({
  ...facts,
  verb: "update",
  method: "PATCH",
  path: "/api/2.0/token/{token_id}",
  summary: "Changes the comment of one of the caller's tokens",
  params: tokenParams,
  body: TokenChange,
  response: NOTHING,
});
