import type { Json } from "../json.ts";

/** One call, in the record shape of its dialect (CloudTrail's for the AWS dialects: emr-d.md D-010). */
export type AuditRecord = { readonly [key: string]: Json };

export interface AuditLog {
  /** Takes the record at once and writes it soon; never throws for the caller's request. */
  record(record: AuditRecord): void;
}

/** What became of earlier audit records. */
export interface AuditFiles {
  /** Removes the files whose last record is from before a time; answers how many. */
  removeBefore(timeMs: number): Promise<number>;
}

/** The records that are on disk, for whoever carries them elsewhere. */
export interface AuditTrail {
  /** The days of which there are records, `YYYY-MM-DD` in UTC, oldest first. */
  days(): Promise<readonly string[]>;
  /**
   * Whole lines of a day, from a byte on up to about `maxBytes`; none where there are no more. The same bytes are the
   * same lines however often they are read. Throws `CutShortError` where the day has fewer bytes.
   */
  read(day: string, startByte: number, maxBytes: number): Promise<AuditPiece>;
}

export interface AuditPiece {
  /** Each a record as JSON, or what a server that was killed left of one. */
  readonly lines: readonly string[];
  /** Where the next piece begins. */
  readonly endByte: number;
  /** Whether the day had no more when the piece was read. */
  readonly isLast: boolean;
}
