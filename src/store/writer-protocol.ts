import type { Batch, StatementText } from "./batch-encoding.ts";
import type { FailedOutcome } from "./sqlite-commit.ts";

/** What the writer's thread is started with. */
export interface WriterData {
  readonly file: string;
}

export type ToWriter =
  | {
      readonly kind: "commit";
      /** Those that are sent for the first time. */
      readonly newTexts: readonly StatementText[];
      readonly batches: readonly Batch[];
    }
  | { readonly kind: "close" };

export type FromWriter =
  | { readonly kind: "ready" }
  | {
      readonly kind: "done";
      /** Ids of batches. */
      readonly committed: readonly number[];
      readonly failed: readonly { readonly id: number; readonly outcome: FailedOutcome }[];
    };
