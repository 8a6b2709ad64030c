import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Browser, unescaped } from "../../../../test/support/browser.ts";
import { databricksHttp } from "../../../../test/support/databricks-http.ts";
import { userWithPassword } from "../../../../test/support/databricks-users.ts";
import { runningWorkspaces } from "../../../../test/support/databricks-workspaces.ts";
import { OTHER_ACCOUNT, twoAccounts } from "../../../../test/support/two-accounts.ts";

async function world(t: TestContext) {
  const http = await databricksHttp(t);
  const workspaces = await runningWorkspaces(http, ["sales", "other"]);
  const { userName, password } = http.administrator;
  const user = { user_name: userName, password };
  const logIn = async (browser: Browser, path = "/", who: Readonly<Record<string, string>> = user) =>
    browser.submit(path, await browser.get(path), "Log in", who);
  return { http, workspaces, user, logIn };
}

test("a workspace's page says who, which workspace and its state, after a log-in alone", async (t) => {
  const { http, workspaces, user, logIn } = await world(t);
  const browser = new Browser(http.app, "http://sales.example.com");
  const before = await browser.get("/");
  assert.deepEqual([before.statusCode, /type="password"/.test(before.body)], [200, true]);
  assert.doesNotMatch(before.body, new RegExp(`${workspaces.sales}|RUNNING|${user.user_name}`));
  const sent = await logIn(browser);
  assert.deepEqual([sent.statusCode, sent.headers.location], [303, "/"]);
  const page = (await browser.get("/")).body;
  for (const shown of [user.user_name, workspaces.sales, "RUNNING", "https://sales.example.com", "us-west-2"])
    assert.ok(page.includes(shown), shown);
  assert.doesNotMatch(page, /<script/);
});

test("tokens are made, shown once, listed and revoked", async (t) => {
  const { http, workspaces, logIn } = await world(t);
  const browser = new Browser(http.app, "http://sales.example.com");
  await logIn(browser);
  const comment = `<b>"mine"</b> & yours`;
  const made = await browser.submit("/", await browser.get("/"), "Make token", {
    comment,
    lifetime_days: "1",
  });
  const [token = ""] = /dapi[0-9a-f]{32}/.exec(made.body) ?? [];
  assert.equal(made.statusCode, 200);
  const me = async () =>
    (await http.send({ path: "/api/2.0/preview/scim/v2/Me", token, headers: { host: "sales.example.com" } }))
      .statusCode;
  assert.equal(await me(), 200);
  const listed = await browser.get("/");
  assert.doesNotMatch(listed.body, /dapi|<b>/);
  assert.ok(unescaped(listed.body).includes(comment));
  assert.match(listed.body, /2026-01-02/);
  const there = await http.send({ path: "/api/2.0/token/list", headers: { host: "sales.example.com" } });
  assert.equal(there.json().token_infos.length, 1);
  const gone = await browser.submit("/", listed, "Revoke");
  assert.deepEqual([gone.statusCode, await me()], [303, 401]);
  assert.match((await browser.get("/")).body, /You have none/);
  const done = http.audit
    .filter(({ serviceName }) => serviceName === "tokens")
    .map(({ actionName }) => actionName);
  assert.deepEqual(done.slice(0, 1), ["create"]);
  assert.equal(done.at(-1), "delete");
  assert.equal(
    http.audit.some((record) => record.workspaceId === workspaces.sales),
    true,
  );
  assert.doesNotMatch(JSON.stringify(http.audit), new RegExp(token));
});

test("a token that cannot be made is said why", async (t) => {
  const { http, logIn } = await world(t);
  const browser = new Browser(http.app, "http://sales.example.com");
  await logIn(browser);
  const page = await browser.get("/");
  for (const [lifetime_days, reason] of [
    ["x", /'x' is no number of days/],
    ["-1", /'-1' is no number of days/],
    ["9999", /is not from 1 to/],
  ] as const) {
    const answer = await browser.submit("/", page, "Make token", { lifetime_days });
    assert.deepEqual([answer.statusCode, reason.test(unescaped(answer.body))], [400, true], answer.body);
  }
});

test("nobody makes or revokes tokens but by their own form, where they may be", async (t) => {
  const { http, workspaces, logIn } = await world(t);
  const browser = new Browser(http.app, "http://sales.example.com");
  await logIn(browser);
  const status = async (path: string, fields: Readonly<Record<string, string>> = {}) =>
    (await browser.post(path, fields)).statusCode;
  for (const path of ["/tokens", "/tokens/revoke", "/logout", "/login"]) {
    assert.equal(await status(path), 403, path);
    assert.equal(await status(path, { form_token: "x" }), 403, path);
  }
  const nobody = new Browser(http.app, "http://sales.example.com");
  assert.equal((await nobody.post("/tokens", {})).statusCode, 401);
  const stranger = await userWithPassword(http, "stranger@example.com");
  const theirs = new Browser(http.app, "http://sales.example.com");
  await logIn(theirs, "/", stranger);
  const page = await theirs.get("/");
  assert.equal(page.statusCode, 403);
  assert.match(page.body, /stranger@example.com is not a member of workspace sales/);
  assert.doesNotMatch(page.body, new RegExp(`${workspaces.sales}|Make token`));
  const [, token = ""] = /name="form_token" value="([^"]+)"/.exec(page.body) ?? [];
  assert.equal((await theirs.post("/tokens", { form_token: token, comment: "x" })).statusCode, 403);
  assert.equal((await theirs.submit("/", page, "Log out")).statusCode, 303);
});

test("the account's page lists the workspaces that its visitor may enter", async (t) => {
  const { http, workspaces, user, logIn } = await world(t);
  const browser = new Browser(http.app, "http://main.test:8080");
  await logIn(browser);
  const page = (await browser.get("/")).body;
  for (const shown of [
    user.user_name,
    http.account,
    workspaces.sales,
    workspaces.other,
    "https://sales.example.com/",
  ])
    assert.ok(page.includes(shown), shown);
  const somebody = await userWithPassword(http, "somebody@example.com");
  const assignment = `/api/2.0/accounts/${http.account}/workspaces/${workspaces.other}/permissionassignments/principals/${somebody.id}`;
  await http.send({ method: "PUT", path: assignment, body: { permissions: ["USER"] } });
  const theirs = new Browser(http.app, "http://main.test:8080");
  await logIn(theirs, "/", somebody);
  const seen = (await theirs.get("/")).body;
  assert.deepEqual([seen.includes(workspaces.other), seen.includes(workspaces.sales)], [true, false]);
});

test("on the main listener a workspace's page is that of ?o=, and stays there", async (t) => {
  const { http, workspaces, logIn } = await world(t);
  const browser = new Browser(http.app, "http://main.test:8080");
  const path = `/?o=${workspaces.sales}`;
  const sent = await logIn(browser, path);
  assert.equal(sent.headers.location, path);
  const page = await browser.get(path);
  assert.match(page.body, /Make token/);
  assert.equal((await browser.submit(path, page, "Make token", { comment: "x" })).statusCode, 200);
  assert.equal((await browser.get("/?o=123")).statusCode, 404);
});

test("where there are several accounts the log-in asks for one, and none opens another's workspaces", async (t) => {
  const { http, workspaces } = await twoAccounts(t);
  const { userName, password } = http.administrator;
  const browser = new Browser(http.app, "http://main.test:8080");
  const page = await browser.get("/");
  assert.match(page.body, /name="account_id"/);
  const user = { user_name: userName, password };
  for (const account_id of ["", OTHER_ACCOUNT, "x"])
    assert.equal((await browser.submit("/", page, "Log in", { ...user, account_id })).statusCode, 401);
  const account_id = http.account.toUpperCase();
  assert.equal((await browser.submit("/", page, "Log in", { ...user, account_id })).statusCode, 303);
  const home = (await browser.get("/")).body;
  assert.deepEqual([home.includes(workspaces.here), home.includes(workspaces.foreign)], [true, false]);
  // As if nobody had logged in: that account knows nothing of them.
  assert.match((await browser.get(`/?o=${workspaces.foreign}`)).body, /type="password"/);
});
