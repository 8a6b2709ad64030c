import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { eventLogIds, linkEventLogs, unlinkRemoved } from "./event-logs.ts";

async function folders(context: TestContext) {
  const directory = await temporaryDirectory(context);
  const [run, shown] = [join(directory, "run"), join(directory, "shown")];
  await mkdir(run);
  await mkdir(shown);
  await writeFile(join(directory, "secret"), "secret");
  return { run, shown, secret: join(directory, "secret") };
}

async function all(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}

test("files and rolled directories with Spark's names are linked, the latest id first", async (t) => {
  const { run, shown } = await folders(t);
  await writeFile(join(run, "local-1"), "one");
  await writeFile(join(run, "spark-2_1.zstd.inprogress"), "two");
  await utimes(join(run, "local-1"), 1, 1);
  const rolled = join(run, "eventlog_v2_spark-3");
  await mkdir(rolled);
  await writeFile(join(rolled, "events_1_spark-3"), "three");
  await writeFile(join(rolled, "appstatus_spark-3"), "");
  await utimes(rolled, 2, 2);
  const ids = ["spark-2_1", "spark-3", "local-1"];
  assert.deepEqual(await eventLogIds(run), ids);
  assert.deepEqual(await linkEventLogs(run, shown), ids);
  assert.deepEqual(await linkEventLogs(run, shown), ids);
  assert.deepEqual(await all(shown), [
    "eventlog_v2_spark-3",
    "eventlog_v2_spark-3/appstatus_spark-3",
    "eventlog_v2_spark-3/events_1_spark-3",
    "local-1",
    "spark-2_1.zstd.inprogress",
  ]);
  assert.equal((await stat(join(shown, "local-1"))).nlink, 2);
});

for (const [files, shownAs] of [
  [
    ["events_1_a", "events_2_a"],
    ["events_1_a", "events_2_a"],
  ],
  [
    ["events_1_a", "events_3_a"],
    ["events_2_a.compact", "events_3_a"],
  ],
  [
    ["events_1_a.zstd", "events_5_a.zstd", "events_9_a.zstd", "events_10_a.zstd"],
    ["events_10_a.zstd", "events_8_a.zstd.compact", "events_9_a.zstd"],
  ],
  [[], []],
] as const) {
  test(`of ${files.join(", ") || "no file"} there is no gap for a history server`, async (t) => {
    const { run, shown } = await folders(t);
    const folder = join(run, "eventlog_v2_a");
    await mkdir(folder);
    for (const name of ["appstatus_a", ...files]) await writeFile(join(folder, name), name);
    for (const _ of [1, 2]) await linkEventLogs(run, shown);
    const linked = join(shown, "eventlog_v2_a");
    assert.deepEqual(await all(linked), ["appstatus_a", ...shownAs]);
    await rm(run, { recursive: true });
    await unlinkRemoved(shown);
    assert.deepEqual(await all(shown), []);
  });
}

test("a job's links and other things are passed over", async (t) => {
  const { run, shown, secret } = await folders(t);
  await symlink(secret, join(run, "local-1"));
  await symlink(join(secret, ".."), join(run, "eventlog_v2_x"));
  await mkdir(join(run, "local-2"));
  await mkdir(join(run, "eventlog_v2_y"));
  await symlink(secret, join(run, "eventlog_v2_y", "events_1_y"));
  await writeFile(join(run, "eventlog_v2_y", "secret"), "");
  for (const name of [".hidden", "a b", "a.txt", "eventlog_v2_"]) await writeFile(join(run, name), "");
  await linkEventLogs(run, shown);
  assert.deepEqual(await all(shown), ["eventlog_v2_y"]);
});

test("of two logs with one name the one that was asked for last is shown", async (t) => {
  const { run, shown } = await folders(t);
  const other = `${run}-2`;
  await mkdir(other);
  await writeFile(join(run, "local-1"), "one");
  await writeFile(join(other, "local-1"), "other");
  await linkEventLogs(run, shown);
  await linkEventLogs(other, shown);
  assert.equal(await readFile(join(shown, "local-1"), "utf8"), "other");
});

test("what its run no longer has is taken away, and nothing else", async (t) => {
  const { run, shown } = await folders(t);
  const kept = `${run}-2`;
  await mkdir(kept);
  await mkdir(join(run, "eventlog_v2_a"));
  await writeFile(join(run, "eventlog_v2_a", "events_1_a"), "");
  await writeFile(join(run, "local-1"), "");
  await writeFile(join(kept, "local-2"), "");
  await linkEventLogs(run, shown);
  await linkEventLogs(kept, shown);
  await writeFile(join(shown, ".firesteel"), "");
  await unlinkRemoved(shown);
  assert.equal((await all(shown)).length, 5);
  await rm(run, { recursive: true });
  await unlinkRemoved(shown);
  assert.deepEqual(await all(shown), [".firesteel", "local-2"]);
});

test("a run without a folder has no event log", async (t) => {
  const { run } = await folders(t);
  assert.deepEqual(await eventLogIds(join(run, "none")), []);
});
