import { link, lstat, mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "./records.ts";

/**
 * Names that Spark gives event logs (EventLogFileWriter of Spark 3.5): one file `ID[_ATTEMPT][.CODEC][.inprogress]`,
 * or where they are rolled a directory `eventlog_v2_ID` with `appstatus_…` and `events_N_…`.
 */
const NAME =
  /^(eventlog_v2_)?(?!eventlog_v2_)([A-Za-z0-9_-]+)((?:\.(?:lz4|lzf|snappy|zstd))?(?:\.inprogress)?)$/;
const PART = /^(?:appstatus_|events_(\d{1,15})_)[A-Za-z0-9_.-]+$/;
/** What Spark's history server appends to a file that stands for all before it (EventLogFileWriter.COMPACTED). */
const COMPACTED = ".compact";
/** More files than a run's event log is rolled into. */
const MOST_FILES = 10_000;

interface EventLog {
  readonly name: string;
  readonly id: string;
  readonly isRolled: boolean;
  readonly modifiedMs: number;
}

/** The ids that Spark knows a run's event logs by, the latest first. */
export async function eventLogIds(folder: string): Promise<string[]> {
  return idsOf(await eventLogsIn(folder));
}

/**
 * Links the event logs of a run that has ended into a history server's folder, and answers their ids. A job owned
 * `from`; nothing of the job may live, so that nothing is swapped for a link between the look and the linking.
 */
export async function linkEventLogs(from: string, to: string): Promise<string[]> {
  const logs = await eventLogsIn(from);
  for (const { name, isRolled } of logs) {
    if (isRolled) await linkFolder(join(from, name), join(to, name));
    else await linkFile(join(from, name), join(to, name));
  }
  return idsOf(logs);
}

/** Only plain files with the names that Spark gives them count: a link to anything is none. */
async function eventLogsIn(folder: string): Promise<EventLog[]> {
  const found: EventLog[] = [];
  for (const name of await namesIn(folder)) {
    const [, rolled, id] = NAME.exec(name) ?? [];
    if (id === undefined) continue;
    const isRolled = rolled !== undefined;
    const seen = await lstat(join(folder, name));
    if (isRolled ? seen.isDirectory() : seen.isFile())
      found.push({ name, id, isRolled, modifiedMs: seen.mtimeMs });
  }
  return found.sort((a, b) => b.modifiedMs - a.modifiedMs);
}

function idsOf(logs: readonly EventLog[]): string[] {
  return [...new Set(logs.map(({ id }) => id))];
}

/** Removes what only the history server's folder holds any more: its run's directory is gone. */
export async function unlinkRemoved(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    const seen = await lstat(path);
    if (seen.isDirectory()) {
      const parts = await Promise.all((await readdir(path)).map((part) => lstat(join(path, part))));
      if (parts.every(({ nlink }) => nlink === 1)) await rm(path, { recursive: true, force: true });
    } else if (seen.nlink === 1 && NAME.test(name)) await rm(path, { force: true });
  }
}

async function linkFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const parts: string[] = [];
  for (const name of await namesIn(from)) {
    if (PART.test(name) && (await lstat(join(from, name))).isFile()) parts.push(name);
  }
  for (const [name, shownAs] of shownParts(parts)) await linkFile(join(from, name), join(to, shownAs));
}

/**
 * Under which names a history server reads the files of a rolled log. It refuses numbers that are not consecutive, and
 * of a log that is rotated the first file and the last ones are there: the first one stands for all before the last
 * ones then, as a file does that Spark has compacted (RollingEventLogFilesFileReader of Spark 3.5).
 */
function shownParts(names: readonly string[]): [name: string, shownAs: string][] {
  const indexOf = (name: string) => Number(PART.exec(name)?.[1]);
  const indexes = new Set(names.map(indexOf).filter((index) => !Number.isNaN(index)));
  const first = Math.min(...indexes);
  let tail = Math.max(...indexes);
  while (indexes.has(tail - 1)) tail -= 1;
  return names.flatMap((name): [string, string][] => {
    const index = indexOf(name);
    if (index === first && first < tail)
      return [[name, name.replace(`_${index}_`, `_${tail - 1}_`) + COMPACTED]];
    return index < tail ? [] : [[name, name]];
  });
}

async function linkFile(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    // Two runs of one millisecond have one id in Spark's local mode: the one that was asked for last is shown.
    if ((await stat(from)).ino === (await lstat(to)).ino) return;
    await rm(to, { force: true });
    await link(from, to);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).slice(0, MOST_FILES);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
