import type { BucketObject, Buckets } from "../../src/core/ports/buckets.ts";
import type { LogGroups } from "../../src/core/ports/log-groups.ts";
import { SimulatedFault } from "./ports.ts";

/** Where logs go, in memory: one text a bucket's object and one a log stream, both by name. */
export class Sinks {
  readonly objects = new Map<string, Buffer>();
  readonly #buckets = new Set<string>();
  /** While set, every write fails with these words. */
  problem: string | null = null;

  readonly logGroups: LogGroups = {
    appendAt: async (scope, group, stream, sizeBytes, bytes) =>
      this.#appendAt(`${scope.account}/${scope.region}/${group}/${stream}`, sizeBytes, bytes),
  };

  readonly buckets: Buckets = {
    exists: async (bucket) => this.#buckets.has(bucket),
    create: async (bucket) => {
      this.#buckets.add(bucket);
    },
    list: async () => [...this.#buckets],
    listObjects: (bucket, prefix) => this.#list(bucket, prefix),
    stat: async (bucket, key) => {
      const bytes = this.objects.get(`${bucket}/${key}`);
      return bytes === undefined ? null : { key, sizeBytes: bytes.length, modifiedAtMs: 0 };
    },
    read: (bucket, key, startByte = 0) => this.#read(`${bucket}/${key}`, startByte),
    put: async (bucket, key, body) => {
      const pieces = body instanceof Uint8Array ? [body] : await Array.fromAsync(body);
      this.objects.set(`${bucket}/${key}`, Buffer.concat(pieces));
    },
    appendAt: async (bucket, key, sizeBytes, bytes) => this.#appendAt(`${bucket}/${key}`, sizeBytes, bytes),
    move: async (bucket, key, newKey) => {
      const bytes = this.objects.get(`${bucket}/${key}`);
      if (bytes === undefined) return;
      this.objects.set(`${bucket}/${newKey}`, bytes);
      this.objects.delete(`${bucket}/${key}`);
    },
    delete: async (bucket, key) => {
      this.objects.delete(`${bucket}/${key}`);
    },
  };

  async #appendAt(name: string, sizeBytes: number, bytes: Uint8Array): Promise<number> {
    if (this.problem !== null) throw new SimulatedFault(this.problem);
    const before = this.objects.get(name) ?? Buffer.alloc(0);
    if (before.length < sizeBytes) throw new Error(`${name} holds ${before.length} bytes, not ${sizeBytes}`);
    this.objects.set(name, Buffer.concat([before.subarray(0, sizeBytes), bytes]));
    return sizeBytes + bytes.length;
  }

  async *#list(bucket: string, prefix: string): AsyncIterable<BucketObject> {
    for (const [name, bytes] of this.objects) {
      const key = name.slice(bucket.length + 1);
      if (name.startsWith(`${bucket}/`) && key.startsWith(prefix))
        yield { key, sizeBytes: bytes.length, modifiedAtMs: 0 };
    }
  }

  async *#read(name: string, startByte: number): AsyncIterable<Uint8Array> {
    const bytes = this.objects.get(name);
    if (bytes !== undefined) yield bytes.subarray(startByte);
  }
}
