import type { Application, OwnerKind } from "../core/application/application.ts";
import { jobRunId } from "../core/ids.ts";
import { reflectApplication } from "../core/job-run/decide.ts";
import type { Change, Store } from "../core/ports/store.ts";

type OwnerChanges = (store: Store, application: Application, nowMs: number) => Promise<Change[]>;

/** What an application's new state means for what it belongs to, by the kind of its owner. */
const CHANGES: Readonly<Record<OwnerKind, OwnerChanges>> = {
  "job-run": jobRunChanges,
  // It is its own owner: the application's row says all there is.
  "history-server": async () => [],
};

/** The changes of an application's owner, for the commit that changes the application. */
export const ownerChanges: OwnerChanges = (store, application, nowMs) =>
  CHANGES[application.owner.kind](store, application, nowMs);

async function jobRunChanges(store: Store, application: Application, nowMs: number): Promise<Change[]> {
  const run = await store.jobRuns.byId(jobRunId(application.owner.id));
  const reflected = run === null ? null : reflectApplication(run, application, nowMs);
  if (reflected === null) return [];
  return [
    { kind: "job-run", row: reflected.next },
    ...reflected.events.map((event) => ({ kind: "event" as const, event })),
  ];
}
