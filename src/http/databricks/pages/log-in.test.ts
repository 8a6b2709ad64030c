import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import Fastify from "fastify";
import { Browser, formsOf } from "../../../../test/support/browser.ts";
import { databricksHttp } from "../../../../test/support/databricks-http.ts";
import { userWithPassword } from "../../../../test/support/databricks-users.ts";
import { makeWorkspace } from "../../../../test/support/databricks-workspaces.ts";
import { accountId } from "../../../core/ids.ts";
import { cookieOf, setCookie } from "./forms.ts";

const ORIGIN = "http://main.test:8080";
const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

async function world(t: TestContext) {
  const http = await databricksHttp(t);
  const { userName, password } = http.administrator;
  const parameters = {
    response_type: "code",
    client_id: "databricks-cli",
    redirect_uri: "http://localhost:8020",
    scope: "all-apis offline_access",
    state: "s",
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
  };
  const authorize = (different: Readonly<Record<string, string>> = {}) =>
    `/oidc/accounts/${http.account}/v1/authorize?${new URLSearchParams({ ...parameters, ...different })}`;
  const browser = new Browser(http.app, ORIGIN);
  return { http, authorize, browser, user: { user_name: userName, password } };
}

test("the log-in page runs and loads nothing, is in no frame, and says who asks", async (t) => {
  const { browser, authorize } = await world(t);
  const page = await browser.get(authorize());
  assert.equal(page.statusCode, 200);
  assert.match(page.body, /Databricks CLI and SDKs on this machine/);
  assert.doesNotMatch(page.body, /<script|javascript:|https?:\/\/[^l]/);
  const policy = String(page.headers["content-security-policy"]);
  assert.match(
    policy,
    /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' http:\/\/localhost:8020;/,
  );
  assert.match(policy, /base-uri 'none'; frame-ancestors 'none'$/);
  assert.equal(page.headers["x-frame-options"], "DENY");
  assert.equal(page.headers["cache-control"], "no-store");
  assert.equal(page.headers["cross-origin-opener-policy"], "same-origin");
  assert.match(
    String(page.headers["set-cookie"]),
    /^firesteel-login=\S+; Path=\/; Max-Age=86400; HttpOnly; SameSite=Lax$/,
  );
});

test("what a page shows of its address is text and no markup", async (t) => {
  const { browser, authorize } = await world(t);
  const page = await browser.get(authorize({ state: `"><script>alert(1)</script>` }));
  assert.doesNotMatch(page.body, /<script/);
  const refused = await browser.get(authorize({ client_id: "<img src=x>" }));
  assert.deepEqual([refused.statusCode, /<img/.test(refused.body)], [400, false]);
  // PostgreSQL cannot look for one.
  const nul = await browser.get(authorize({ client_id: "databricks\0cli" }));
  assert.equal(nul.statusCode, 400);
  assert.match(nul.body, /Parameter client_id holds a NUL character/);
});

test("nobody is sent to an address that is not the client's own machine", async (t) => {
  const { browser, authorize, user } = await world(t);
  for (const redirect of [
    "https://evil.example/",
    "http://localhost.evil.example:8020",
    "http://localhost:8020@evil.example",
    "http://localhost:8020/x/../y",
    "http://localhost:8020/?a=b",
    "http://localhost:8020#x",
    "http://localhost:8020\\@evil.example",
    "https://localhost:8020",
    "javascript:alert(1)",
    "//evil.example",
    "",
  ]) {
    const page = await browser.get(authorize({ redirect_uri: redirect }));
    assert.deepEqual([redirect, page.statusCode, page.headers.location], [redirect, 400, undefined]);
  }
  for (const redirect of ["http://127.0.0.1:1", "http://[::1]:8040/", "http://localhost:8080/callback"]) {
    const page = await browser.get(authorize({ redirect_uri: redirect }));
    assert.equal(page.statusCode, 200, redirect);
    // A browser follows a form's answer to these alone; no policy can name an IPv6 address.
    const source = redirect.includes("[") ? "http:" : new URL(redirect).origin;
    assert.ok(String(page.headers["content-security-policy"]).includes(`form-action 'self' ${source};`));
  }
  const path = authorize({ redirect_uri: "http://localhost:8080/callback" });
  const sent = await browser.submit(path, await browser.get(path), "Log in", user);
  assert.match(
    String(sent.headers.location),
    /^http:\/\/localhost:8080\/callback\?code=dcod[0-9a-f]{32}&state=s&iss=/,
  );
});

test("what is wrong with a request is told to the client, not to its user", async (t) => {
  const { browser, authorize } = await world(t);
  for (const [different, error] of [
    [{ response_type: "token" }, "unsupported_response_type"],
    [{ code_challenge_method: "plain" }, "invalid_request"],
    [{ code_challenge: "x" }, "invalid_request"],
    [{ scope: "sql" }, "invalid_scope"],
    [{ assume_group: "1" }, "invalid_request"],
  ] as const) {
    const answer = await browser.get(authorize(different));
    const back = new URL(String(answer.headers.location));
    assert.deepEqual([answer.statusCode, back.origin], [303, "http://localhost:8020"]);
    assert.deepEqual([back.searchParams.get("error"), back.searchParams.get("state")], [error, "s"]);
  }
  const twice = await browser.get(`${authorize()}&client_id=x`);
  assert.deepEqual([twice.statusCode, twice.headers.location], [400, undefined]);
});

test("wrong passwords are refused on the page, later and later, and the right one at once; a token is none", async (t) => {
  const { http, browser, authorize, user } = await world(t);
  const path = authorize();
  const page = await browser.get(path);
  for (const wrong of [
    { password: "x" },
    { user_name: "nobody" },
    { user_name: "token", password: http.administrator.token },
  ]) {
    const answer = await browser.submit(path, page, "Log in", { ...user, ...wrong });
    assert.deepEqual([answer.statusCode, answer.headers.location], [401, undefined]);
    assert.match(answer.body, /Invalid user name or password/);
    assert.equal(browser.cookies.has("firesteel-session"), false);
  }
  const failed = http.audit.filter(({ response }) => /"statusCode":401/.test(JSON.stringify(response)));
  assert.equal(failed.length, 3);
  for (const _ of [1, 2, 3, 4]) await browser.submit(path, page, "Log in", { ...user, password: "x" });
  const waits = [...http.waits];
  assert.ok(waits.length > 1, String(waits));
  assert.deepEqual(
    waits,
    waits.toSorted((one, other) => one - other),
  );
  assert.equal((await browser.submit(path, page, "Log in", user)).statusCode, 303);
  assert.equal(http.waits.length, waits.length);
  assert.doesNotMatch(JSON.stringify(http.audit), new RegExp(user.password));
});

test("a form counts only from the page that this server gave this browser", async (t) => {
  const { http, browser, authorize, user } = await world(t);
  const path = authorize();
  const page = await browser.get(path);
  const fields = { ...formsOf(page.body)[0]?.fields, ...user };
  const forged = async (
    headers: Readonly<Record<string, string>>,
    other: Readonly<Record<string, string>> = {},
  ) => (await browser.post(path, { ...fields, ...other }, headers)).statusCode;
  assert.equal(await forged({ origin: "http://evil.example" }), 403);
  assert.equal(await forged({ origin: "http://main.test:9999" }), 403, "another port of the same machine");
  assert.equal(await forged({ origin: "null" }), 403);
  assert.equal(await forged({ "sec-fetch-site": "cross-site" }), 403);
  assert.equal(await forged({ "sec-fetch-mode": "cors" }), 403, "a script of the same origin");
  assert.equal(await forged({ "sec-fetch-dest": "iframe" }), 403);
  assert.equal(await forged({}, { form_token: "x" }), 403);
  const another = new Browser(http.app, ORIGIN);
  await another.get(path);
  assert.equal((await another.post(path, fields)).statusCode, 403);
  assert.equal((await new Browser(http.app, ORIGIN).post(path, fields)).statusCode, 403);
  assert.equal((await browser.get(path, { "sec-fetch-dest": "iframe" })).statusCode, 403);
  assert.equal(await forged({}), 303);
});

test("who is logged in is asked each time, and may say no, or be somebody else", async (t) => {
  const { browser, authorize, user } = await world(t);
  const path = authorize();
  await browser.submit(path, await browser.get(path), "Log in", user);
  const asked = await browser.get(path);
  assert.match(asked.body, /Let Databricks CLI and SDKs in\?/);
  const sent = await browser.submit(path, asked, `Continue as ${user.user_name}`);
  assert.match(String(sent.headers.location), /^http:\/\/localhost:8020\/\?code=/);
  const denied = await browser.submit(path, asked, "Do not let it in");
  assert.match(String(denied.headers.location), /error=access_denied/);
  assert.match((await browser.submit(path, asked, "Use another user")).body, /type="password"/);
});

test("a session ends with the log-out, its time, its user's password, and its user", async (t) => {
  const { http, browser, user } = await world(t);
  const isIn = async () => /You are /.test((await browser.get("/")).body);
  const logIn = async () => {
    await browser.submit("/", await browser.get("/"), "Log in", user);
    assert.equal(await isIn(), true);
  };
  await logIn();
  const [cookie = ""] = [browser.cookies.get("firesteel-session")];
  await browser.submit("/", await browser.get("/"), "Log out");
  browser.cookies.set("firesteel-session", cookie);
  assert.equal(await isIn(), false);
  await logIn();
  http.clock.advance(12 * 3_600_000);
  assert.equal(await isIn(), false);
  await logIn();
  const principal = await http.store.principals.named(accountId(http.account), "user", user.user_name);
  assert.ok(principal);
  const password = await http.store.passwords.of(principal.id);
  assert.ok(password);
  await http.store.commit([
    { kind: "password", row: { principal: principal.id, hash: `${password.hash} ` } },
  ]);
  assert.equal(await isIn(), false);
  await http.store.commit([{ kind: "password", row: password }]);
  assert.equal(await isIn(), true);
  await http.store.commit([{ kind: "principal", row: { ...principal, active: false } }]);
  assert.equal(await isIn(), false);
});

test("behind TLS the cookies are for TLS and this host alone", async (t) => {
  const app = Fastify({ trustProxy: true });
  t.after(() => app.close());
  app.get("/", async (request, reply) => {
    setCookie(request, reply, "session", "x", 60);
    return { read: cookieOf(request, "session") };
  });
  const answer = await app.inject({
    url: "/",
    headers: { "x-forwarded-proto": "https", cookie: "firesteel-session=a; __Host-firesteel-session=b" },
  });
  assert.equal(
    answer.headers["set-cookie"],
    "__Host-firesteel-session=x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure",
  );
  assert.equal(answer.json().read, "b");
});

test("somebody who is not in a workspace, or is where it may not be called from, gets no code", async (t) => {
  const { http, authorize, user } = await world(t);
  await makeWorkspace(http, "sales");
  const there = (name: string) => new Browser(http.app, `http://${name}.example.com`);
  const path = authorize().replace(/^.*\?/, "/oidc/v1/authorize?");
  const stranger = await userWithPassword(http, "stranger@example.com");
  const [browser, admins] = [there("sales"), there("sales")];
  const refused = await browser.submit(path, await browser.get(path), "Log in", stranger);
  assert.deepEqual([refused.statusCode, refused.headers.location], [403, undefined]);
  assert.match(refused.body, /stranger@example.com is not a member of workspace sales/);
  assert.equal((await admins.submit(path, await admins.get(path), "Log in", user)).statusCode, 303);
  const to = { host: "sales.example.com" };
  const conf = "/api/2.0/workspace-conf";
  await http.send({ method: "PATCH", path: conf, headers: to, body: { enableIpAccessLists: "true" } });
  const list = { label: "office", list_type: "ALLOW", ip_addresses: ["192.0.2.0/24"] };
  const made = await http.app.inject({
    method: "POST",
    url: "/api/2.0/ip-access-lists",
    remoteAddress: "192.0.2.7",
    headers: { ...to, authorization: `Bearer ${http.administrator.token}` },
    payload: JSON.stringify(list),
  });
  assert.equal(made.statusCode, 200, made.body);
  const elsewhere = await admins.submit(path, await admins.get(path), "Continue");
  assert.deepEqual([elsewhere.statusCode, elsewhere.headers.location], [403, undefined]);
});
