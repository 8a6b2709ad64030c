import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { type TestContext, test } from "node:test";
import { KEY_ID, noState, recordingUseCases, SignedHttp } from "../../../test/support/signed-http.ts";
import { invalid } from "../../core/errors.ts";
import { accessKeyId, accountId, jobRunId, region } from "../../core/ids.ts";
import type { ApplicationUiUseCases, UiPlace } from "../../use-cases/application-uis.ts";
import { type UiSession, UiSessions } from "../../use-cases/ui-sessions.ts";

const HOUR_MS = 3_600_000;

/** A server whose run's pages are `pages`, and a session that may read them. */
async function open(context: TestContext, pages: RequestListener) {
  const upstream = createServer(pages).listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const address = upstream.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  let secrets = 0;
  const clock = { nowMs: 0 };
  const sessions = new UiSessions(
    { urlMs: HOUR_MS, sessionMs: HOUR_MS, mostPerAccount: 10 },
    { now: () => clock.nowMs },
    () => `secret-${++secrets}`,
  );
  const state = {
    place: (): UiPlace => ({
      kind: "live",
      address: { host: "127.0.0.1", port, headers: { "x-firesteel-ui-secret": "run's" } },
    }),
    keyIsActive: true,
  };
  const http = new SignedHttp({
    useCases: {
      emrContainers: recordingUseCases([]),
      state: noState,
      applicationUis: useCases(sessions, async () => state.place()),
    },
    findAccessKey: async (id) =>
      id === KEY_ID && state.keyIsActive
        ? {
            secret: "",
            caller: { account: accountId("123456789012"), principalArn: "", accessKeyId: accessKeyId(id) },
          }
        : null,
  });
  context.after(async () => {
    await http.close();
    upstream.close();
  });
  const token = (account = "123456789012") =>
    sessions.issue({
      scope: { account: accountId(account), region: region("us-east-1") },
      run: jobRunId("run1"),
      accessKeyId: accessKeyId(KEY_ID),
    });
  const enter = async () => {
    const opened = await http.app.inject({ url: `/spark-ui/open?token=${token()}` });
    assert.equal(opened.statusCode, 303);
    return { base: String(opened.headers.location), cookie: String(opened.headers["set-cookie"]) };
  };
  const { base, cookie } = await enter();
  const get = (
    path: string,
    headers: Record<string, string> = {},
    method: "GET" | "HEAD" | "POST" | "DELETE" = "GET",
  ) => http.app.inject({ method, url: base + path, headers: { cookie: cookie.split(";")[0], ...headers } });
  return { http, state, clock, token, enter, get, base, cookie, port };
}

function useCases(
  sessions: UiSessions,
  placeOf: (session: UiSession) => Promise<UiPlace>,
): ApplicationUiUseCases {
  const unused = async () => {
    throw new Error("not asked for in these tests");
  };
  return {
    createUi: unused,
    describeUi: unused,
    openUi: unused,
    redeem: (token) => sessions.redeem(token),
    session: (id, cookie) => sessions.find(id, cookie),
    endSession: (id) => sessions.end(id),
    placeOf,
  };
}

test("a token becomes a cookie for one path, out of reach of scripts", async (t) => {
  const { base, cookie } = await open(t, (_request, response) => response.end());
  assert.match(base, /^\/spark-ui\/[^/]+\/$/);
  assert.equal(
    cookie.replace(/=[^;]+/, "=…"),
    `firesteel-ui=…; Path=${base}; Max-Age=43200; HttpOnly; SameSite=Lax`,
  );
});

test("nobody is let in without a session that goes on", async (t) => {
  const { http, state, clock, token, enter, base, cookie, get } = await open(t, (_request, response) =>
    response.end("page"),
  );
  const status = async (url: string, headers = {}) => (await http.app.inject({ url, headers })).statusCode;
  const mine = cookie.split(";")[0] ?? "";
  assert.equal(await status(`${base}jobs/`, { cookie: mine }), 200);
  assert.equal(await status(`${base}jobs/`), 401);
  assert.equal(await status("/spark-ui/other/jobs/", { cookie: mine }), 401);
  const other = await enter();
  assert.equal(await status(`${other.base}jobs/`, { cookie: mine }), 401);
  const used = token();
  assert.equal(await status(`/spark-ui/open?token=${used}`), 303);
  for (const query of [`?token=${used}`, "?token=", "", "?token=a&token=b"])
    assert.equal(await status(`/spark-ui/open${query}`), 401, query);
  for (const method of ["POST", "PUT", "PATCH", "OPTIONS"] as const)
    assert.equal((await http.app.inject({ method, url: `${base}jobs/` })).statusCode, 401);

  state.keyIsActive = false;
  assert.equal((await get("jobs/")).statusCode, 401);
  state.keyIsActive = true;
  const ended = await get("", {}, "DELETE");
  assert.equal(ended.statusCode, 204);
  assert.match(String(ended.headers["set-cookie"]), /Max-Age=0/);
  assert.equal((await get("jobs/")).statusCode, 401);
  clock.nowMs += HOUR_MS;
  assert.equal(await status(`${other.base}jobs/`, { cookie: other.cookie.split(";")[0] ?? "" }), 401);
});

test("pages learn what they need of a browser, and nothing else", async (t) => {
  const seen: IncomingMessage[] = [];
  const { get, base, port } = await open(t, (request, response) => {
    seen.push(request);
    response.end();
  });
  await get("jobs/?a=%2F", {
    accept: "text/html",
    authorization: "secret",
    connection: "x-hop",
    "x-hop": "1",
    "x-forwarded-context": "/evil",
    "x-forwarded-for": "1.2.3.4",
    "x-firesteel-ui-secret": "forged",
    te: "trailers",
    upgrade: "websocket",
  });
  const { url, headers } = seen[0] ?? assert.fail("the pages were asked");
  assert.equal(url, "/jobs/?a=%2F");
  assert.deepEqual(headers, {
    accept: "text/html",
    connection: "close",
    host: `127.0.0.1:${port}`,
    "user-agent": "lightMyRequest",
    "x-firesteel-ui-secret": "run's",
    "x-forwarded-context": base.slice(0, -1),
  });
});

test("a browser gets pages without what could reach beyond them", async (t) => {
  const { get, base } = await open(t, (request, response) => {
    response.setHeader("set-cookie", "firesteel-ui=stolen; Path=/");
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("service-worker-allowed", "/");
    response.setHeader("content-security-policy", "default-src *");
    response.setHeader("x-firesteel-ui-secret", "echo");
    response.setHeader("content-type", "text/css");
    if (request.url === "/away") response.writeHead(302, { location: "http://example.com/" });
    if (request.url === "/inside")
      response.writeHead(302, { location: `http://${request.headers.host}/jobs/` });
    response.end("page");
  });
  const page = await get("a.css");
  assert.deepEqual([page.statusCode, page.body], [200, "page"]);
  const { date: _date, connection: _connection, ...headers } = page.headers;
  assert.deepEqual(Object.keys(headers).sort(), [
    "cache-control",
    "content-length",
    "content-security-policy",
    "content-type",
    "cross-origin-resource-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
  ]);
  assert.match(String(headers["content-security-policy"]), /^default-src 'self'.*frame-ancestors 'none'$/);
  assert.equal((await get("inside")).headers.location, `${base}jobs/`);
  const away = await get("away");
  assert.deepEqual([away.statusCode, away.headers.location], [502, undefined]);
  const head = await get("a.css", {}, "HEAD");
  assert.deepEqual([head.statusCode, head.body], [200, ""]);
});

test("pages are for reading", async (t) => {
  let asked = 0;
  const { get } = await open(t, (_request, response) => {
    asked += 1;
    response.end();
  });
  assert.equal((await get("jobs/", {}, "POST")).statusCode, 405);
  assert.equal((await get("jobs/job/kill/?id=0")).statusCode, 403);
  assert.equal((await get("a%2fb")).statusCode, 400);
  assert.equal(asked, 0);
});

test("what is not there is said in words", async (t) => {
  const { get, state } = await open(t, (_request, response) => response.destroy());
  assert.equal((await get("jobs/")).statusCode, 502);
  state.place = () => ({ kind: "waiting", reason: "Spark is starting." });
  const waiting = await get("jobs/");
  assert.deepEqual([waiting.statusCode, waiting.headers.refresh], [503, "2"]);
  assert.match(waiting.body, /^Spark is starting\./);
  state.place = () => {
    throw invalid("Job run run1 has <no> UI");
  };
  const none = await get("jobs/");
  assert.deepEqual([none.statusCode, none.body], [404, "Job run run1 has <no> UI\n"]);
  assert.equal(none.headers["content-type"], "text/plain; charset=utf-8");
});

test("an ended run's pages are its own part of the history server", async (t) => {
  const { get, base, state } = await open(t, (request, response) => response.end(request.url));
  const { address } = state.place() as Extract<UiPlace, { kind: "live" }>; // as it was made above
  state.place = () => ({ kind: "history", address, sparkApplicationIds: ["local-1"] });
  assert.equal((await get("stages/")).headers.location, `${base}history/local-1/stages/`);
  assert.equal((await get("history/local-1/stages/")).body, "/history/local-1/stages/");
  assert.equal((await get("history/local-2/stages/")).statusCode, 404);
});
