import assert from "node:assert/strict";
import { test } from "node:test";
import { readCookie } from "../shared/cookie.ts";
import { endsSomething, historyPath } from "./history-path.ts";
import { insideLocation, insidePath } from "./paths.ts";

const BASE = "/spark-ui/session";

test("a path below the session is passed on as it came", () => {
  for (const [path, query] of [
    ["/", ""],
    ["/jobs/", "?id=1&x=/../y"],
    ["/SQL/execution/", "?id=%2F"],
    ["/static/a%20b.css", ""],
  ] as const)
    assert.deepEqual(insidePath(BASE + path + query, BASE), { path, query });
});

const outside = [
  "/spark-ui/other/jobs/",
  "/spark-ui/sessionx/",
  "/spark-ui/session",
  `${BASE}/../other/jobs/`,
  `${BASE}/./jobs`,
  `${BASE}/%2e%2e/other`,
  `${BASE}/.%2E/other`,
  `${BASE}/..%2fother`,
  `${BASE}/a%5c..`,
  `${BASE}/a\\..`,
  `${BASE}//example.com/`,
  `${BASE}/jobs;/../x`,
  `${BASE}/a%3b/x`,
  `${BASE}/a%00`,
  `${BASE}/a%zz`,
  `${BASE}/a b`,
  `${BASE}/ä`,
  `${BASE}/a#b`,
  `${BASE}/a?b=\r\nx: y`,
  `http://127.0.0.1:1${BASE}/`,
];
for (const url of outside) {
  test(`is no page: ${JSON.stringify(url)}`, () => assert.equal(insidePath(url, BASE), null));
}

const locations: readonly [location: string, to: string | null][] = [
  ["http://127.0.0.1:4040/jobs/?a=1", `${BASE}/jobs/?a=1`],
  ["/jobs/", `${BASE}/jobs/`],
  [`http://127.0.0.1:4040${BASE}/jobs/`, `${BASE}/jobs/`],
  [`${BASE}x/jobs/`, `${BASE}${BASE}x/jobs/`],
  ["jobs/", `${BASE}/jobs/`],
  ["http://127.0.0.1:4041/jobs/", null],
  ["https://127.0.0.1:4040/jobs/", null],
  ["//example.com/", null],
  ["http://example.com/", null],
  ["javascript:alert(1)", null],
  ["http://", null],
];
for (const [location, to] of locations) {
  test(`a redirect to ${location} leads to ${to}`, () => {
    assert.equal(insideLocation(location, BASE, "127.0.0.1:4040"), to);
  });
}

const history: readonly [path: string, expected: object][] = [
  ["/static/webui.css", { kind: "pass" }],
  ["/history/local-1", { kind: "pass" }],
  ["/history/local-2/jobs/", { kind: "pass" }],
  ["/history/local-3/jobs/", { kind: "refuse" }],
  ["/api/v1/applications/local-1/jobs", { kind: "pass" }],
  ["/api/v1/version", { kind: "pass" }],
  ["/api/v1/applications", { kind: "refuse" }],
  ["/api/v1/applications/local-3/jobs", { kind: "refuse" }],
  ["/api/v2/applications/local-1", { kind: "refuse" }],
  ["/", { kind: "redirect", to: "/history/local-1/jobs/" }],
  ["/stages/stage/", { kind: "redirect", to: "/history/local-1/stages/stage/?id=1" }],
];
for (const [path, expected] of history) {
  test(`at a history server ${path} is ${JSON.stringify(expected)}`, () => {
    const found = historyPath({ path, query: path.includes("stage/") ? "?id=1" : "" }, [
      "local-1",
      "local-2",
    ]);
    assert.deepEqual({ ...found, ...expected }, found);
  });
}

test("what ends a job or a stage is told from what shows one", () => {
  for (const path of ["/jobs/job/kill/", "/stages/stage/kill", "/jobs/job/%6bill/", "/jobs/job/KILL"])
    assert.equal(endsSomething(path), true, path);
  for (const path of ["/jobs/job/", "/killers/"]) assert.equal(endsSomething(path), false, path);
});

test("one cookie of ours is read, none or two are not", () => {
  assert.equal(readCookie("a=b; firesteel-ui=x=1; c=d", "firesteel-ui"), "x=1");
  for (const header of [undefined, "", "firesteel-ui=", "xfiresteel-ui=1", "firesteel-ui=1; firesteel-ui=2"])
    assert.equal(readCookie(header, "firesteel-ui"), null);
});
