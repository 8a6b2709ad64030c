import type { ColumnTypes, Migration } from "./migration.ts";

export const firstTables: Migration = {
  number: 1,
  name: "first-tables",
  statements: (types) => [...tables(types), ...INDEXES],
};

function tables({ text, integer, sequence, tableOptions }: ColumnTypes): string[] {
  return [
    `create table virtual_clusters (
      id ${text} not null primary key,
      account ${text} not null,
      region ${text} not null,
      name ${text} not null,
      state ${text} not null,
      eks_cluster_id ${text} not null,
      namespace ${text} not null,
      tags ${text} not null,
      created_at_ms ${integer} not null,
      terminated_at_ms ${integer},
      version ${integer} not null
    ) ${tableOptions}`,
    `create table job_runs (
      id ${text} not null primary key,
      account ${text} not null,
      region ${text} not null,
      virtual_cluster_id ${text} not null references virtual_clusters (id),
      name ${text},
      request ${text} not null,
      client_token ${text} not null,
      created_by ${text} not null,
      state ${text} not null,
      state_details ${text},
      failure_reason ${text},
      cancel_requested_at_ms ${integer},
      tags ${text} not null,
      created_at_ms ${integer} not null,
      finished_at_ms ${integer},
      version ${integer} not null
    ) ${tableOptions}`,
    `create table applications (
      id ${text} not null primary key,
      account ${text} not null,
      region ${text} not null,
      owner_kind ${text} not null,
      owner_id ${text} not null,
      node ${text} not null,
      engine ${text} not null,
      spec ${text} not null,
      state ${text} not null,
      waiting_for ${text},
      resource_grant ${text},
      kill_requested_at_ms ${integer},
      kill_reason ${text},
      exit ${text},
      log_problem ${text},
      created_at_ms ${integer} not null,
      admitted_at_ms ${integer},
      running_at_ms ${integer},
      ended_at_ms ${integer},
      version ${integer} not null
    ) ${tableOptions}`,
    `create table client_tokens (
      account ${text} not null,
      region ${text} not null,
      operation ${text} not null,
      token ${text} not null,
      request_hash ${text} not null,
      resource_id ${text} not null,
      created_at_ms ${integer} not null,
      primary key (account, region, operation, token)
    ) ${tableOptions}`,
    `create table access_keys (
      id ${text} not null primary key,
      account ${text} not null,
      principal_arn ${text} not null,
      encrypted_secret ${text} not null,
      state ${text} not null,
      created_at_ms ${integer} not null,
      version ${integer} not null
    ) ${tableOptions}`,
    `create table buckets (
      name ${text} not null primary key,
      account ${text} not null,
      created_at_ms ${integer} not null
    ) ${tableOptions}`,
    // The sequence is the order of making: two effects of one commit may share their millisecond.
    `create table effects (
      sequence ${sequence},
      id ${text} not null unique,
      account ${text} not null,
      region ${text} not null,
      kind ${text} not null,
      application_id ${text} not null references applications (id),
      node ${text} not null,
      attempts ${integer} not null,
      due_at_ms ${integer} not null,
      created_at_ms ${integer} not null,
      last_error ${text}
    ) ${tableOptions}`,
    `create table event_counters (
      account ${text} not null primary key,
      last_cursor ${integer} not null
    ) ${tableOptions}`,
    `create table events (
      account ${text} not null,
      region ${text} not null,
      cursor ${integer} not null,
      subject_kind ${text} not null,
      subject_id ${text} not null,
      type ${text} not null,
      at_ms ${integer} not null,
      detail ${text} not null,
      primary key (account, cursor)
    ) ${tableOptions}`,
    `create table log_deliveries (
      application_id ${text} not null references applications (id),
      container ${text} not null,
      stream ${text} not null,
      sink ${text} not null,
      account ${text} not null,
      region ${text} not null,
      source_bytes ${integer} not null,
      sink_bytes ${integer} not null,
      primary key (application_id, container, stream, sink)
    ) ${tableOptions}`,
  ];
}

// The states that hold a name are written out: a migration says the same for ever, whatever core says later.
const HOLDS_ITS_NAME = "state in ('RUNNING', 'TERMINATING', 'ARRESTED')";

/** One index per shape of a list, so that a page is a seek and a walk of its own length. */
const INDEXES = [
  `create unique index virtual_clusters_held_name
    on virtual_clusters (account, region, name) where ${HOLDS_ITS_NAME}`,
  `create unique index virtual_clusters_held_namespace
    on virtual_clusters (account, region, eks_cluster_id, namespace) where ${HOLDS_ITS_NAME}`,
  `create index virtual_clusters_newest on virtual_clusters (account, region, created_at_ms, id)`,
  `create index virtual_clusters_newest_by_state on virtual_clusters (account, region, state, created_at_ms, id)`,
  `create index virtual_clusters_newest_by_eks_cluster
    on virtual_clusters (account, region, eks_cluster_id, state, created_at_ms, id)`,
  `create index job_runs_newest on job_runs (virtual_cluster_id, created_at_ms, id)`,
  `create index job_runs_newest_by_state on job_runs (virtual_cluster_id, state, created_at_ms, id)`,
  `create index job_runs_newest_by_name
    on job_runs (virtual_cluster_id, name, state, created_at_ms, id) where name is not null`,
  `create index applications_by_state on applications (state, node, created_at_ms, id)`,
  `create index effects_due on effects (node, due_at_ms, sequence)`,
  `create index events_of_subject on events (subject_id, cursor)`,
];
