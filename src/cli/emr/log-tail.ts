import { promisify } from "node:util";
import { constants, gunzip } from "node:zlib";
import type { Buckets } from "../../core/ports/buckets.ts";
import type { LogContainer, LogStream } from "../../core/ports/engine.ts";
import { joinKey, parseS3Uri } from "../../core/s3-uri.ts";
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
  const object = await findLogObject(buckets, run, name);
  return object === null ? null : objectTail(buckets, object.bucket, object.key);
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

async function findLogObject(buckets: Buckets, run: JobRun, { container, stream }: LogName) {
  for (const uri of await listLogObjects(buckets, run)) {
    // emr-b.md 2.6: the driver's objects are below `<spark application>/spark-<run>-driver`, the submitter's one level up.
    const isDriver = uri.includes(`/spark-${run.id}-driver/`);
    if (isDriver === (container === "driver") && uri.endsWith(`/${stream}.gz`)) return parseS3Uri(uri);
  }
  return null;
}

function engineTail(reader: RunLogReader, { container, stream }: LogName): LogTail {
  let offset = 0;
  return {
    async *next() {
      for await (const bytes of reader.read(container, stream, offset)) {
        offset += bytes.length;
        yield bytes;
      }
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
