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
