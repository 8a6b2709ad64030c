import { join } from "node:path";
import { runPaths } from "./run-paths.ts";
import type { BucketFolders } from "./spark-configuration.ts";

/**
 * A Python program in a bucket, which the supervisor copies into the run's directory before the driver starts.
 * SparkSubmit would do so itself, but starts much of Hadoop for it first: a sixth of the time to the program's first
 * line (`benchmarks/job-start.ts`). What cannot be copied is left to SparkSubmit, whose errors users know.
 */
export interface StagedProgram {
  readonly root: string;
  /** Path below `root`. */
  readonly key: string;
  readonly target: string;
  /** Index of the program in `argv`, which `target` replaces. */
  readonly argument: number;
}

/** Addresses that mean the same file here and to the bucket file system, without a character that either could change. */
const PLAIN_ADDRESS =
  /^s3[an]?:\/\/([a-z0-9](?:\.?[a-z0-9-]){1,61}[a-z0-9])\/((?:[\w-][\w.-]*\/)*([\w-][\w.-]*\.py))$/;
/** Buckets of samples lie elsewhere. */
const SAMPLES = /\.elasticmapreduce$/;

/** Null for a program that is not to be copied. */
export function stagedProgram(
  address: string,
  argument: number,
  runDirectory: string,
  buckets: BucketFolders | null,
): StagedProgram | null {
  const [, bucket = "", key = "", name = ""] = PLAIN_ADDRESS.exec(address) ?? [];
  if (buckets === null || bucket === "" || SAMPLES.test(bucket)) return null;
  // Alone in its folder, which Python searches for modules.
  const target = join(runPaths(runDirectory).temporary, "program", name);
  return { root: buckets.root, key: `${bucket}/${key}`, target, argument };
}
