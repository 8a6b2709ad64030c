import { RandomIds } from "../cloud/local/ids.ts";
import type { ApplicationId } from "../core/ids.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Change, Store } from "../core/ports/store.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { advanceApplication } from "../use-cases/advance-application.ts";

export interface HandOver {
  /** The restored database. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** ISO 8601. */
  readonly backupAt: string;
  readonly clock: Clock;
  /** False where the application was never launched, or its copied directory tells how it ended. */
  leaveBehind(tag: ApplicationId): Promise<boolean>;
}

/**
 * Makes a restored database that of a new node. Runs that waited go on waiting and will be started here; those whose
 * drivers the old node had have lost them, and end as failed with the reason. Answers how many those are.
 */
export async function handOver(handed: HandOver): Promise<number> {
  const { file, from, to, backupAt, clock, leaveBehind } = handed;
  const store = await openSqliteStore({ file });
  try {
    await store.commit([{ kind: "node-renamed", from, to }]);
    const dependencies = {
      store,
      clock,
      ids: new RandomIds(clock),
      node: to,
      engine: "",
      wake: () => undefined,
    };
    let lost = 0;
    for await (const { id, exit } of store.applications.inStates(to, ["launching", "running"])) {
      await deliverLogsAnew(store, id);
      if (exit !== null || !(await leaveBehind(id))) continue;
      lost += 1;
      await advanceApplication(dependencies, id, {
        type: "observed",
        observation: {
          kind: "exited",
          code: null,
          signal: null,
          cause: "lost",
          summary: `This server was restored from a backup of ${backupAt}; the run's driver was left behind where that was made.`,
          atMs: clock.now(),
        },
      });
    }
    return lost;
  } finally {
    await store.close();
  }
}

/** The sinks need not be as they were when the backup was made; the copied directory has the logs from their start. */
async function deliverLogsAnew(store: Store, application: ApplicationId): Promise<void> {
  const rows = await store.logDeliveries.of(application);
  await store.commit(
    rows.map((row): Change => ({ kind: "log-delivery", row: { ...row, sourceBytes: 0, sinkBytes: 0 } })),
  );
}
