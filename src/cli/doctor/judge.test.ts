import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Check } from "./check.ts";
import {
  judgeCacheDirectory,
  judgeCapacity,
  judgeDataDirectory,
  judgeIsolation,
  judgeJava,
  judgeNode,
  judgePort,
  judgePython,
  judgeRuntimes,
} from "./judge.ts";

const GIB = 1024 ** 3;
const python = { path: "/usr/bin/python3", version: "3.13.1", hasVenv: true, hasPip: true };
const directory = { path: "/d", problem: null, mode: 0o700, freeBytes: 10 * GIB };
const runtime = {
  name: "spark-3.5.9",
  sparkVersion: "3.5.9",
  sparkHome: "/s",
  javaHome: "/j",
  javaVersion: 17,
  python: "/p",
};

const cases: [what: string, check: Check, status: Check["status"], text: RegExp][] = [
  ["a new Node", judgeNode("26.10.0", "/node"), "ok", /26\.10\.0 at \/node/],
  ["an old Node", judgeNode("20.20.2", "/node"), "fail", /npm ci/],
  ["a whole Python", judgePython(python), "ok", /3\.13\.1/],
  [
    "Debian's Python",
    judgePython({ ...python, hasVenv: false, hasPip: false }),
    "ok",
    /without venv and pip: not needed/,
  ],
  ["no Python", judgePython(null), "fail", /apt-get install python3/],
  ["no Java", judgeJava([]), "ok", /one comes with the runtime/],
  ["a Java", judgeJava([{ path: "/j", version: "17" }]), "ok", /17 at \/j/],
  ["a runtime", judgeRuntimes([runtime], false), "ok", /Spark 3\.5\.9 on Java 17/],
  ["no runtime yet", judgeRuntimes([], true), "warn", /runtime install/],
  ["no runtime and no installing", judgeRuntimes([], false), "fail", /runtime install/],
  ["a private directory", judgeDataDirectory(directory), "ok", /10 GiB free/],
  ["a directory that others see", judgeDataDirectory({ ...directory, mode: 0o755 }), "warn", /chmod 700/],
  ["a directory to be made", judgeDataDirectory({ ...directory, mode: null }), "ok", /made on first start/],
  ["a full disk", judgeDataDirectory({ ...directory, freeBytes: 1024 }), "warn", /free some space/],
  [
    "a directory of somebody else",
    judgeDataDirectory({ ...directory, problem: "EACCES" }),
    "fail",
    /EACCES.*--data-dir/,
  ],
  [
    "no room for a runtime",
    judgeCacheDirectory({ ...directory, freeBytes: GIB }, false),
    "fail",
    /needs 2\.0 GiB/,
  ],
  [
    "no room, but a runtime",
    judgeCacheDirectory({ ...directory, freeBytes: GIB }, true),
    "ok",
    /1\.0 GiB free/,
  ],
  ["a free port", judgePort("h", 1, { kind: "free" }), "ok", /h:1 is free/],
  ["our own port", judgePort("h", 1, { kind: "ours", url: "http://h:1" }), "ok", /answers at http:\/\/h:1/],
  ["a taken port", judgePort("h", 1, { kind: "taken", reason: "in use" }), "fail", /--port/],
  ["little memory", judgeCapacity(1, GIB), "warn", /1 core and 1\.0 GiB/],
  ["enough memory", judgeCapacity(2, 4 * GIB), "ok", /2 cores and 4\.0 GiB/],
  ["a sandbox", judgeIsolation("auto", null), "ok", /engine\.fileRoots only/],
  ["no sandbox", judgeIsolation("auto", "unshare: no"), "warn", /see its files: unshare: no.*trust/],
  [
    "no sandbox where one is required",
    judgeIsolation("required", "unshare: no"),
    "fail",
    /runs fail.*unshare: no/,
  ],
  ["no sandbox wanted", judgeIsolation("off", null), "warn", /is off/],
];

describe("doctor", () => {
  for (const [what, check, status, text] of cases) {
    it(`${what}: ${status}`, () => {
      assert.equal(check.status, status);
      assert.match(`${check.finding} ${check.remedy ?? ""}`, text);
      // Whatever is not well comes with what to do about it.
      assert.equal(check.remedy === null, status === "ok");
    });
  }
});
