import { Type } from "typebox";
import { message } from "../databricks/shapes.ts";

/** How long what an OAuth app is given lasts; in minutes. */
export const TokenAccessPolicy = message({
  access_token_ttl_in_minutes: Type.Optional(Type.Integer()),
  refresh_token_ttl_in_minutes: Type.Optional(Type.Integer()),
  absolute_session_lifetime_in_minutes: Type.Optional(Type.Integer()),
  enable_single_use_refresh_tokens: Type.Optional(Type.Boolean()),
});

export const pageQuery = {
  page_size: Type.Optional(Type.Integer()),
  page_token: Type.Optional(Type.String()),
};
