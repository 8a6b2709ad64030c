import type { DatabaseKind } from "../queries.ts";

/** What differs between the databases where tables are made. */
export interface ColumnTypes {
  readonly kind: DatabaseKind;
  readonly text: string;
  readonly integer: string;
  /** A primary key that grows with every row inserted. */
  readonly sequence: string;
  /** What follows a table's columns. */
  readonly tableOptions: string;
}

export const COLUMN_TYPES: Record<DatabaseKind, ColumnTypes> = {
  sqlite: {
    kind: "sqlite",
    text: "text",
    integer: "integer",
    sequence: "integer primary key autoincrement",
    tableOptions: "strict",
  },
  postgres: {
    kind: "postgres",
    // Bytewise, as SQLite compares: orders and page cursors are the same on both, whatever the server's locale.
    text: 'text collate "C"',
    integer: "bigint",
    sequence: "bigint generated always as identity primary key",
    tableOptions: "",
  },
};

/**
 * A step of the schema, forward only and never edited once released. It expands what is there; what it makes needless
 * goes one release later, so that old and new servers can share a database.
 */
export interface Migration {
  readonly number: number;
  readonly name: string;
  statements(types: ColumnTypes): readonly string[];
}
