import assert from "node:assert/strict";
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { CutShortError } from "../../core/ports/append.ts";
import { AuditFile } from "./audit-file.ts";

let parent = "";
let problems: string[] = [];
let nowMs = Date.parse("2026-11-22T23:59:59Z");

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "audit-file-"));
  problems = [];
  nowMs = Date.parse("2026-11-22T23:59:59Z");
});
afterEach(() => rm(parent, { recursive: true, force: true }));

function auditFile(maxWaiting?: number): AuditFile {
  return new AuditFile({
    directory: join(parent, "audit"),
    clock: { now: () => nowMs },
    onProblem: (message) => problems.push(message),
    ...(maxWaiting === undefined ? {} : { maxWaiting }),
  });
}

const read = (day: string) => readFile(join(parent, "audit", `audit-${day}.jsonl`), "utf8");

describe("AuditFile", () => {
  it("is read in pieces of whole lines, the same ones each time, while it is written", async () => {
    const audit = auditFile();
    const texts = ["a", "é".repeat(700_000), "b"];
    for (const text of texts) audit.record({ text });
    await audit.flush();
    await appendFile(join(parent, "audit", "audit-2026-11-22.jsonl"), '{"text":"half');
    assert.deepEqual(await audit.days(), ["2026-11-22"]);
    const found: string[] = [];
    const lasts: boolean[] = [];
    let at = 0;
    for (;;) {
      const piece = await audit.read("2026-11-22", at, 1);
      assert.deepEqual(await audit.read("2026-11-22", at, 1), piece);
      if (piece.lines.length === 0) break;
      found.push(...piece.lines);
      lasts.push(piece.isLast);
      at = piece.endByte;
    }
    assert.deepEqual(
      found.map((line) => JSON.parse(line).text),
      texts,
    );
    assert.deepEqual(lasts, [false, true]);
    assert.equal((await audit.read("2026-11-22", 0, Number.MAX_SAFE_INTEGER)).lines.length, 3);
    await audit.close();
  });

  it("says that a day is shorter than what was read of it, and has nothing of a day that is gone", async () => {
    const audit = auditFile();
    audit.record({ index: 1 });
    await audit.close();
    await assert.rejects(audit.read("2026-11-22", 1000, 1), CutShortError);
    assert.deepEqual(await audit.read("2026-11-21", 5, 1), { lines: [], endByte: 5, isLast: true });
  });

  it("writes records in order, one file a day, for the owner only", async () => {
    const audit = auditFile();
    for (let index = 0; index < 1000; index += 1) audit.record({ index, text: "a\nb" });
    nowMs += 1000;
    audit.record({ index: 1000 });
    await audit.close();
    const lines = (await read("2026-11-22")).trimEnd().split("\n");
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).index),
      Array.from({ length: 1000 }, (_, index) => index),
    );
    assert.equal(await read("2026-11-23"), '{"index":1000}\n');
    assert.deepEqual((await readdir(join(parent, "audit"))).sort(), [
      "audit-2026-11-22.jsonl",
      "audit-2026-11-23.jsonl",
    ]);
    assert.equal((await stat(join(parent, "audit", "audit-2026-11-22.jsonl"))).mode & 0o777, 0o600);
    assert.equal((await stat(join(parent, "audit"))).mode & 0o777, 0o700);
    assert.deepEqual(problems, []);
  });

  it("continues a day's file, on a new line after half a one", async () => {
    const first = auditFile();
    first.record({ a: 1 });
    await first.close();
    await appendFile(join(parent, "audit", "audit-2026-11-22.jsonl"), '{"a":');
    const second = auditFile();
    second.record({ a: 2 });
    await second.close();
    assert.equal(await read("2026-11-22"), '{"a":1}\n{"a":\n{"a":2}\n');
  });

  it("keeps records while the disk refuses them, reports it, and drops what exceeds the limit", async () => {
    await writeFile(join(parent, "audit"), "a file where the directory should be");
    const audit = auditFile(2);
    audit.record({ a: 1 });
    await audit.flush();
    assert.deepEqual(problems, ["Audit records could not be written and wait for the next one"]);
    audit.record({ a: 2 });
    audit.record({ a: 3 });
    await audit.flush();
    assert.ok(problems.includes("An audit record was dropped: too many are waiting to be written"));
    await rm(join(parent, "audit"));
    await audit.flush();
    await audit.close();
    assert.equal(await read("2026-11-22"), '{"a":1}\n{"a":2}\n');
  });
});
