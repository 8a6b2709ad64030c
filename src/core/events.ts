import type { AccountObjectKind } from "./account-object/account-object.ts";
import type { AccountId, Region } from "./ids.ts";
import type { Json } from "./json.ts";

export type SubjectKind = "virtual-cluster" | "job-run" | "application" | "principal" | AccountObjectKind;

/** Something that happened, stored in the transaction that made it so; ordered per account by its cursor. */
export interface DomainEvent {
  readonly account: AccountId;
  readonly region: Region;
  /** What kind of thing it happened to, and which. */
  readonly subject: { readonly kind: SubjectKind; readonly id: string };
  /** Such as `job-run.state-changed`. */
  readonly type: string;
  readonly atMs: number;
  readonly detail: Json;
}

/** An event with its place: the cursor grows in commit order, per account, without gaps that fill later. */
export interface StoredEvent extends DomainEvent {
  readonly cursor: number;
}
