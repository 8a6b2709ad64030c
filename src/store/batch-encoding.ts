import type { SqlValue, Statement } from "./database.ts";

/**
 * One commit on its way to the writer: its id, then for each statement the number of its text, its stale message and its
 * parameters. One list of plain values crosses to another thread in half the time that objects take.
 */
export type Batch = readonly SqlValue[];

/** A statement's text, which says how many parameters it has. */
export interface StatementText {
  readonly sql: string;
  readonly parameters: number;
}

export interface DecodedBatch {
  readonly id: number;
  readonly statements: readonly Statement[];
}

/** The sender's side. Texts are numbered from 0 in the order in which they come, and each is sent once. */
export class BatchEncoder {
  /** The store has a fixed set of statement shapes, so this does not grow without end. */
  readonly #numbers = new Map<string, number>();
  #newTexts: StatementText[] = [];

  encode(id: number, statements: readonly Statement[]): Batch {
    const batch: SqlValue[] = [id];
    for (const { sql, parameters, staleMessage } of statements) {
      batch.push(this.#numberOf(sql, parameters.length), staleMessage);
      for (const parameter of parameters) batch.push(parameter);
    }
    return batch;
  }

  /** The texts since the last call: they must arrive before the batches that were encoded meanwhile. */
  takeNewTexts(): readonly StatementText[] {
    const texts = this.#newTexts;
    this.#newTexts = [];
    return texts;
  }

  #numberOf(sql: string, parameters: number): number {
    let number = this.#numbers.get(sql);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(sql, number);
      this.#newTexts.push({ sql, parameters });
    }
    return number;
  }
}

/** The receiver's side. */
export class BatchDecoder {
  readonly #texts: StatementText[] = [];

  add(newTexts: readonly StatementText[]): void {
    this.#texts.push(...newTexts);
  }

  decode(batch: Batch): DecodedBatch {
    const statements: Statement[] = [];
    for (let at = 1; at < batch.length; ) {
      const text = this.#texts[Number(batch[at])];
      if (text === undefined) throw new Error(`statement ${batch[at]} came before its text`);
      const staleMessage = batch[at + 1];
      const end = at + 2 + text.parameters;
      statements.push({
        sql: text.sql,
        parameters: batch.slice(at + 2, end),
        staleMessage: typeof staleMessage === "string" ? staleMessage : null,
      });
      at = end;
    }
    return { id: Number(batch[0]), statements };
  }
}
