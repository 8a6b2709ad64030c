import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { databricksHttp } from "../../../test/support/databricks-http.ts";
import { runningWorkspaces } from "../../../test/support/databricks-workspaces.ts";
import { WORKSPACE_CONF } from "../../core/access/token-policy.ts";
import { accountId, accountObjectId } from "../../core/ids.ts";

interface Call {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly body?: object;
  readonly token?: string;
}

async function inWorkspace(test: TestContext) {
  const http = await databricksHttp(test);
  const { sales, other } = await runningWorkspaces(http, ["sales", "other"]);
  const call =
    (workspace: string) =>
    async (path: string, { token, ...request }: Call = {}) => {
      const headers = { "x-databricks-workspace-id": workspace };
      const sent = { ...request, headers, path: `/api/2.0/${path}`, ...(token !== undefined && { token }) };
      const answer = await http.send(sent);
      return { status: answer.statusCode, ...answer.json() };
    };
  return { http, sales, send: call(sales), elsewhere: call(other) };
}

const ME = "preview/scim/v2/Me";

function create(body: object = {}): Call {
  return { method: "POST", body };
}

test("a token is shown once, opens its workspace alone, and opens nothing once it is revoked", async (t) => {
  const { http, send, elsewhere } = await inWorkspace(t);
  const {
    status,
    token_value: token,
    token_info: info,
  } = await send("token/create", create({ comment: "mine" }));
  assert.deepEqual(
    [status, info.comment, info.expiry_time - info.creation_time],
    [200, "mine", 730 * 86_400_000],
  );
  assert.match(token, /^dapi[0-9a-f]{32}$/);
  assert.deepEqual((await send("token/list")).token_infos, [info]);
  assert.deepEqual((await elsewhere("token/list")).token_infos, []);

  assert.equal((await send(ME, { token })).status, 200);
  assert.equal((await elsewhere(ME, { token })).status, 403);
  const account = await http.send({ path: `/api/2.0/accounts/${http.account}/workspaces`, token });
  assert.equal(account.statusCode, 403);
  for (const cut of [token.slice(0, -1), `${token}0`, token.toUpperCase(), "dapi"])
    assert.deepEqual((await send(ME, { token: cut })).message, "Invalid access token.");

  const other = await elsewhere("token/delete", create({ token_id: info.token_id }));
  assert.deepEqual([other.status, other.error_code], [404, "RESOURCE_DOES_NOT_EXIST"]);
  assert.equal((await send("token/delete", create({ token_id: info.token_id }))).status, 200);
  const revoked = await send(ME, { token });
  assert.deepEqual([revoked.status, revoked.message], [401, "Invalid access token."]);
  assert.equal((await send("token/delete", create({ token_id: info.token_id }))).status, 404);
  assert.doesNotMatch(JSON.stringify(http.audit), new RegExp(token));
});

test("a token that has expired is refused and listed no more", async (t) => {
  const { http, send } = await inWorkspace(t);
  const { token_value: token } = await send("token/create", create({ lifetime_seconds: 60 }));
  http.clock.advance(59_999);
  assert.equal((await send(ME, { token })).status, 200);
  http.clock.advance(1);
  assert.deepEqual((await send(ME, { token })).message, "Invalid access token.");
  assert.deepEqual((await send("token/list")).token_infos, []);
});

test("what a workspace has set bounds new tokens", async (t) => {
  const { http, sales, send } = await inWorkspace(t);
  const set = async (body: Record<string, string>, version: number) =>
    http.store.commit([
      { kind: "setting", row: { owner: accountObjectId(sales), name: WORKSPACE_CONF, body, version } },
    ]);
  await set({ maxTokenLifetimeDays: "2" }, 0);
  const { token_info: info } = await send("token/create", create());
  assert.equal(info.expiry_time - info.creation_time, 2 * 86_400_000);
  for (const lifetime_seconds of [172_801, 0, -1])
    assert.equal((await send("token/create", create({ lifetime_seconds }))).status, 400);
  await set({ enableTokensConfig: "false" }, 1);
  const off = await send("token/create", create());
  assert.deepEqual([off.status, off.error_code], [403, "PERMISSION_DENIED"]);
});

test("a token that shall be able to do less is refused", async (t) => {
  const { send } = await inWorkspace(t);
  assert.equal((await send("token/create", create({ scopes: ["sql"] }))).status, 400);
  assert.equal((await send("token/create", create({ autoscope_enabled: true }))).status, 400);
  assert.equal((await send("token/create", create({ scopes: ["all-apis"] }))).status, 200);
});

test("of 600 tokens at most, two that ask at one time for the last get one", async (t) => {
  const { http, send } = await inWorkspace(t);
  const { token_info: info } = await send("token/create", create());
  const made = await http.store.personalAccessTokens.get(info.token_id);
  assert.ok(made);
  const copies = Array.from({ length: 597 }, (_, index) => ({
    kind: "personal-access-token" as const,
    row: { ...made, id: `copy-${index}`, hash: `hash-${index}` },
  }));
  await http.store.commit(copies);
  const answers = await Promise.all([send("token/create", create()), send("token/create", create())]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400]);
  assert.ok(answers.some(({ error_code }) => error_code === "QUOTA_EXCEEDED"));
});

test("an administrator sees, changes and revokes everybody's tokens, and makes them for service principals", async (t) => {
  const { http, sales, send, elsewhere } = await inWorkspace(t);
  const id = http.administrator.clientId;
  const made = await send(
    "token-management/on-behalf-of/tokens",
    create({ application_id: id, comment: "robot" }),
  );
  assert.equal(made.status, 200);
  const path = `token-management/tokens/${made.token_info.token_id}`;
  const robot = await http.store.principals.named(accountId(http.account), "service-principal", id);
  assert.equal(made.token_info.owner_id, Number(robot?.id));
  assert.equal(made.token_info.created_by_username, http.administrator.userName);
  assert.equal(made.token_info.workspace_id, Number(sales));
  assert.equal((await send(ME, { token: made.token_value })).userName, id);
  assert.equal((await send(path)).token_info.last_used_day, Date.UTC(2026, 0, 1));

  const listed = async (query: string) => (await send(`token-management/tokens?${query}`)).token_infos.length;
  const name = encodeURIComponent(http.administrator.userName);
  assert.deepEqual(
    [await listed(`created_by_username=${name}`), await listed("created_by_id=1"), await listed("")],
    [1, 0, 1],
  );
  assert.equal((await elsewhere(path)).status, 404);
  // It is not the caller's own.
  assert.equal((await send("token/delete", create({ token_id: made.token_info.token_id }))).status, 404);

  const patch = (body: object): Call => ({ method: "PATCH", body });
  assert.equal((await send(path, patch({ token: { comment: "new" }, update_mask: "comment" }))).status, 200);
  assert.equal((await send(path)).token_info.comment, "new");
  assert.equal((await send(path, patch({ token: {}, update_mask: "scopes" }))).status, 400);
  assert.equal((await send(path, { method: "DELETE" })).status, 200);
  assert.equal((await send(ME, { token: made.token_value })).status, 401);
  const nobody = await send("token-management/on-behalf-of/tokens", create({ application_id: "x" }));
  assert.deepEqual([nobody.status, nobody.error_code], [404, "RESOURCE_DOES_NOT_EXIST"]);
});
