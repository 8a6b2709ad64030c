import assert from "node:assert/strict";
import { describe, it, type TestContext, test } from "node:test";
import { type DatabricksHttp, databricksHttp } from "../../../test/support/databricks-http.ts";
import { makeWorkspace, type ToWorkspace } from "../../../test/support/databricks-workspaces.ts";
import { storedToken } from "../../../test/support/two-accounts.ts";
import { hashOfToken } from "../../core/access/personal-access-token.ts";
import { accountId, accountObjectId, principalId } from "../../core/ids.ts";

const ME = "/api/2.0/preview/scim/v2/Me";
const HOUR_MS = 3_600_000;

interface Asked {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly remoteAddress?: string;
}

interface Parts {
  readonly http: DatabricksHttp;
  readonly workspace: ToWorkspace;
  /** A user of the workspace, and their token for it, which ends in an hour. */
  readonly user: string;
  readonly token: string;
  readonly assignment: string;
  /** Asks as the user; tells whether the answer was a kept one, for which no token is looked up. */
  ask(asked?: Asked): Promise<{ readonly status: number; readonly body: string; readonly isKept: boolean }>;
  /** Does as the administrator what must succeed. */
  change(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: object): Promise<void>;
}

async function parts(context: TestContext): Promise<Parts> {
  const http = await databricksHttp(context);
  const workspace = await makeWorkspace(http);
  const id = workspace["x-databricks-workspace-id"];
  const account = accountId(http.account);
  const made = await http.send({
    method: "POST",
    path: `/api/2.0/accounts/${account}/scim/v2/Users`,
    body: { userName: "ada@example.com" },
  });
  const user: string = made.json().id;
  const token = await storedToken(http, {
    account,
    principal: principalId(user),
    workspace: accountObjectId(id),
    expiresAtMs: http.clock.now() + HOUR_MS,
  });
  const { mock } = context.mock.method(http.store.personalAccessTokens, "withHash");
  const change: Parts["change"] = async (method, path, body) => {
    const answer = await http.send({ method, path, body, headers: workspace });
    assert.ok(answer.statusCode < 300, answer.body);
  };
  const assignment = `/api/2.0/accounts/${account}/workspaces/${id}/permissionassignments/principals/${user}`;
  await change("PUT", assignment, { permissions: ["USER"] });
  return {
    http,
    workspace,
    user,
    token,
    assignment,
    change,
    async ask({ path = ME, headers = {}, remoteAddress = "192.0.2.7" } = {}) {
      const before = mock.callCount();
      const { statusCode, body } = await http.app.inject({
        url: path,
        headers: { authorization: `Bearer ${token}`, ...workspace, ...headers },
        remoteAddress,
      });
      return { status: statusCode, body, isKept: mock.callCount() === before };
    },
  };
}

/** Asks until the answer is a kept one. */
async function keepsAnswer({ ask }: Parts): Promise<void> {
  // The first use of a day is written down, which is a commit.
  await ask();
  const { body } = await ask();
  assert.deepEqual(await ask(), { status: 200, body, isKept: true });
}

test("a kept answer has a request id and an audit record of its own", async (context) => {
  const all = await parts(context);
  await keepsAnswer(all);
  const { http, workspace, token } = all;
  http.audit.length = 0;
  const answers = [];
  for (const agent of ["one/1", "two/2", "three/3"]) {
    const headers = { ...workspace, "user-agent": agent };
    answers.push(await http.send({ path: ME, token, headers }));
  }
  for (const [index, { headers }] of answers.entries()) {
    assert.match(String(headers["content-type"]), /^application\/scim\+json/);
    assert.equal(headers["x-databricks-org-id"], workspace["x-databricks-workspace-id"]);
    assert.equal(headers["x-request-id"], http.audit[index]?.requestId);
  }
  assert.equal(new Set(http.audit.map(({ requestId }) => requestId)).size, 3);
  assert.deepEqual(
    http.audit.map(({ userAgent }) => userAgent),
    ["one/1", "two/2", "three/3"],
  );
  const [made, ...again] = http.audit.map((record) => ({ ...record, requestId: "", userAgent: "" }));
  for (const record of again) assert.deepEqual(record, made);
});

test("another request is not taken for the same", async (context) => {
  const all = await parts(context);
  await keepsAnswer(all);
  const others: readonly Asked[] = [
    { path: `${ME}?attributes=id` },
    { headers: { "x-databricks-workspace-id": "1" } },
    { headers: { "x-databricks-org-id": all.workspace["x-databricks-workspace-id"] } },
    { headers: { authorization: `Bearer ${all.http.administrator.token}` } },
    { headers: { host: "nowhere.example.com" } },
    { remoteAddress: "192.0.2.8" },
  ];
  for (const other of others) assert.equal((await all.ask(other)).isKept, false, JSON.stringify(other));
  assert.equal((await all.ask()).isKept, true);
});

test("an answer that was made while something was committed is not kept", async (context) => {
  const all = await parts(context);
  await all.ask();
  const { principals } = all.http.store;
  const groupsOf = principals.groupsOf.bind(principals);
  context.mock.method(
    principals,
    "groupsOf",
    async (...asked: Parameters<typeof groupsOf>) => {
      const groups = await groupsOf(...asked);
      await all.change("PATCH", `/api/2.0/accounts/${all.http.account}/scim/v2/Users/${all.user}`, {
        Operations: [{ op: "replace", path: "displayName", value: "Countess" }],
      });
      return groups;
    },
    { times: 1 },
  );
  await all.ask();
  const next = await all.ask();
  assert.equal(next.isKept, false);
  assert.match(next.body, /Countess/);
});

/** What is done to one who has a kept answer, and what the next request is answered. */
const ends: Readonly<Record<string, readonly [done: (all: Parts) => Promise<void> | void, status: number]>> =
  {
    "a revoked token": [
      async ({ http, token, change }) => {
        const stored = await http.store.personalAccessTokens.withHash(hashOfToken(token));
        await change("DELETE", `/api/2.0/token-management/tokens/${stored?.id}`);
      },
      401,
    ],
    "an expired token": [({ http }) => http.clock.advance(HOUR_MS), 401],
    "a user who is inactive": [
      ({ http, user, change }) =>
        change("PATCH", `/api/2.0/accounts/${http.account}/scim/v2/Users/${user}`, {
          Operations: [{ op: "replace", path: "active", value: false }],
        }),
      401,
    ],
    "a user who was deleted": [
      ({ http, user, change }) => change("DELETE", `/api/2.0/accounts/${http.account}/scim/v2/Users/${user}`),
      401,
    ],
    "a user who is in the workspace no more": [({ assignment, change }) => change("DELETE", assignment), 401],
    "an address that may not call any more": [
      async ({ change }) => {
        await change("PATCH", "/api/2.0/workspace-conf", { enableIpAccessLists: "true" });
        const list = { label: "here", list_type: "ALLOW", ip_addresses: ["127.0.0.1"] };
        await change("POST", "/api/2.0/ip-access-lists", list);
      },
      403,
    ],
  };

describe("a kept answer is not given to", () => {
  for (const [name, [done, status]] of Object.entries(ends)) {
    it(name, async (context) => {
      const all = await parts(context);
      await keepsAnswer(all);
      await done(all);
      const next = await all.ask();
      assert.equal(next.status, status, next.body);
    });
  }
});

test("a service principal's answers are kept until its access token expires or its secret is deleted", async (context) => {
  const { http } = await parts(context);
  const { mock } = context.mock.method(http.store.principals, "get");
  const { clientId, clientSecret } = http.administrator;
  const accessToken = async (): Promise<string> => {
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
    const answer = await http.app.inject({
      method: "POST",
      url: `/oidc/accounts/${http.account}/v1/token`,
      headers: { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
      payload: "grant_type=client_credentials&scope=all-apis",
    });
    return answer.json().access_token;
  };
  const path = `/api/2.0/accounts/${http.account}/scim/v2/ServicePrincipals`;
  const [own] = (await http.send({ path: `${path}?filter=applicationId+eq+${clientId}` })).json().Resources;
  const ask = async (token: string) => {
    const before = mock.callCount();
    const { statusCode } = await http.send({ path: `${path}/${own.id}`, token });
    return [statusCode, mock.callCount() === before];
  };

  const first = await accessToken();
  assert.deepEqual(
    [await ask(first), await ask(first)],
    [
      [200, false],
      [200, true],
    ],
  );
  http.clock.advance(HOUR_MS);
  assert.deepEqual((await ask(first))[0], 401);

  const second = await accessToken();
  assert.deepEqual(
    [await ask(second), await ask(second)],
    [
      [200, false],
      [200, true],
    ],
  );
  const secrets = `/api/2.0/accounts/${http.account}/servicePrincipals/${own.id}/credentials/secrets`;
  const [secret] = (await http.send({ path: secrets })).json().secrets;
  assert.equal((await http.send({ method: "DELETE", path: `${secrets}/${secret.id}` })).statusCode, 200);
  assert.deepEqual((await ask(second))[0], 401);
});

test("on the next day a token's use is written down again", async (context) => {
  const all = await parts(context);
  await keepsAnswer(all);
  const { personalAccessTokens } = all.http.store;
  const lastUsed = async () => (await personalAccessTokens.withHash(hashOfToken(all.token)))?.lastUsedDayMs;
  const first = await lastUsed();
  const { token } = all.http.administrator;
  const path = `/api/2.0/accounts/${all.http.account}/workspaces/${all.workspace["x-databricks-workspace-id"]}`;
  for (let asked = 0; asked < 3; asked += 1) await all.http.send({ path, token });
  all.http.clock.advance(24 * HOUR_MS);
  await all.http.send({ path, token });
  const stored = await personalAccessTokens.withHash(hashOfToken(token));
  assert.equal(stored?.lastUsedDayMs, (first ?? 0) + 24 * HOUR_MS);
});
