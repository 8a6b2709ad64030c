import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { scope } from "../../test/support/store-rows.ts";
import { accountObjectId, applicationId, jobRunId, principalId, virtualClusterId } from "../core/ids.ts";
import { JOB_RUN_STATES } from "../core/job-run/job-run.ts";
import type { Store } from "../core/ports/store.ts";
import type { SqlValue } from "./database.ts";
import { queriesFor } from "./queries.ts";
import { SqliteConnection } from "./sqlite-connection.ts";
import { prepareSqliteFile } from "./sqlite-file.ts";
import { storeOn } from "./store.ts";

const cluster = virtualClusterId("cluster");
const page = { after: { createdAtMs: 5, id: "x" }, limit: 10 };

/** A read, and the only ways in which it may touch tables: by these indexes, down to the columns that are sought. */
interface Expected {
  readonly read: (store: Store) => Promise<unknown>;
  readonly searches: readonly string[];
}

const byId = "job_runs USING INDEX sqlite_autoindex_job_runs_1 (id=?)";
const clusterById = "virtual_clusters USING INDEX sqlite_autoindex_virtual_clusters_1 (id=?)";
const owned = "owned USING INDEX sqlite_autoindex_virtual_clusters_1 (id=?)";
const from = "(created_at_ms,id)<(?,?)";

const byAge = "principals USING INDEX principals_by_age (account=? AND kind=?)";
const principals = (by: "age" | "name") => ({
  account: scope.account,
  workspace: null,
  kind: "user" as const,
  condition: null,
  order: { by, direction: "ascending" as const },
  offset: 10,
  limit: 10,
});

const READS: Record<string, Expected> = {
  "job runs": {
    read: (store) => store.jobRuns.list(scope, cluster, {}, page),
    searches: [
      `job_runs USING COVERING INDEX job_runs_newest (virtual_cluster_id=? AND ${from})`,
      owned,
      byId,
    ],
  },
  "job runs since": {
    read: (store) => store.jobRuns.list(scope, cluster, { createdAfterMs: 1 }, page),
    searches: [
      `job_runs USING COVERING INDEX job_runs_newest (virtual_cluster_id=? AND created_at_ms>? AND ${from})`,
      owned,
      byId,
    ],
  },
  "job runs in all states": {
    read: (store) => store.jobRuns.list(scope, cluster, { states: JOB_RUN_STATES }, page),
    searches: [
      `job_runs USING COVERING INDEX job_runs_newest_by_state (virtual_cluster_id=? AND state=? AND ${from})`,
      owned,
      byId,
    ],
  },
  "job runs of a name": {
    read: (store) => store.jobRuns.list(scope, cluster, { name: "n", createdBeforeMs: 3 }, page),
    searches: [
      "job_runs USING COVERING INDEX job_runs_newest_by_name (virtual_cluster_id=? AND name=? AND state=? AND created_at_ms<?)",
      owned,
      byId,
    ],
  },
  "counts of job runs": {
    read: (store) => store.jobRuns.count(cluster, ["PENDING", "RUNNING"], 7),
    searches: ["job_runs USING COVERING INDEX job_runs_newest_by_state (virtual_cluster_id=? AND state=?)"],
  },
  "virtual clusters that are being deleted": {
    read: (store) => store.virtualClusters.emptied(["PENDING"], 7),
    searches: ["job_runs USING COVERING INDEX job_runs_newest_by_state (virtual_cluster_id=? AND state=?)"],
  },
  "applications in line, past full queues": {
    read: async (store) => {
      const line = store.applications.inStates("n", ["accepted"], new Set(["a", "b", "c"]));
      for await (const { id } of line) assert.fail(id);
    },
    searches: [
      "applications USING COVERING INDEX applications_in_line (state=? AND node=?)",
      "applications USING INDEX sqlite_autoindex_applications_1 (id=?)",
    ],
  },
  "virtual clusters": {
    read: (store) => store.virtualClusters.list(scope, {}, page),
    searches: [
      `virtual_clusters USING COVERING INDEX virtual_clusters_newest (account=? AND region=? AND ${from})`,
      clusterById,
    ],
  },
  "virtual clusters in states": {
    read: (store) => store.virtualClusters.list(scope, { states: ["RUNNING", "ARRESTED"] }, page),
    searches: [
      `virtual_clusters USING COVERING INDEX virtual_clusters_newest_by_state (account=? AND region=? AND state=? AND ${from})`,
      clusterById,
    ],
  },
  "virtual clusters of an EKS cluster": {
    read: (store) => store.virtualClusters.list(scope, { eksClusterId: "e" }, page),
    searches: [
      `virtual_clusters USING COVERING INDEX virtual_clusters_newest_by_eks_cluster (account=? AND region=? AND eks_cluster_id=? AND state=? AND ${from})`,
      clusterById,
    ],
  },
  "the holder of a name": {
    read: (store) => store.virtualClusters.holdingName(scope, "n"),
    searches: ["virtual_clusters USING INDEX virtual_clusters_held_name (account=? AND region=? AND name=?)"],
  },
  "the holder of a namespace": {
    read: (store) => store.virtualClusters.holdingNamespace(scope, "e", "n"),
    searches: [
      "virtual_clusters USING INDEX virtual_clusters_held_namespace (account=? AND region=? AND eks_cluster_id=? AND namespace=?)",
    ],
  },
  "applications in states": {
    read: async (store) => {
      for await (const { id } of store.applications.inStates("n", ["running", "launching"])) assert.fail(id);
    },
    searches: [
      "applications USING COVERING INDEX applications_in_line (state=? AND node=?)",
      "applications USING INDEX sqlite_autoindex_applications_1 (id=?)",
    ],
  },
  "what a node's applications hold": {
    read: (store) => store.applications.heldBy("n"),
    searches: ["applications USING INDEX applications_in_line (state=? AND node=?)"],
  },
  "counts of applications": {
    read: (store) => store.applications.countByState(),
    searches: ["applications USING COVERING INDEX applications_in_line (state=?)"],
  },
  "due effects": {
    read: (store) => store.effects.due("n", 5, 10),
    searches: [
      "effects USING COVERING INDEX effects_due (node=? AND due_at_ms<?)",
      "effects USING INTEGER PRIMARY KEY (rowid=?)",
    ],
  },
  "the next due effect": {
    read: (store) => store.effects.nextDueAtMs("n"),
    searches: ["effects USING COVERING INDEX effects_due (node=?)"],
  },
  "events after a cursor": {
    read: (store) => store.events.after(scope.account, 7, 10),
    searches: ["events USING INDEX sqlite_autoindex_events_1 (account=? AND cursor>?)"],
  },
  "events of a subject": {
    read: (store) => store.events.of("s"),
    searches: ["events USING INDEX events_of_subject (subject_id=?)"],
  },
  "ended runs, oldest first": {
    read: (store) => store.retention.endedRuns(5, { id: jobRunId("r"), endedAtMs: 3 }, 10),
    searches: [
      "job_runs USING COVERING INDEX job_runs_by_end ((finished_at_ms,id)>(?,?) AND finished_at_ms<?)",
    ],
  },
  "aged client tokens": {
    read: (store) => store.retention.agedClientTokens(5, 10),
    searches: ["client_tokens USING INDEX client_tokens_by_age (created_at_ms<?)"],
  },
  "a page of an account's users by age": {
    read: (store) => store.principals.page(principals("age")),
    searches: [byAge],
  },
  "a page of an account's users by name": {
    read: (store) => store.principals.page(principals("name")),
    searches: [byAge, "principals USING INDEX principals_by_name (account=? AND kind=?)"],
  },
  "memberships on the way up": {
    read: (store) => store.principals.membershipsAbove([principalId("1")]),
    searches: ["group_members USING INDEX group_members_by_member (member_id=?)"],
  },
  "due mails": {
    read: (store) => store.outgoingMails.due(5, 7, 10),
    searches: [
      "outgoing_mails USING INDEX outgoing_mails_due (due_at_ms<?)",
      "outgoing_mails USING INDEX outgoing_mails_due (due_at_ms>?)",
    ],
  },
  "mails that could not be sent": {
    read: (store) => store.outgoingMails.failed(scope.account),
    searches: ["outgoing_mails USING INDEX outgoing_mails_failed (account=?)"],
  },
  "mails of a workspace that could not be sent": {
    read: (store) => store.outgoingMails.failed(scope.account, accountObjectId("7")),
    searches: ["outgoing_mails USING INDEX outgoing_mails_by_workspace (workspace_id=?)"],
  },
  "deliveries of an application": {
    read: (store) => store.logDeliveries.of(applicationId("a")),
    searches: ["log_deliveries USING INDEX sqlite_autoindex_log_deliveries_1 (application_id=?)"],
  },
};

/** A page costs the same at a thousand rows and at a million: every read seeks by an index, and sorts no table. */
describe("query plans of SQLite", () => {
  let directory: string;
  let connection: SqliteConnection;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "firesteel-plans-"));
    const file = join(directory, "firesteel.db");
    await prepareSqliteFile(file);
    connection = new SqliteConnection(file, { readOnly: true });
  });
  after(async () => {
    connection.close();
    await rm(directory, { recursive: true, force: true });
  });

  for (const [name, { read, searches }] of Object.entries(READS)) {
    it(name, async () => {
      const steps: string[] = [];
      const store = storeOn({
        queries: queriesFor("sqlite"),
        async read(query) {
          const { sql, parameters } = query.compile();
          // As in the store itself: columns hold text and integers only.
          const plan = connection.all(`explain query plan ${sql}`, parameters as readonly SqlValue[]);
          // https://sqlite.org/eqp.html: each row has a `detail`.
          steps.push(...plan.map((step) => (step as { detail: string }).detail));
          return [];
        },
        generation: () => null,
        write: () => Promise.reject(new Error("plans are of reads")),
        ping: () => Promise.resolve(),
        close: () => Promise.resolve(),
      });
      await read(store);
      const touched = new Set(steps.filter((step) => /^(SEARCH|SCAN)/.test(step)));
      // What the walks along indexes found is scanned: a page of each at most.
      for (const small of ["walk", "walks", "newest", "oldest", "due", "counted", "up"])
        touched.delete(`SCAN ${small}`);
      // An index of what is being deleted only.
      touched.delete("SCAN virtual_clusters USING INDEX virtual_clusters_terminating");
      assert.deepEqual(
        [...touched].sort(),
        searches.map((search) => `SEARCH ${search}`).sort(),
        steps.join("\n"),
      );
    });
  }
});
