import type { Static } from "typebox";
import type { TokenInfo } from "../../contract/databricks-workspace/token-management.ts";
import type { PublicTokenInfo } from "../../contract/databricks-workspace/tokens.ts";
import type { PersonalAccessToken } from "../../core/access/personal-access-token.ts";
import { principalId } from "../../core/ids.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import type { WorkspaceHandlers } from "./handlers.ts";

type Names =
  | "tokens.create"
  | "tokens.list"
  | "tokens.delete"
  | "tokens.update"
  | "tokens.introspect"
  | "token-management.list"
  | "token-management.get"
  | "token-management.delete"
  | "token-management.update"
  | "token-management.create-obo-token";

/** A user's own personal access tokens, and those of all for the workspace's administrators. */
export function tokensHandlers(useCases: DatabricksUseCases): WorkspaceHandlers<Names> {
  return {
    async "tokens.create"(context, input) {
      const { row, value } = await useCases.createToken(context, wishes(input));
      return { token_value: value, token_info: publicInfo(row) };
    },
    async "tokens.list"(context) {
      return { token_infos: (await useCases.listTokens(context)).map(publicInfo) };
    },
    async "tokens.delete"(context, { token_id }) {
      await useCases.deleteToken(context, token_id, "own");
      return {};
    },
    async "tokens.introspect"({ caller, workspace }) {
      const scope = { account_id: caller.account, workspace_id: Number(workspace.id) };
      return { principal_context: { authentication_scope: scope } };
    },
    async "tokens.update"(context, input) {
      await useCases.changeToken(context, input.token_id, "own", changed(input));
      return {};
    },
    async "token-management.list"(context, { created_by_id: id, created_by_username: name }) {
      const rows = await useCases.listWorkspaceTokens(context, {
        createdBy: id === undefined ? null : principalId(String(id)),
        createdByName: name ?? null,
      });
      return { token_infos: rows.map(tokenInfo) };
    },
    async "token-management.get"(context, { token_id }) {
      return { token_info: tokenInfo(await useCases.getToken(context, token_id, "any")) };
    },
    async "token-management.delete"(context, { token_id }) {
      await useCases.deleteToken(context, token_id, "any");
      return {};
    },
    async "token-management.update"(context, input) {
      await useCases.changeToken(context, input.token_id, "any", changed(input));
      return {};
    },
    async "token-management.create-obo-token"(context, input) {
      const { row, value } = await useCases.createTokenOnBehalf(context, input.application_id, wishes(input));
      return { token_value: value, token_info: tokenInfo(row) };
    },
  };
}

interface NewTokenInput {
  readonly lifetime_seconds?: number;
  readonly comment?: string;
  readonly scopes?: string[];
  readonly autoscope_enabled?: boolean;
}

function wishes({ lifetime_seconds, comment = "", scopes = [], autoscope_enabled = false }: NewTokenInput) {
  return { lifetimeSeconds: lifetime_seconds ?? null, comment, scopes, autoscope: autoscope_enabled };
}

function changed({ token, update_mask }: { token: { comment?: string }; update_mask: string }) {
  const mask = update_mask.split(",").map((name) => name.trim());
  return { comment: token.comment ?? "", mask: mask.filter((name) => name !== "") };
}

function publicInfo(row: PersonalAccessToken): Static<typeof PublicTokenInfo> {
  return {
    token_id: row.id,
    creation_time: row.createdAtMs,
    expiry_time: row.expiresAtMs ?? -1,
    comment: row.comment,
  };
}

function tokenInfo(row: PersonalAccessToken): Static<typeof TokenInfo> {
  return {
    ...publicInfo(row),
    created_by_id: Number(row.createdBy),
    created_by_username: row.createdByName,
    owner_id: Number(row.principal),
    ...(row.lastUsedDayMs !== null && { last_used_day: row.lastUsedDayMs }),
    workspace_id: Number(row.workspace),
  };
}
