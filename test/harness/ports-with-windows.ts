import { hasEnded } from "../../src/core/application/application.ts";
import type { Buckets } from "../../src/core/ports/buckets.ts";
import type { Engine } from "../../src/core/ports/engine.ts";
import type { Change, Store } from "../../src/core/ports/store.ts";
import type { Windows } from "./windows.ts";

/** The engine, which can be held before and after it launches and kills. */
export function engineWithWindows(engine: Engine, windows: Windows): Engine {
  return {
    name: engine.name,
    async launch(request) {
      await windows.pass("before-launch", request.tag);
      await engine.launch(request);
      await windows.pass("after-launch", request.tag);
    },
    async kill(tag, graceMs) {
      await windows.pass("before-kill", tag);
      await engine.kill(tag, graceMs);
      await windows.pass("after-kill", tag);
    },
    async observe(tag) {
      // Else the reconciler would see the driver first, and store what the launch is not to have stored.
      await windows.untilOpen("after-launch");
      return engine.observe(tag);
    },
    list: () => engine.list(),
    changes: (signal) => engine.changes(signal),
    logs: (tag, container, stream, offset) => engine.logs(tag, container, stream, offset),
    containers: (tag) => engine.containers(tag),
    releaseLogs: (tag, container, stream, offset) => engine.releaseLogs(tag, container, stream, offset),
    processes: () => engine.processes(),
    remove: (tag) => engine.remove(tag),
  };
}

/** Buckets that can be held in the middle of an append and after it. */
export function bucketsWithWindows(buckets: Buckets, windows: Windows): Buckets {
  return {
    exists: (bucket) => buckets.exists(bucket),
    create: (bucket) => buckets.create(bucket),
    list: () => buckets.list(),
    listObjects: (bucket, prefix) => buckets.listObjects(bucket, prefix),
    stat: (bucket, key) => buckets.stat(bucket, key),
    read: (bucket, key, startByte) => buckets.read(bucket, key, startByte),
    put: (bucket, key, body) => buckets.put(bucket, key, body),
    async appendAt(bucket, key, sizeBytes, bytes) {
      if (windows.isHeld("half-append")) {
        await buckets.appendAt(bucket, key, sizeBytes, bytes.subarray(0, bytes.length / 2));
        await windows.pass("half-append", key);
      }
      const size = await buckets.appendAt(bucket, key, sizeBytes, bytes);
      await windows.pass("after-append", key);
      return size;
    },
    async move(bucket, key, newKey) {
      await windows.pass("before-move", key);
      await buckets.move(bucket, key, newKey);
      await windows.pass("after-move", key);
    },
    delete: (bucket, key) => buckets.delete(bucket, key),
  };
}

/** The store, which can be held before it learns of an exit and after it has stored what a request asked for. */
export function storeWithWindows(store: Store, windows: Windows): Store {
  return {
    ...store,
    async commit(changes) {
      const ended = exitIn(changes);
      if (ended !== null) await windows.pass("before-exit", ended);
      await store.commit(changes);
      const operation = operationIn(changes);
      if (operation !== null) await windows.pass("before-answer", operation);
    },
    ping: () => store.ping(),
    close: () => store.close(),
  };
}

function exitIn(changes: readonly Change[]): string | null {
  const found = changes.find(
    (change) => change.kind === "application" && change.row.exit !== null && !hasEnded(change.row.state),
  );
  return found?.kind === "application" ? found.row.id : null;
}

function operationIn(changes: readonly Change[]): string | null {
  const found = changes.find((change) => change.kind === "client-token");
  return found?.kind === "client-token" ? found.row.operation : null;
}
