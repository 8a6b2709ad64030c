/** A state that was saved under a name. */
export interface Snapshot {
  readonly name: string;
  readonly createdAtMs: number;
  readonly files: number;
  readonly bytes: number;
}

/** What takes the place of everything that a server holds: nothing, or what a snapshot holds. */
export type Replacement =
  | { readonly kind: "reset" }
  | { readonly kind: "restore"; readonly snapshot: string };

/**
 * Everything that a server holds for its callers: stored rows but for access keys, the objects of buckets, log streams
 * and what is kept of runs. The caller sees to it that nobody uses any of it during a call, and that no driver runs.
 */
export interface Contents {
  /**
   * Makes ready to replace everything and remembers that it was begun. Nothing is lost yet. Throws a DomainError of
   * kind `not-found` where there is no such snapshot, and of kind `conflict` where this server cannot take it.
   */
  begin(replacement: Replacement): Promise<void>;
  /** What was begun and not finished, by a server that was killed; null where there is nothing. */
  begun(): Promise<Replacement | null>;
  /** Replaces everything. What was begun by then can be done again after a crash at any instant. */
  finish(replacement: Replacement): Promise<void>;
  /** Gives up what was begun and could not be finished. */
  abandon(): Promise<void>;

  /** Throws a DomainError of kind `conflict` where the name is taken. */
  save(name: string): Promise<Snapshot>;
  /** By name. */
  snapshots(): Promise<readonly Snapshot[]>;
  /** Throws a DomainError of kind `not-found` where there is no such snapshot. */
  remove(name: string): Promise<void>;
}
