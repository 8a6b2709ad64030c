import type { LogDelivery, Store } from "../core/ports/store.ts";
import { type Database, type Statement, statement } from "./database.ts";
import type { Queries } from "./queries.ts";

export function logDeliveries(database: Database): Store["logDeliveries"] {
  return {
    async of(application) {
      const query = database.queries
        .selectFrom("log_deliveries")
        .selectAll()
        .where("application_id", "=", application)
        .orderBy("container")
        .orderBy("stream")
        .orderBy("sink");
      const rows = await database.read(query);
      return rows.map((row) => ({
        application: row.application_id,
        container: row.container,
        stream: row.stream,
        sink: row.sink,
        sourceBytes: row.source_bytes,
        sinkBytes: row.sink_bytes,
      }));
    },
  };
}

/** One row per stream and sink, replaced as delivery goes on; account and region are its application's. */
export function logDeliveryStatement(queries: Queries, delivery: LogDelivery): Statement {
  const reached = { source_bytes: delivery.sourceBytes, sink_bytes: delivery.sinkBytes };
  return statement(
    queries
      .insertInto("log_deliveries")
      .values(({ selectFrom }) => {
        const application = selectFrom("applications").where("applications.id", "=", delivery.application);
        return {
          application_id: delivery.application,
          container: delivery.container,
          stream: delivery.stream,
          sink: delivery.sink,
          account: application.select("applications.account"),
          region: application.select("applications.region"),
          ...reached,
        };
      })
      .onConflict((conflict) =>
        conflict.columns(["application_id", "container", "stream", "sink"]).doUpdateSet(reached),
      ),
  );
}
