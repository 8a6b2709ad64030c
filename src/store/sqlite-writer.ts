import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { DomainError } from "../core/errors.ts";
import { DuplicateError, StaleVersionError } from "../core/ports/store.ts";
import { type Batch, BatchEncoder } from "./batch-encoding.ts";
import type { Statement } from "./database.ts";
import type { FailedOutcome } from "./sqlite-commit.ts";
import type { FromWriter, ToWriter, WriterData } from "./writer-protocol.ts";

interface Waiting {
  resolve(): void;
  reject(reason: Error): void;
}

/** This thread's end of the writer: sends commits to a worker thread that groups them (ADR 0002). */
export class SqliteWriter {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #encoder = new BatchEncoder();
  #unsent: Batch[] = [];
  #lastId = 0;
  /** Why nothing can be written any more. */
  #ended: Error | null = null;
  #onCommitted: () => void = () => undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (message: FromWriter) => {
      if (message.kind !== "done") return;
      this.#onCommitted();
      for (const id of message.committed) this.#take(id)?.resolve();
      for (const { id, outcome } of message.failed) this.#take(id)?.reject(errorOf(outcome));
    });
    worker.on("error", (cause) => this.#end(new Error("the store's writer failed", { cause })));
    worker.on("exit", () => this.#end(new Error("the store's writer has stopped")));
  }

  /** Starts the thread; resolves once it has opened the file. */
  static async start(file: string): Promise<SqliteWriter> {
    // tsc rewrites the extension of an import, not of a URL.
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const worker = new Worker(new URL(`./writer.worker.${extension}`, import.meta.url), {
      name: "store-writer",
      workerData: { file } satisfies WriterData,
      // Flags such as --input-type are for the main script and would keep a worker from starting.
      execArgv: [],
    });
    const writer = new SqliteWriter(worker);
    await once(worker, "message");
    return writer;
  }

  /** Resolves once the batch is on the disk; rejects where nothing of it is. */
  write(statements: readonly Statement[]): Promise<void> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const id = ++this.#lastId;
    this.#waiting.set(id, { resolve, reject });
    this.#unsent.push(this.#encoder.encode(id, statements));
    // A writer that has nothing to do begins at once, while this thread goes on with its turn; what the rest of the
    // turn commits travels in one message.
    if (this.#waiting.size === 1) this.#flush();
    else if (this.#unsent.length === 1) setImmediate(() => this.#flush());
    return promise;
  }

  /** Calls `listener` after each commit, before those who wait for it are told. */
  whenCommitted(listener: () => void): void {
    this.#onCommitted = listener;
  }

  /** Throws where the writer is gone. */
  check(): void {
    if (this.#ended !== null) throw this.#ended;
  }

  /** Finishes what was given before, then ends the thread. */
  async close(): Promise<void> {
    if (this.#ended !== null) return;
    this.#flush();
    const exit = once(this.#worker, "exit");
    this.#ended = new Error("the store is closed");
    this.#send({ kind: "close" });
    await exit;
  }

  #flush(): void {
    if (this.#unsent.length === 0) return;
    this.#send({ kind: "commit", newTexts: this.#encoder.takeNewTexts(), batches: this.#unsent });
    this.#unsent = [];
  }

  #send(message: ToWriter): void {
    this.#worker.postMessage(message);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }
}

function errorOf(outcome: FailedOutcome): Error {
  switch (outcome.kind) {
    case "stale":
      return new StaleVersionError(outcome.message);
    case "duplicate":
      return new DuplicateError(outcome.message);
    case "unavailable":
      return new DomainError("unavailable", `Nothing can be stored at the moment: ${outcome.message}.`);
    case "failed":
      return new Error(`the store could not commit: ${outcome.message}`);
  }
}
