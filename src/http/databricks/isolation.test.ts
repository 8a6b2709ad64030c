import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import { OTHER_ACCOUNT, type TwoAccounts, twoAccounts } from "../../../test/support/two-accounts.ts";
import type { AnyDatabricksOperation } from "../../contract/databricks/operation.ts";
import { DATABRICKS_ACCOUNT_OPERATIONS } from "../../contract/databricks-account/operations.ts";
import { DATABRICKS_WORKSPACE_OPERATIONS } from "../../contract/databricks-workspace/operations.ts";
import { hashOfToken } from "../../core/access/personal-access-token.ts";

// Generated from the tables that serve: a new operation is covered the day it is added.
const ACCOUNT: readonly AnyDatabricksOperation[] = Object.values(DATABRICKS_ACCOUNT_OPERATIONS);
const WORKSPACE: readonly AnyDatabricksOperation[] = Object.values(DATABRICKS_WORKSPACE_OPERATIONS);

/** What a refusal must not depend on: every operation is sent each, by one attempt or another. */
const BODIES = [undefined, "{", '{"unknown":1}'];

interface Attempt {
  /** What the caller has that does not suffice. */
  readonly who: string;
  readonly status: 401 | 403;
  readonly headers: Readonly<Record<string, string>>;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });

/** Nobody gets anywhere with these. */
function withoutCredential({ tokens }: TwoAccounts): Attempt[] {
  const headers: Record<string, Readonly<Record<string, string>>> = {
    none: {},
    "an empty header": { authorization: "" },
    "a scheme alone": { authorization: "Bearer" },
    "an empty token": { authorization: "Bearer  " },
    "garbage as a token": bearer("garbage"),
    "a token and more": bearer(`${tokens.admin} ${tokens.admin}`),
    "a truncated token": bearer(tokens.admin.slice(0, -1)),
    "a prolonged token": bearer(`${tokens.admin}0`),
    "a token of three parts": bearer("e30.e30.e30"),
    "an expired token": bearer(tokens.expired),
    "a revoked token": bearer(tokens.revoked),
    "a token of somebody inactive": bearer(tokens.inactive),
    "a scheme that nobody knows": { authorization: `Digest ${tokens.admin}` },
    "a signature of AWS's": {
      authorization: "AWS4-HMAC-SHA256 Credential=a/20261122/us-east-1/emr/aws4_request",
    },
    "garbage as Basic": { authorization: "Basic \u00ff" },
    "Basic without a colon": basic("admin@firesteel.local"),
    "Basic with a token that is none": basic("token:dapi0"),
  };
  return Object.entries(headers).map(([who, header]) => ({ who, status: 401, headers: header }));
}

function ofAccount(world: TwoAccounts, { access }: AnyDatabricksOperation): Attempt[] {
  const { tokens } = world;
  const callers: Record<string, string> = {
    "the other account's administrator": tokens.foreignAdmin,
    "a token of the other account's workspace": tokens.foreignAdminThere,
    "an administrator's token that opens one workspace only": tokens.adminHere,
    ...(access === "account-admin" && { "a user": tokens.user, "a user's workspace token": tokens.userHere }),
  };
  return Object.entries(callers).map(([who, token]) => ({ who, status: 403, headers: bearer(token) }));
}

function ofWorkspace(world: TwoAccounts, { access }: AnyDatabricksOperation): Attempt[] {
  const { tokens, workspaces } = world;
  const callers: Record<string, string> = {
    "the other account's administrator": tokens.foreignAdmin,
    "a token of the other account's workspace": tokens.foreignAdminThere,
    "a token of the next workspace": tokens.adminNext,
    "a user of the account who is not assigned": tokens.stranger,
    "an administrator of the account who is not assigned": tokens.strangeAdmin,
    ...(access === "workspace-admin" && { "a user": tokens.user, "a user's token": tokens.userHere }),
  };
  const named = (id: string, name: string): Record<string, Readonly<Record<string, string>>> => ({
    "by id": { "x-databricks-workspace-id": id },
    "by the older header": { "x-databricks-org-id": id },
    "by host": { host: `${name}.example.com` },
  });
  const attempt = (who: string, token: string, names: Readonly<Record<string, string>>): Attempt => ({
    who,
    status: 403,
    headers: { ...bearer(token), ...names },
  });
  return [
    ...Object.entries(callers).flatMap(([who, token]) =>
      Object.entries(named(workspaces.here, "here")).map(([how, names]) =>
        attempt(`${who}, ${how}`, token, names),
      ),
    ),
    ...Object.entries(named(workspaces.foreign, "foreign")).map(([how, names]) =>
      attempt(`the administrator, of a foreign workspace, ${how}`, tokens.admin, names),
    ),
    ...Object.entries(named("0", "nowhere")).map(([how, names]) =>
      attempt(`the administrator, of a workspace that is not there, ${how}`, tokens.admin, names),
    ),
    attempt("the administrator, of two workspaces at once", tokens.admin, {
      "x-databricks-workspace-id": workspaces.here,
      host: "next.example.com",
    }),
  ];
}

const pathsOf = ({ path, aliases = [] }: AnyDatabricksOperation, account: string) =>
  [path, ...aliases].map((each) => each.replace("{account_id}", account).replace(/\{\w+\}/g, "0"));

async function refuses(
  { http }: TwoAccounts,
  operation: Pick<AnyDatabricksOperation, "method">,
  path: string,
  attempts: readonly Attempt[],
): Promise<void> {
  for (const [place, { who, status, headers }] of attempts.entries()) {
    const body = BODIES[place % BODIES.length];
    const answer = await http.send({ method: operation.method, path, body, token: null, headers });
    const what = `${operation.method} ${path} with ${who}, body ${body}: ${answer.body}`;
    assert.equal(answer.statusCode, status, what);
    assert.match(answer.body, status === 401 ? /UNAUTHENTICATED|"401"/ : /PERMISSION_DENIED|"403"/, what);
  }
}

test("every operation of the account refuses all others", async (t) => {
  const world = await twoAccounts(t);
  for (const operation of ACCOUNT) {
    await t.test(operation.name, async () => {
      for (const path of pathsOf(operation, world.account)) {
        await refuses(world, operation, path, [...withoutCredential(world), ...ofAccount(world, operation)]);
        const open = await world.http.send({ method: operation.method, path });
        isLetIn(open, path);
      }
      for (const path of pathsOf(operation, OTHER_ACCOUNT))
        await refuses(world, operation, path, [
          { who: "this account's administrator", status: 403, headers: bearer(world.tokens.admin) },
        ]);
    });
  }
});

test("every operation of a workspace refuses all others", async (t) => {
  const world = await twoAccounts(t);
  const { here, foreign } = world.workspaces;
  for (const operation of WORKSPACE) {
    await t.test(operation.name, async () => {
      for (const path of pathsOf(operation, world.account)) {
        await refuses(world, operation, path, [
          ...withoutCredential(world),
          ...ofWorkspace(world, operation),
        ]);
        await refuses(world, operation, `${path}?o=${foreign}`, [
          { who: "a foreign ?o=", status: 403, headers: bearer(world.tokens.admin) },
        ]);
        const open = await world.http.send({
          method: operation.method,
          path: `${path}?o=${here}`,
          token: world.tokens.adminHere,
        });
        isLetIn(open, path);
      }
    });
  }
});

/** So that the refusals above are for the caller's sake. */
function isLetIn({ statusCode, body }: { statusCode: number; body: string }, path: string): void {
  assert.notEqual(statusCode, 401, `${path}: the administrator is let in`);
  assert.ok(statusCode < 500 || statusCode === 501, `${path}: ${body}`);
}

describe("an address that is almost an operation's", () => {
  it("tells nothing to those without a credential", async (t) => {
    const { http, account } = await twoAccounts(t);
    for (const operation of [...ACCOUNT, ...WORKSPACE]) {
      for (const [place, path] of pathsOf(operation, account).filter(isOfApi).flatMap(oddOnes).entries()) {
        const [method, payload] =
          place % 2 === 0 ? (["GET", ""] as const) : ([operation.method, "{"] as const);
        const answer = await http.app.inject({
          method,
          url: path,
          payload,
          headers: { "content-type": "application/json", "content-length": String(payload.length) },
        });
        assert.equal(answer.statusCode, 401, `${method} ${path}: ${answer.body}`);
      }
    }
  });

  it("tells nothing by any method", async (t) => {
    const { http, account } = await twoAccounts(t);
    for (const path of [
      `/api/2.0/accounts/${account}/credentials`,
      "/api/2.0/preview/scim/v2/Me",
      "//api/x",
    ]) {
      for (const method of ["HEAD", "OPTIONS", "TRACE", "PUT", "PROPFIND", "QUERY", "PURGE"]) {
        const answer = await http.app.inject({ method: method as "HEAD", url: path }); // it takes whatever Node does
        assert.equal(answer.statusCode, 401, `${method} ${path}: ${answer.body}`);
      }
    }
  });

  it("is told to be none to those who may sign in", async (t) => {
    const { http, tokens, workspaces } = await twoAccounts(t);
    const answer = await http.send({
      path: `//api/2.0/clusters/list?o=${workspaces.here}`,
      token: tokens.user,
    });
    assert.deepEqual(
      [answer.statusCode, answer.json()],
      [404, { error_code: "ENDPOINT_NOT_FOUND", message: "No API found for 'GET //api/2.0/clusters/list'" }],
    );
    assert.equal(http.audit.at(-1)?.workspaceId, workspaces.here);
    const doubled = await http.send({
      path: `//api/2.0//preview/scim/v2/Me?o=${workspaces.here}`,
      token: tokens.user,
    });
    assert.equal(doubled.json().userName, "user@example.com");
  });
});

/** What only resembles an address elsewhere is nobody's, and is not found by anybody. */
const isOfApi = (path: string) => path.startsWith("/api/");

/** Spellings that a proxy, a library or somebody who tries his luck makes of a path. */
function oddOnes(path: string): string[] {
  return [
    `/${path}`,
    `///${path}`,
    path.replace("/api/", "/api//"),
    path.replaceAll("/", "//"),
    path.replace("/api/", "/api%2F"),
    path.replace("/api/", "/%61pi/"),
    path.replace("/api/", "/%2Fapi/"),
    path.replace("/api/", "/API/"),
    path.replace("/2.", "/./2."),
    `${path}/`,
    `${path}%2F`,
    `${path}/x`,
    `${path};x=1`,
    `${path}/..`,
    `${path}/%2e%2e/x`,
    `${path}%00`,
    `${path}/%zz`,
    `${path}/%ff`,
    `${path}?%`,
    `${path}?o=1&o=2`,
    `${path}/${"a".repeat(20_000)}`,
  ];
}

test("a token that is revoked is refused from the next call on", async (t) => {
  const { http, account, tokens } = await twoAccounts(t);
  const path = `/api/2.0/accounts/${account}/workspaces`;
  const status = async () => (await http.send({ path, token: tokens.strangeAdmin })).statusCode;
  assert.equal(await status(), 200);
  const stored = await http.store.personalAccessTokens.withHash(hashOfToken(tokens.strangeAdmin));
  await http.store.commit([{ kind: "personal-access-token-deleted", id: stored?.id ?? "" }]);
  assert.equal(await status(), 401);
});
