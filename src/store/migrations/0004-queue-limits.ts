import type { Migration } from "./migration.ts";

/** Limits of virtual clusters, and what admission and deletion walk because of them. */
export const queueLimits: Migration = {
  number: 4,
  name: "queue-limits",
  statements: ({ text, integer }) => [
    `alter table virtual_clusters add column max_concurrent_job_runs ${integer}`,
    `alter table virtual_clusters add column max_in_queue_job_runs ${integer}`,
    `alter table applications add column queue_id ${text}`,
    // What has ended waits in no queue any more, and is most of the table.
    `update applications set queue_id = (select virtual_cluster_id from job_runs where job_runs.id = applications.owner_id)
      where state in ('accepted', 'launching', 'running')`,
    // Ends with the queue, so that a walk passes over the runs of full queues without reading their rows.
    "create index applications_in_line on applications (state, node, created_at_ms, id, queue_id)",
    "drop index applications_by_state",
    "create index virtual_clusters_terminating on virtual_clusters (created_at_ms, id) where state = 'TERMINATING'",
  ],
};
