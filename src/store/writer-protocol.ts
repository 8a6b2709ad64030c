import type { Statement } from "./database.ts";
import type { Outcome } from "./sqlite-commit.ts";

/** What the writer's thread is started with. */
export interface WriterData {
  readonly file: string;
}

/** One commit on its way to the writer. */
export interface Batch {
  readonly id: number;
  readonly statements: readonly Statement[];
}

export type ToWriter =
  | { readonly kind: "commit"; readonly batches: readonly Batch[] }
  | { readonly kind: "close" };

export type FromWriter =
  | { readonly kind: "ready" }
  | {
      readonly kind: "done";
      readonly outcomes: readonly { readonly id: number; readonly outcome: Outcome }[];
    };
