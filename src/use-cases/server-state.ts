import type { Caller } from "../core/access/access-key.ts";
import type { Snapshot } from "../core/ports/contents.ts";

/** What became of the drivers that were in the way of a replacement. */
export interface Replaced {
  readonly applicationsEnded: number;
}

/**
 * What the administrator of a server for tests may do with all that it holds. Every method throws a DomainError of
 * kind `forbidden` for other callers, and on a server that does not allow it.
 */
export interface ServerState {
  /** Ends every driver and forgets everything but access keys, audit files and snapshots. */
  reset(caller: Caller): Promise<Replaced>;
  /** As {@link reset}, but what the snapshot holds is there afterwards. Throws `not-found`. */
  restoreSnapshot(caller: Caller, name: string): Promise<Replaced>;
  /** Throws `conflict` where the name is taken, and where a run has not ended. */
  saveSnapshot(caller: Caller, name: string): Promise<Snapshot>;
  listSnapshots(caller: Caller): Promise<readonly Snapshot[]>;
  deleteSnapshot(caller: Caller, name: string): Promise<void>;
}
