import type { Compilable } from "kysely";
import type { Store } from "../core/ports/store.ts";
import type { Database, SqlValue, Statement } from "./database.ts";
import { queriesFor } from "./queries.ts";
import { ReadCache } from "./read-cache.ts";
import { SqliteConnection } from "./sqlite-connection.ts";
import { prepareSqliteFile } from "./sqlite-file.ts";
import { SqliteWriter } from "./sqlite-writer.ts";
import { storeOn } from "./store.ts";

/**
 * Opens the store in a SQLite file, made and brought up to date where necessary.
 * Throws StoreOpenError with what the operator can do.
 */
export async function openSqliteStore({ file }: { readonly file: string }): Promise<Store> {
  await prepareSqliteFile(file);
  return storeOn(
    new SqliteDatabase(await SqliteWriter.start(file), new SqliteConnection(file, { readOnly: true })),
  );
}

/**
 * Reads on the caller's thread, where a point read costs less than a message to another thread; writes in a thread of
 * its own, since an fsync may take as long as the disk likes. A read begins a new snapshot, or is answered from a cache
 * that knows of every commit, so it sees each that was answered.
 */
class SqliteDatabase implements Database {
  readonly queries = queriesFor("sqlite");
  readonly #writer: SqliteWriter;
  readonly #reader: SqliteConnection;
  readonly #cache: ReadCache;
  #closed: Promise<void> | null = null;

  constructor(writer: SqliteWriter, reader: SqliteConnection) {
    this.#writer = writer;
    this.#reader = reader;
    this.#cache = new ReadCache({
      version: () => reader.dataVersion(),
      rareChanges: () => reader.rareChanges(),
      all: (sql, parameters) => reader.all(sql, parameters),
    });
    writer.whenCommitted(() => this.#cache.expire());
  }

  async read<Row>(query: Compilable<Row>): Promise<readonly Row[]> {
    const { sql, parameters } = query.compile();
    // Columns hold text and integers only, and the query's type says which of them a row has.
    return this.#cache.read(sql, parameters as readonly SqlValue[]) as readonly Row[];
  }

  generation(): number {
    return this.#cache.generation();
  }

  write(statements: readonly Statement[]): Promise<void> {
    return this.#writer.write(statements);
  }

  async ping(): Promise<void> {
    this.#writer.check();
    this.#reader.all("select 1");
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    // The writer last: the last connection folds the write-ahead log into the file, which a reader may not.
    this.#reader.close();
    await this.#writer.close();
  }
}
