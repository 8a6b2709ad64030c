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

/** The numbers of the executors that a run has had, in their order. */
export async function executorNumbers(runDirectory: string): Promise<number[]> {
  const { executors } = runPaths(runDirectory);
  const names = await readdir(executors).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const numbers = names.filter((name) => /^[1-9]\d{0,8}$/.test(name)).map(Number);
  return numbers.sort((one, other) => one - other);
}

/** The executors that a run has had, in the order of their numbers. */
export async function executorsOf(runDirectory: string): Promise<KnownExecutor[]> {
  const { executors } = runPaths(runDirectory);
  return Promise.all(
    (await executorNumbers(runDirectory)).map(async (number) => ({
      number,
      process: await readExecutorRecord(join(executors, String(number), "process.json")),
    })),
  );
}
