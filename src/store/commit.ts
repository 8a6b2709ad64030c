import type { Change } from "../core/ports/store.ts";
import { accessKeyStatement } from "./access-keys.ts";
import { applicationStatement } from "./applications.ts";
import { bucketStatement } from "./buckets.ts";
import { clientTokenStatement } from "./client-tokens.ts";
import type { Statement } from "./database.ts";
import { effectDoneStatement, effectFailedStatement, effectStatement } from "./effects.ts";
import { eventStatements } from "./events.ts";
import { jobRunStatement } from "./job-runs.ts";
import { logDeliveryStatement } from "./log-deliveries.ts";
import type { Queries } from "./queries.ts";
import { virtualClusterStatement, virtualClusterUnchangedStatement } from "./virtual-clusters.ts";

/**
 * Rows are written before what refers to them, and all commits lock tables in one order. Events come last: they lock
 * their account's counter, which every other commit of the account waits for.
 */
const ORDER: Record<Change["kind"], number> = {
  "client-token": 0,
  "access-key": 1,
  bucket: 2,
  "virtual-cluster-unchanged": 3,
  "virtual-cluster": 3,
  "job-run": 4,
  application: 5,
  effect: 6,
  "effect-failed": 6,
  "effect-done": 6,
  "log-delivery": 7,
  event: 8,
};

/** The statements of one commit. Changes of one kind keep the order in which they were given. */
export function statementsFor(queries: Queries, changes: readonly Change[]): Statement[] {
  const ordered = changes.toSorted((a, b) => ORDER[a.kind] - ORDER[b.kind]);
  const happened = ordered.flatMap((change) => (change.kind === "event" ? [change.event] : []));
  return [
    ...ordered.flatMap((change) => (change.kind === "event" ? [] : [statementFor(queries, change)])),
    ...eventStatements(queries, happened),
  ];
}

function statementFor(queries: Queries, change: Exclude<Change, { kind: "event" }>): Statement {
  switch (change.kind) {
    case "virtual-cluster":
      return virtualClusterStatement(queries, change.row);
    case "virtual-cluster-unchanged":
      return virtualClusterUnchangedStatement(queries, change.id, change.version);
    case "job-run":
      return jobRunStatement(queries, change.row);
    case "application":
      return applicationStatement(queries, change.row);
    case "access-key":
      return accessKeyStatement(queries, change.row);
    case "client-token":
      return clientTokenStatement(queries, change.row);
    case "bucket":
      return bucketStatement(queries, change);
    case "effect":
      return effectStatement(queries, change.effect);
    case "effect-done":
      return effectDoneStatement(queries, change.id);
    case "effect-failed":
      return effectFailedStatement(queries, change);
    case "log-delivery":
      return logDeliveryStatement(queries, change.row);
  }
}
