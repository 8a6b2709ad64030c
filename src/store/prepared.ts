import type { Compilable, CompiledQuery } from "kysely";
import type { Queries } from "./queries.ts";

interface Made<Row> {
  readonly compiled: CompiledQuery<Row>;
  /** For each parameter the name of the value that takes its place; null where it is always the same. */
  readonly names: readonly (string | null)[];
}

/** No value of ours holds this character: the API refuses it. */
const MARK = "\0";

/**
 * A query that is built once and then only given its values: building one with Kysely takes several times as long as
 * SQLite takes to answer it by a key. `build` sees a placeholder for each value of the first call, so all that it may
 * do with one is to hand it on as a column's value; its values' names must be the same in every call.
 */
export function prepared<Given extends object, Row>(
  build: (queries: Queries, given: Given) => Compilable<Row>,
): (queries: Queries, given: Given) => Compilable<Row> {
  const made = new WeakMap<Queries, Made<Row>>();
  return (queries, given) => {
    let known = made.get(queries);
    if (known === undefined) {
      known = make(build, queries, given);
      made.set(queries, known);
    }
    const { compiled, names } = known;
    // Every name is one of its members'.
    const values = given as Readonly<Record<string, unknown>>;
    const parameters = names.map((name, index) =>
      name === null ? compiled.parameters[index] : values[name],
    );
    return { compile: () => ({ ...compiled, parameters }) };
  };
}

function make<Given extends object, Row>(
  build: (queries: Queries, given: Given) => Compilable<Row>,
  queries: Queries,
  given: Given,
): Made<Row> {
  const placeholders = Object.fromEntries(Object.keys(given).map((name) => [name, MARK + name]));
  // Texts stand for values of every type here: what is built is sent nowhere before they are replaced.
  const compiled = build(queries, placeholders as Given).compile();
  const names = compiled.parameters.map((value) =>
    typeof value === "string" && value.startsWith(MARK) ? value.slice(MARK.length) : null,
  );
  return { compiled, names };
}
