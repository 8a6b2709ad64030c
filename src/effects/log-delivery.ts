import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Application } from "../core/application/application.ts";
import { containerPath, rotatedName } from "../core/application/log-paths.ts";
import { CutShortError } from "../core/ports/append.ts";
import { BucketError, type Buckets } from "../core/ports/buckets.ts";
import { type Engine, LOG_STREAMS, type LogChunk, type LogContainer } from "../core/ports/engine.ts";
import type { LogGroups } from "../core/ports/log-groups.ts";
import type { LogDelivery, LogSink } from "../core/ports/store.ts";
import { joinKey, parseS3Uri } from "../core/s3-uri.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { isHopeless } from "./hopeless.ts";

/** Makes whole gzip members; injected, since Node's own answers from other threads whenever it likes. */
export type Compress = (bytes: Uint8Array) => Promise<Uint8Array>;

const gzipped: Compress = promisify(gzip);
const NOTHING = new Uint8Array();

/**
 * Carries what drivers print to where the run's owner wants it (emr-b.md 2.6): S3 objects that grow by whole gzip
 * members, CloudWatch streams that grow by text. How far each got is stored after each piece, and the sink is cut to
 * the stored size before the next one, so that a crash in between doubles nothing; one that lost what it had is filled
 * again from the beginning. Of a rotated log the object holds the current file; it takes a name of its own when the next
 * file begins. What every sink holds the engine may let go.
 */
export class LogDeliverer {
  readonly #dependencies: Dependencies;
  readonly #engine: Engine;
  readonly #buckets: Buckets;
  readonly #logGroups: LogGroups;
  readonly #compress: Compress;
  /** Deliveries under way, so that the final one does not run beside a periodic one. */
  readonly #underWay = new Map<string, Promise<void>>();
  /** Sinks of running applications that can never work: tried once more at the end, which says so. */
  readonly #hopeless = new Map<string, Set<LogSink>>();

  constructor(
    dependencies: Dependencies,
    engine: Engine,
    buckets: Buckets,
    logGroups: LogGroups,
    compress: Compress = gzipped,
  ) {
    this.#dependencies = dependencies;
    this.#engine = engine;
    this.#buckets = buckets;
    this.#logGroups = logGroups;
    this.#compress = compress;
  }

  /**
   * Delivers what there is now; `complete` also makes the objects of streams that stayed empty. Throws the first
   * failure after having tried every stream, with a message for the run's owner.
   */
  async deliver(application: Application, complete: boolean): Promise<void> {
    const before = this.#underWay.get(application.id);
    const mine = (before?.catch(() => undefined) ?? Promise.resolve()).then(() =>
      this.#deliverAll(application, complete),
    );
    this.#underWay.set(application.id, mine);
    try {
      await mine;
    } finally {
      if (complete) this.#hopeless.delete(application.id);
      if (this.#underWay.get(application.id) === mine) this.#underWay.delete(application.id);
    }
  }

  async #deliverAll(application: Application, complete: boolean): Promise<void> {
    if (complete) this.#hopeless.delete(application.id);
    const sinks = sinksOf(application).filter((sink) => !this.#hopeless.get(application.id)?.has(sink));
    if (sinks.length === 0) return;
    const delivered = await this.#dependencies.store.logDeliveries.of(application.id);
    const failures: unknown[] = [];
    for (const container of await this.#engine.containers(application.id)) {
      for (const stream of LOG_STREAMS) {
        const starts = sinks.map(
          (sink): LogDelivery =>
            delivered.find(
              (row) => row.sink === sink && row.container === container && row.stream === stream,
            ) ?? { application: application.id, container, stream, sink, sourceBytes: 0, sinkBytes: 0 },
        );
        await this.#deliverStream(application, starts, complete).catch((error: unknown) =>
          failures.push(error),
        );
      }
    }
    // What a later try may mend goes first: that is what is worth waiting for.
    if (failures.length > 0) throw failures.find((error) => !isHopeless(error)) ?? failures[0];
  }

  /** Carries one stream to its sinks. Throws the first failure after having tried every one. */
  async #deliverStream(
    application: Application,
    starts: readonly LogDelivery[],
    complete: boolean,
  ): Promise<void> {
    const failures: unknown[] = [];
    const reached: LogDelivery[] = [];
    for (const start of starts) {
      try {
        reached.push(await this.#deliverToSink(application, start, complete));
      } catch (error) {
        failures.push(error);
        // Nothing waits in the run's directory for a sink that will never take it.
        if (isHopeless(error)) this.#giveUp(application, start.sink);
        else reached.push({ ...start, sourceBytes: 0 });
      }
    }
    const [first] = reached;
    if (first !== undefined && application.spec.logs.rotation !== undefined) {
      const held = Math.min(...reached.map(({ sourceBytes }) => sourceBytes));
      await this.#engine.releaseLogs(application.id, first.container, first.stream, held);
    }
    if (failures.length > 0) throw failures.find((error) => !isHopeless(error)) ?? failures[0];
  }

  #giveUp({ id }: Application, sink: LogSink): void {
    this.#hopeless.set(id, (this.#hopeless.get(id) ?? new Set()).add(sink));
  }

  async #deliverToSink(
    application: Application,
    start: LogDelivery,
    complete: boolean,
  ): Promise<LogDelivery> {
    try {
      return await this.#deliverFrom(application, start, complete);
    } catch (error) {
      if (!(error instanceof CutShortError)) throw error;
      // Somebody cut or removed what had been delivered. The engine has it still, less what it was allowed to let go.
      const { container, stream } = start;
      const sourceBytes = await firstOffset(this.#engine.logs(application.id, container, stream, 0));
      return this.#deliverFrom(application, { ...start, sourceBytes, sinkBytes: 0 }, complete);
    }
  }

  async #deliverFrom(application: Application, start: LogDelivery, complete: boolean): Promise<LogDelivery> {
    let at = start;
    const { container, stream } = start;
    for await (const chunk of this.#engine.logs(application.id, container, stream, start.sourceBytes)) {
      at = await this.#closeFile(application, at, chunk);
      at = await this.#append(application, at, withGap(at, chunk), chunk.offset + chunk.bytes.length);
    }
    if (!complete) return at;
    if (at.sinkBytes === 0) return this.#append(application, at, NOTHING, at.sourceBytes);
    // Nothing was new: see that what was delivered before is still there, and ends where it should.
    if (at === start) await this.#write(application, at, NOTHING);
    return at;
  }

  /**
   * Where the object holds a file of a rotated log that this chunk is no longer part of, gives that its own name. The
   * name follows from the log alone, so that it is the same when this is done again.
   */
  async #closeFile(application: Application, at: LogDelivery, { file }: LogChunk): Promise<LogDelivery> {
    const isOver = at.sinkBytes > 0 && file.index > 0 && at.sourceBytes <= file.startOffset;
    if (at.sink !== "s3" || !isOver) return at;
    const target = this.#objectOf(application, at, `${at.stream}.gz`);
    const closed = this.#objectOf(application, at, rotatedName(at.stream, file.openedAtMs, file.index - 1));
    try {
      await this.#buckets.move(target.bucket, target.key, closed.key);
    } catch (error) {
      // Somebody removed it: there is nothing to name.
      if (!(error instanceof BucketError && error.code === "NoSuchKey")) throw error;
    }
    const row: LogDelivery = { ...at, sinkBytes: 0 };
    // Before anything is appended: the next file's beginning must not be taken for this one's.
    await this.#dependencies.store.commit([{ kind: "log-delivery", row }]);
    return row;
  }

  /** @param sourceBytes how far the stream has been delivered with these */
  async #append(
    application: Application,
    at: LogDelivery,
    bytes: Uint8Array,
    sourceBytes: number,
  ): Promise<LogDelivery> {
    const written = at.sink === "s3" ? await this.#compress(bytes) : bytes;
    const row: LogDelivery = { ...at, sourceBytes, sinkBytes: await this.#write(application, at, written) };
    await this.#dependencies.store.commit([{ kind: "log-delivery", row }]);
    return row;
  }

  /** Makes the sink end with these bytes, behind those that it is known to hold; answers its size. */
  #write(application: Application, at: LogDelivery, bytes: Uint8Array): Promise<number> {
    return at.sink === "s3"
      ? this.#writeToS3(application, at, bytes)
      : this.#writeToCloudWatch(application, at, bytes);
  }

  async #writeToS3(application: Application, at: LogDelivery, bytes: Uint8Array): Promise<number> {
    const { bucket, key } = this.#objectOf(application, at, `${at.stream}.gz`);
    await this.#claimBucket(application, bucket);
    return this.#buckets.appendAt(bucket, key, at.sinkBytes, bytes);
  }

  #objectOf({ spec }: Application, { container }: LogDelivery, name: string) {
    const target = parseS3Uri(spec.logs.s3Uri ?? "");
    if (target === null)
      throw new BucketError("InvalidBucketName", `logUri ${spec.logs.s3Uri} is not an s3:// address`);
    return { bucket: target.bucket, key: joinKey(target.key, pathOf(spec.logs, container), name) };
  }

  async #writeToCloudWatch(application: Application, at: LogDelivery, bytes: Uint8Array): Promise<number> {
    const { cloudWatch } = application.spec.logs;
    if (cloudWatch === null) return at.sinkBytes;
    const stream = joinKey(cloudWatch.streamPrefix, pathOf(application.spec.logs, at.container), at.stream);
    return this.#logGroups.appendAt(application, cloudWatch.group, stream, at.sinkBytes, bytes);
  }

  /** A missing bucket is made for logs (emr-b.md B7); another account's is not written to. */
  async #claimBucket({ account }: Application, name: string): Promise<void> {
    const { store, clock } = this.#dependencies;
    if (!(await this.#buckets.exists(name))) {
      await store.commit([{ kind: "bucket", name, account, createdAtMs: clock.now() }]);
      await this.#buckets.create(name);
    }
    const owner = await store.buckets.owner(name);
    if (owner !== null && owner !== account) {
      throw new BucketError("Conflict", `bucket ${name} belongs to another account`);
    }
  }
}

function sinksOf({ spec }: Application): LogSink[] {
  return [
    ...(spec.logs.s3Uri === null ? [] : ["s3" as const]),
    ...(spec.logs.cloudWatch === null ? [] : ["cloudwatch" as const]),
  ];
}

function pathOf(logs: Application["spec"]["logs"], container: LogContainer): string {
  const path = containerPath(logs, container);
  if (path === null) throw new Error(`The run has no place for the logs of ${container}.`);
  return path;
}

/** The chunk's bytes, behind a line that tells of what the engine had to let go before it was delivered. */
function withGap(at: LogDelivery, { offset, bytes }: LogChunk): Uint8Array {
  const missing = offset - at.sourceBytes;
  if (missing <= 0) return bytes;
  const note = `\n[firesteel: ${missing} bytes are left out here (setting engine.process.maxLogBytes)]\n`;
  return Buffer.concat([Buffer.from(note), bytes]);
}

/** Where the stream starts by now. */
async function firstOffset(chunks: AsyncIterable<LogChunk>): Promise<number> {
  for await (const { offset } of chunks) return offset;
  return 0;
}
