import { type SqlBool, sql } from "kysely";
import { plus } from "../core/application/admission.ts";
import {
  APPLICATION_STATES,
  type Application,
  type ApplicationState,
} from "../core/application/application.ts";
import type { Resources } from "../core/application/spec.ts";
import type { Store } from "../core/ports/store.ts";
import { type Database, readOne, type Statement, statement } from "./database.ts";
import { fromJsonText, toJsonText } from "./json-text.ts";
import { prepared } from "./prepared.ts";
import type { Queries } from "./queries.ts";
import type { ApplicationTable } from "./schema.ts";

/** Rows read at once where all are wanted: 100 specs are about a megabyte at their usual worst. */
const PIECE_ROWS = 100;
/** Index entries counted at once: well under a millisecond of SQLite, which answers on the caller's thread. */
const COUNTED_ENTRIES = 5_000;
const NONE: ReadonlySet<string> = new Set();

export function applications(database: Database): Store["applications"] {
  const { queries } = database;
  return {
    async get(id) {
      const row = await readOne(database, applicationById(queries, { id }));
      return row && applicationOf(row);
    },
    async *inStates(node, states, passedOver = NONE) {
      const asked = [...new Set(states)];
      let last: Place | null = null;
      while (asked.length > 0) {
        const rows: readonly ApplicationTable[] = await database.read(
          nextPiece(queries, node, asked, passedOver, last),
        );
        yield* rows.map(applicationOf);
        last = rows.at(-1) ?? null;
        if (last === null || rows.length < PIECE_ROWS) return;
      }
    },
    async heldBy(node) {
      // Most applications are granted one of a few sizes, so that the database counts and little is read here.
      const query = queries
        .selectFrom("applications")
        .select(({ fn }) => ["resource_grant", fn.countAll<number>().as("count")])
        .where("state", "in", ["launching", "running"])
        .where("node", "=", node)
        .where("exit", "is", null)
        .where("owner_kind", "=", "job-run")
        .groupBy("resource_grant");
      let held: Resources = { cores: 0, memoryBytes: 0 };
      for (const { resource_grant, count } of await database.read(query)) {
        if (resource_grant === null) continue;
        const { granted } = fromJsonText(resource_grant);
        held = plus(held, { cores: granted.cores * count, memoryBytes: granted.memoryBytes * count });
      }
      return held;
    },
    async countByState() {
      const counts = APPLICATION_STATES.map(
        async (state) => [state, await countInState(database, state)] as const,
      );
      // The entries are made from the vocabulary, so every state is there.
      return Object.fromEntries(await Promise.all(counts)) as Record<ApplicationState, number>;
    },
  };
}

type Place = Pick<ApplicationTable, "created_at_ms" | "id">;

/** The oldest rows after a place: each state's index is walked for one piece, then the walks are merged. */
function nextPiece(
  queries: Queries,
  node: string,
  states: readonly ApplicationState[],
  passedOver: ReadonlySet<string>,
  after: Place | null,
) {
  const walks = states.map((state) => {
    let rows = queries
      .selectFrom("applications")
      .select(["id", "created_at_ms"])
      .where("state", "=", state)
      .where("node", "=", node);
    if (after !== null)
      rows = rows.where(sql<SqlBool>`(created_at_ms, id) > (${after.created_at_ms}, ${after.id})`);
    if (passedOver.size > 0)
      rows = rows.where(({ eb, or }) =>
        or([eb("queue_id", "is", null), eb("queue_id", "not in", padded(passedOver))]),
      );
    const cut = rows.orderBy("created_at_ms").orderBy("id").limit(PIECE_ROWS);
    return queries.selectFrom(cut.as("walk")).select(["id", "created_at_ms"]);
  });
  const merged = walks.reduce((all, walk) => all.unionAll(walk));
  const oldest = queries
    .selectFrom(merged.as("walks"))
    .select(["id", "created_at_ms"])
    .orderBy("created_at_ms")
    .orderBy("id")
    .limit(PIECE_ROWS);
  return queries
    .selectFrom(oldest.as("oldest"))
    .innerJoin("applications", "applications.id", "oldest.id")
    .selectAll("applications")
    .orderBy("oldest.created_at_ms")
    .orderBy("oldest.id");
}

/** Repeats the last until there is a power of two: every length is a statement that a connection keeps prepared. */
function padded(values: ReadonlySet<string>): readonly string[] {
  const all = [...values];
  const last = all.at(-1);
  const length = 2 ** Math.ceil(Math.log2(Math.max(all.length, 1)));
  return last === undefined ? all : [...all, ...new Array<string>(length - all.length).fill(last)];
}

/** Counts by strides along the index, giving way between them, since ended applications are kept by the million. */
async function countInState(database: Database, state: ApplicationState): Promise<number> {
  const { queries } = database;
  let counted = 0;
  let place: Pick<ApplicationTable, "node" | "created_at_ms" | "id"> | null = null;
  for (;;) {
    let rest = queries.selectFrom("applications").where("state", "=", state);
    if (place !== null) {
      const { node, created_at_ms, id } = place;
      rest = rest.where(sql<SqlBool>`(node, created_at_ms, id) > (${node}, ${created_at_ms}, ${id})`);
    }
    const strideEnd = rest
      .select(["node", "created_at_ms", "id"])
      .orderBy("node")
      .orderBy("created_at_ms")
      .orderBy("id")
      .limit(1)
      .offset(COUNTED_ENTRIES - 1);
    place = await readOne(database, strideEnd);
    if (place === null) {
      const count = await readOne(
        database,
        rest.select(({ fn }) => fn.countAll<number>().as("count")),
      );
      return counted + (count?.count ?? 0);
    }
    counted += COUNTED_ENTRIES;
    await nextTurn();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const applicationById = prepared((queries, { id }: Pick<ApplicationTable, "id">) =>
  queries.selectFrom("applications").selectAll().where("id", "=", id),
);

const insertApplication = prepared((queries, row: ApplicationTable) =>
  queries.insertInto("applications").values(row),
);

export function applicationStatement(queries: Queries, application: Application): Statement {
  const changing = {
    node: application.node,
    state: application.state,
    waiting_for: application.waitingFor,
    resource_grant: application.grant && toJsonText(application.grant),
    kill_requested_at_ms: application.killRequestedAtMs,
    kill_reason: application.killReason,
    exit: application.exit && toJsonText(application.exit),
    log_problem: application.logProblem,
    admitted_at_ms: application.admittedAtMs,
    running_at_ms: application.runningAtMs,
    ended_at_ms: application.endedAtMs,
    version: application.version + 1,
  };
  if (application.version === 0) {
    return statement(
      insertApplication(queries, {
        id: application.id,
        account: application.account,
        region: application.region,
        owner_kind: application.owner.kind,
        owner_id: application.owner.id,
        engine: application.engine,
        queue_id: application.queue,
        spec: toJsonText(application.spec),
        created_at_ms: application.createdAtMs,
        ...changing,
      }),
    );
  }
  return statement(
    queries
      .updateTable("applications")
      .set(changing)
      .where("id", "=", application.id)
      .where("version", "=", application.version),
    `application ${application.id} is no longer at version ${application.version}`,
  );
}

function applicationOf(row: ApplicationTable): Application {
  return {
    id: row.id,
    account: row.account,
    region: row.region,
    owner: { kind: row.owner_kind, id: row.owner_id },
    node: row.node,
    engine: row.engine,
    queue: row.queue_id,
    spec: fromJsonText(row.spec),
    state: row.state,
    waitingFor: row.waiting_for,
    grant: row.resource_grant && fromJsonText(row.resource_grant),
    killRequestedAtMs: row.kill_requested_at_ms,
    killReason: row.kill_reason,
    exit: row.exit && fromJsonText(row.exit),
    logProblem: row.log_problem,
    createdAtMs: row.created_at_ms,
    admittedAtMs: row.admitted_at_ms,
    runningAtMs: row.running_at_ms,
    endedAtMs: row.ended_at_ms,
    version: row.version,
  };
}
