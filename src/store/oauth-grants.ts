import type {
  AuthorizationCode,
  BrowserSession,
  OAuthGrant,
  RefreshToken,
} from "../core/access/oauth-grant.ts";
import type { PrincipalId } from "../core/ids.ts";
import type { AccountStore } from "../core/ports/account-store.ts";
import type { AuthorizationCodeTable, BrowserSessionTable, OAuthGrantTable } from "./account-schema.ts";
import { type Database, readOne, type Statement, statement } from "./database.ts";
import { prepared } from "./prepared.ts";
import type { Queries } from "./queries.ts";

/** Used refresh tokens of a grant that are known again: weeks of refreshing every hour. */
const REMEMBERED_REFRESHES = 1_000;

/** The reads of codes, grants, refresh tokens and sessions. */
export function oauthGrants(
  database: Database,
): Pick<AccountStore, "authorizationCodes" | "oauthGrants" | "refreshTokens" | "browserSessions"> {
  const { queries } = database;
  return {
    authorizationCodes: {
      async withHash(hash) {
        const found = queries.selectFrom("authorization_codes").selectAll().where("hash", "=", hash);
        const row = await readOne(database, found);
        return row && codeOf(row);
      },
    },
    oauthGrants: {
      async get(id) {
        const row = await readOne(database, grantById(queries, { id }));
        return row && grantOf(row);
      },
    },
    refreshTokens: {
      async withHash(hash) {
        const found = queries.selectFrom("refresh_tokens").selectAll().where("hash", "=", hash);
        const row = await readOne(database, found);
        return row && { hash: row.hash, grant: row.grant_id, generation: row.generation };
      },
    },
    browserSessions: {
      async withHash(hash) {
        const found = queries.selectFrom("browser_sessions").selectAll().where("hash", "=", hash);
        const row = await readOne(database, found);
        return row && sessionOf(row);
      },
    },
  };
}

/** Each request with an access token of a grant asks this. */
const grantById = prepared((queries, { id }: { id: string }) =>
  queries.selectFrom("oauth_grants").selectAll().where("id", "=", id),
);

export function authorizationCodeStatement(queries: Queries, code: AuthorizationCode): Statement {
  if (code.version > 0) {
    return statement(
      queries
        .updateTable("authorization_codes")
        .set({ grant_id: code.grant, version: code.version + 1 })
        .where("hash", "=", code.hash)
        .where("version", "=", code.version),
      `the authorization code is no longer at version ${code.version}`,
    );
  }
  return statement(
    queries.insertInto("authorization_codes").values({
      hash: code.hash,
      account: code.account,
      workspace_id: code.workspace,
      principal_id: code.principal,
      client_id: code.clientId,
      integration_id: code.integration,
      redirect_uri: code.redirectUri,
      challenge: code.challenge,
      scope: code.scope,
      expires_at_ms: code.expiresAtMs,
      grant_id: code.grant,
      version: 1,
    }),
  );
}

export function oauthGrantStatement(queries: Queries, grant: OAuthGrant): Statement {
  if (grant.version > 0) {
    return statement(
      queries
        .updateTable("oauth_grants")
        .set({ expires_at_ms: grant.expiresAtMs, version: grant.version + 1 })
        .where("id", "=", grant.id)
        .where("version", "=", grant.version),
      `grant ${grant.id} is no longer at version ${grant.version}`,
    );
  }
  return statement(
    queries.insertInto("oauth_grants").values({
      id: grant.id,
      account: grant.account,
      workspace_id: grant.workspace,
      principal_id: grant.principal,
      client_id: grant.clientId,
      integration_id: grant.integration,
      scope: grant.scope,
      created_at_ms: grant.createdAtMs,
      expires_at_ms: grant.expiresAtMs,
      version: 1,
    }),
  );
}

export function oauthGrantDeletedStatement(queries: Queries, id: string): Statement {
  return statement(queries.deleteFrom("oauth_grants").where("id", "=", id));
}

export function refreshTokenStatements(
  queries: Queries,
  { hash, grant, generation }: RefreshToken,
): Statement[] {
  return [
    statement(queries.insertInto("refresh_tokens").values({ hash, grant_id: grant, generation })),
    statement(
      queries
        .deleteFrom("refresh_tokens")
        .where("grant_id", "=", grant)
        .where("generation", "<=", generation - REMEMBERED_REFRESHES),
    ),
  ];
}

export function browserSessionStatement(queries: Queries, session: BrowserSession): Statement {
  return statement(
    queries.insertInto("browser_sessions").values({
      id: session.id,
      account: session.account,
      principal_id: session.principal,
      hash: session.hash,
      password_digest: session.passwordDigest,
      created_at_ms: session.createdAtMs,
      expires_at_ms: session.expiresAtMs,
    }),
  );
}

export function browserSessionDeletedStatement(queries: Queries, id: string): Statement {
  return statement(queries.deleteFrom("browser_sessions").where("id", "=", id));
}

export function signInsEndedStatements(queries: Queries, principal: PrincipalId): Statement[] {
  return (["authorization_codes", "oauth_grants", "browser_sessions"] as const).map((table) =>
    statement(queries.deleteFrom(table).where("principal_id", "=", principal)),
  );
}

export function signInsExpiredStatements(queries: Queries, beforeMs: number): Statement[] {
  return (["authorization_codes", "oauth_grants", "browser_sessions"] as const).map((table) =>
    statement(queries.deleteFrom(table).where("expires_at_ms", "<=", beforeMs)),
  );
}

/** What a code and the grant that it becomes have in common: who lets which client do what, where and until when. */
function permissionOf(row: AuthorizationCodeTable | OAuthGrantTable) {
  return {
    account: row.account,
    workspace: row.workspace_id,
    principal: row.principal_id,
    clientId: row.client_id,
    integration: row.integration_id,
    scope: row.scope,
    expiresAtMs: row.expires_at_ms,
    version: row.version,
  };
}

function codeOf(row: AuthorizationCodeTable): AuthorizationCode {
  return {
    ...permissionOf(row),
    hash: row.hash,
    redirectUri: row.redirect_uri,
    challenge: row.challenge,
    grant: row.grant_id,
  };
}

function grantOf(row: OAuthGrantTable): OAuthGrant {
  return { ...permissionOf(row), id: row.id, createdAtMs: row.created_at_ms };
}

function sessionOf(row: BrowserSessionTable): BrowserSession {
  return {
    id: row.id,
    account: row.account,
    principal: row.principal_id,
    hash: row.hash,
    passwordDigest: row.password_digest,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
  };
}
