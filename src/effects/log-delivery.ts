import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Application } from "../core/application/application.ts";
import { CutShortError } from "../core/ports/append.ts";
import { BucketError, type Buckets } from "../core/ports/buckets.ts";
import {
  type Engine,
  LOG_CONTAINERS,
  LOG_STREAMS,
  type LogContainer,
  type LogStream,
} from "../core/ports/engine.ts";
import type { LogGroups } from "../core/ports/log-groups.ts";
import type { LogDelivery, LogSink } from "../core/ports/store.ts";
import { joinKey, parseS3Uri } from "../core/s3-uri.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";

/** Makes whole gzip members; injected, since Node's own answers from other threads whenever it likes. */
export type Compress = (bytes: Uint8Array) => Promise<Uint8Array>;

const gzipped: Compress = promisify(gzip);
const NOTHING = new Uint8Array();

/** One stream on its way to one sink. */
interface Route {
  readonly sink: LogSink;
  readonly container: LogContainer;
  readonly stream: LogStream;
}

/**
 * Carries what drivers print to where the run's owner wants it (emr-b.md 2.6): S3 objects that grow by whole gzip
 * members, CloudWatch streams that grow by text. How far each got is stored after each piece, and the sink is cut to
 * the stored size before the next one, so that a crash in between doubles nothing; one that lost what it had is filled
 * again from the beginning.
 */
export class LogDeliverer {
  readonly #dependencies: Dependencies;
  readonly #engine: Engine;
  readonly #buckets: Buckets;
  readonly #logGroups: LogGroups;
  readonly #compress: Compress;
  /** Deliveries under way, so that the final one does not run beside a periodic one. */
  readonly #underWay = new Map<string, Promise<void>>();

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
      if (this.#underWay.get(application.id) === mine) this.#underWay.delete(application.id);
    }
  }

  async #deliverAll(application: Application, complete: boolean): Promise<void> {
    const routes = routesOf(application);
    if (routes.length === 0) return;
    const delivered = await this.#dependencies.store.logDeliveries.of(application.id);
    const failures: unknown[] = [];
    for (const route of routes) {
      const done = delivered.find(
        (row) => row.sink === route.sink && row.container === route.container && row.stream === route.stream,
      );
      const start: LogDelivery = done ?? {
        application: application.id,
        ...route,
        sourceBytes: 0,
        sinkBytes: 0,
      };
      await this.#deliverStream(application, start, complete).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  async #deliverStream(application: Application, start: LogDelivery, complete: boolean): Promise<void> {
    try {
      await this.#deliverFrom(application, start, complete);
    } catch (error) {
      if (!(error instanceof CutShortError)) throw error;
      // Somebody cut or removed what had been delivered. The engine has all of it still.
      await this.#deliverFrom(application, { ...start, sourceBytes: 0, sinkBytes: 0 }, complete);
    }
  }

  async #deliverFrom(application: Application, start: LogDelivery, complete: boolean): Promise<void> {
    let at = start;
    const { container, stream } = start;
    for await (const chunk of this.#engine.logs(application.id, container, stream, start.sourceBytes)) {
      at = await this.#append(application, at, chunk.bytes);
    }
    if (!complete) return;
    if (at.sinkBytes === 0) await this.#append(application, at, NOTHING);
    // Nothing was new: see that what was delivered before is still there, and ends where it should.
    else if (at === start) await this.#write(application, at, NOTHING);
  }

  async #append(application: Application, at: LogDelivery, bytes: Uint8Array): Promise<LogDelivery> {
    const sinkBytes = await this.#write(
      application,
      at,
      at.sink === "s3" ? await this.#compress(bytes) : bytes,
    );
    const row: LogDelivery = { ...at, sourceBytes: at.sourceBytes + bytes.length, sinkBytes };
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
    const { s3Uri, containers } = application.spec.logs;
    const target = parseS3Uri(s3Uri ?? "");
    if (target === null) throw new Error(`logUri ${s3Uri} is not an s3:// address`);
    const key = joinKey(target.key, containers[at.container], `${at.stream}.gz`);
    await this.#claimBucket(application, target.bucket);
    return this.#buckets.appendAt(target.bucket, key, at.sinkBytes, bytes);
  }

  async #writeToCloudWatch(application: Application, at: LogDelivery, bytes: Uint8Array): Promise<number> {
    const { cloudWatch, containers } = application.spec.logs;
    if (cloudWatch === null) return at.sinkBytes;
    const stream = joinKey(cloudWatch.streamPrefix, containers[at.container], at.stream);
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

function routesOf({ spec }: Application): Route[] {
  const sinks: LogSink[] = [
    ...(spec.logs.s3Uri === null ? [] : ["s3" as const]),
    ...(spec.logs.cloudWatch === null ? [] : ["cloudwatch" as const]),
  ];
  return sinks.flatMap((sink) =>
    LOG_CONTAINERS.flatMap((container) => LOG_STREAMS.map((stream) => ({ sink, container, stream }))),
  );
}
