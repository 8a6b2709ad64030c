import { promisify } from "node:util";
import { constants, gunzip } from "node:zlib";
import type { Buckets } from "../../core/ports/buckets.ts";
import { executorNumber, type LogContainer, type LogStream } from "../../core/ports/engine.ts";
import { joinKey, parseS3Uri, type S3Uri } from "../../core/s3-uri.ts";
import type { Host, RunLogReader } from "../host.ts";
import type { JobRun } from "./wire.ts";

const inflate = promisify(gunzip);

/** A log that grows: each call gives what came since the last one. */
export interface LogTail {
  next(): AsyncIterable<Uint8Array>;
}

export interface LogName {
  readonly container: LogContainer;
  readonly stream: LogStream;
}

/** The run's log on this machine, else its log objects in S3; null where neither is there (yet). */
export async function openLogTail(host: Host, run: JobRun, name: LogName): Promise<LogTail | null> {
  const reader = await host.runLogs(run.id);
  if (reader !== null) return engineTail(reader, name);
  const buckets = await host.buckets();
  const objects = await findLogObjects(buckets, run, name);
  return objects.length === 0 ? null : objectsTail(buckets, objects);
}

/** `s3://…/` under which the run's containers write, with the slash; null where the run does not log to S3. */
export function logPrefix(run: JobRun): string | null {
  const logUri = run.configurationOverrides?.monitoringConfiguration?.s3MonitoringConfiguration?.logUri;
  const target = logUri === undefined ? null : parseS3Uri(logUri);
  if (target === null) return null;
  return `s3://${target.bucket}/${joinKey(target.key, run.virtualClusterId, "jobs", run.id, "containers")}/`;
}

/** Log objects of a run, in key order. */
export async function listLogObjects(buckets: Buckets, run: JobRun): Promise<string[]> {
  const prefix = parseS3Uri(logPrefix(run) ?? "");
  if (prefix === null || !(await buckets.exists(prefix.bucket))) return [];
  const uris: string[] = [];
  for await (const { key } of buckets.listObjects(prefix.bucket, prefix.key))
    uris.push(`s3://${prefix.bucket}/${key}`);
  return uris;
}

/** The objects that a log is in, oldest first: rotated files, by their numbers, and the current one. */
async function findLogObjects(
  buckets: Buckets,
  run: JobRun,
  { container, stream }: LogName,
): Promise<S3Uri[]> {
  const found: { readonly index: number; readonly uri: S3Uri }[] = [];
  for (const text of await listLogObjects(buckets, run)) {
    const [pod = "", file = ""] = text.split("/").slice(-2);
    const match = new RegExp(`^${stream}(?:_\\d{8}_(\\d+))?\\.gz$`).exec(file);
    const uri = parseS3Uri(text);
    if (match === null || uri === null || !isPodOf(container, pod, run)) continue;
    found.push({ index: match[1] === undefined ? Number.POSITIVE_INFINITY : Number(match[1]), uri });
  }
  found.sort((one, other) => (one.index < other.index ? -1 : 1));
  return found.map(({ uri }) => uri);
}

/** emr-b.md 2.6 has the driver's pod; the others are called as `core/job-run/pod-names.ts` says. */
function isPodOf(container: LogContainer, pod: string, run: JobRun): boolean {
  const number = executorNumber(container);
  if (number !== null) return pod.endsWith(`-exec-${number}`);
  return container === "driver" ? pod === `spark-${run.id}-driver` : pod.startsWith(`${run.id}-`);
}

/** A log that the engine holds. */
export function engineTail(reader: RunLogReader, { container, stream }: LogName): LogTail {
  let offset = 0;
  return {
    async *next() {
      for await (const chunk of reader.read(container, stream, offset)) {
        // Not always where the last one ended: of a rotated log the oldest files go.
        offset = chunk.offset + chunk.bytes.length;
        yield chunk.bytes;
      }
    },
  };
}

/** Rotated files change no more; the last object is the one that grows. */
function objectsTail(buckets: Pick<Buckets, "read">, objects: readonly S3Uri[]): LogTail {
  const tails = objects.map(({ bucket, key }) => objectTail(buckets, bucket, key));
  return {
    async *next() {
      for (const tail of tails) yield* tail.next();
    },
  };
}

/**
 * A log object, which grows by appended gzip members. It is inflated from its start on each time that it has grown:
 * what is live is read from the engine, so this is nearly always once.
 */
export function objectTail(buckets: Pick<Buckets, "read">, bucket: string, key: string): LogTail {
  const compressed: Uint8Array[] = [];
  let compressedBytes = 0;
  let shownBytes = 0;
  return {
    async *next() {
      const before = compressedBytes;
      for await (const piece of buckets.read(bucket, key, compressedBytes)) {
        compressed.push(piece);
        compressedBytes += piece.length;
      }
      if (compressedBytes === before) return;
      // The sync flush forgives a last member that has not been written to its end yet.
      const log = await inflate(Buffer.concat(compressed), { finishFlush: constants.Z_SYNC_FLUSH });
      const news = log.subarray(shownBytes);
      shownBytes = log.length;
      yield news;
    },
  };
}
