import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parseShellAssignments, quoteForShell, readAdminEnv } from "./admin-env.ts";
import { processStartedAtMs, waitForExit } from "./process.ts";
import { parseServerRecord, runningServer } from "./server-record.ts";

let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), "firesteel-machine-"));
});
after(() => rm(directory, { recursive: true }));

describe("admin.env", () => {
  it("is read as a shell reads it", () => {
    const variables = parseShellAssignments(
      `# comment\nA=plain/+=\nexport B='it'\\''s'\nC="x \\"y\\""\n\nnot an assignment\n`,
    );
    assert.deepEqual(
      [...variables],
      [
        ["A", "plain/+="],
        ["B", "it's"],
        ["C", 'x "y"'],
      ],
    );
  });

  it("is absent before the first start", async () => assert.equal(await readAdminEnv(directory), null));

  it("values pass a shell unchanged", () => {
    const value = 'it\'s $HOME `x` "y" \\ z';
    assert.equal(execFileSync("sh", ["-c", `printf %s ${quoteForShell(value)}`]).toString(), value);
  });
});

describe("the record of a running server", () => {
  const malformed = [
    "",
    "{",
    "null",
    "{}",
    '{"url":"u","pid":"1","startedAt":1}',
    '{"url":"u","pid":1,"startedAt":"soon"}',
  ];
  for (const text of malformed)
    it(`${JSON.stringify(text)} is none`, () => assert.equal(parseServerRecord(text), null));

  async function record(pid: number, startedAtMs: number) {
    const content = { url: "http://127.0.0.1:1", pid, startedAt: new Date(startedAtMs).toISOString() };
    await writeFile(join(directory, "server.json"), JSON.stringify(content));
    return runningServer(directory);
  }

  it("counts while its process lives", async () => {
    assert.deepEqual((await record(process.pid, Date.now()))?.pid, process.pid);
  });

  it("does not count once its pid belongs to a later process", async () => {
    const startedAtMs = await processStartedAtMs(process.pid);
    assert.ok(startedAtMs !== null && Math.abs(startedAtMs - Date.now()) < 600_000);
    assert.equal(await record(process.pid, startedAtMs - 60_000), null);
  });

  it("does not count where the process is gone, and a damaged one says so", async () => {
    const child = spawn("true");
    await once(child, "exit");
    assert.equal(await record(child.pid ?? 0, Date.now()), null);
    await writeFile(join(directory, "server.json"), "{");
    await assert.rejects(runningServer(directory), /server\.json is damaged/);
  });
});

describe("waiting for a process", () => {
  it("tells whether it ended in time", async () => {
    const child = spawn("sleep", ["60"]);
    try {
      assert.equal(await waitForExit(child.pid ?? 0, 0), false);
    } finally {
      child.kill("SIGKILL");
    }
    assert.equal(await waitForExit(child.pid ?? 0, 10_000), true);
  });
});
