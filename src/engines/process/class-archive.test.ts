import assert from "node:assert/strict";
import { test } from "node:test";
import { ClassArchives } from "./class-archive.ts";

test("a Java that cannot write archives gets none, and no training", () => {
  const archives = new ClassArchives({
    helperJars: ["/no/such.jar"],
    trainingScript: "/no/such.py",
    delayMs: 0,
    onProblem: (message, cause) => assert.fail(`${message}: ${cause}`),
  });
  const runtime = { name: "s", sparkVersion: "3.2.4", sparkHome: "/s", javaHome: "/j", python: "/p" };
  assert.equal(archives.find({ ...runtime, javaVersion: 11 }), null);
  // From 13 on the helper jars are looked at, which are not there.
  assert.throws(() => archives.find({ ...runtime, javaVersion: 17 }), { code: "ENOENT" });
});
