import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type ExecutorRecord, isMissing, readExecutorRecord } from "./records.ts";
import { runPaths } from "./run-paths.ts";

export interface KnownExecutor {
  /** Spark's number for it. */
  readonly number: number;
  /** Null where it ended before it was seen. */
  readonly process: ExecutorRecord | null;
}

/** The executors that a run has had, in the order of their numbers. */
export async function executorsOf(runDirectory: string): Promise<KnownExecutor[]> {
  const { executors } = runPaths(runDirectory);
  const names = await readdir(executors).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const numbers = names.filter((name) => /^[1-9]\d{0,8}$/.test(name)).map(Number);
  numbers.sort((one, other) => one - other);
  return Promise.all(
    numbers.map(async (number) => ({
      number,
      process: await readExecutorRecord(join(executors, String(number), "process.json")),
    })),
  );
}
