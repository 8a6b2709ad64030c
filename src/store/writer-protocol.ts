import type { Statement } from "./database.ts";
import type { Outcome } from "./sqlite-commit.ts";

/** What the writer's thread is started with. */
export interface WriterData {
  readonly file: string;
}

/** One commit on its way to the writer. */
export interface Batch {
  readonly id: number;
  /** The statements' members apart, and numbers for their texts: that costs much less to send. */
  readonly texts: readonly number[];
  readonly parameters: readonly Statement["parameters"][];
  readonly staleMessages: readonly Statement["staleMessage"][];
}

export type ToWriter =
  | {
      readonly kind: "commit";
      /** The texts that are sent for the first time; they are numbered from 0 in the order in which they come. */
      readonly newTexts: readonly string[];
      readonly batches: readonly Batch[];
    }
  | { readonly kind: "close" };

export type FromWriter =
  | { readonly kind: "ready" }
  | {
      readonly kind: "done";
      readonly outcomes: readonly { readonly id: number; readonly outcome: Outcome }[];
    };
