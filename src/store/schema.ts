import type { Generated } from "kysely";
import type { AccessKey } from "../core/access/access-key.ts";
import type { Application } from "../core/application/application.ts";
import type { Effect } from "../core/effects.ts";
import type { DomainEvent } from "../core/events.ts";
import type { AccountId, Region } from "../core/ids.ts";
import type { JobRun } from "../core/job-run/job-run.ts";
import type { ClientToken, LogDelivery } from "../core/ports/store.ts";
import type { VirtualCluster } from "../core/virtual-cluster/virtual-cluster.ts";
import type { AccountSchema } from "./account-schema.ts";
import type { JsonText } from "./json-text.ts";

/**
 * The tables as the newest migration leaves them. Columns hold text and integers only, on both databases: JSON is
 * text, times are milliseconds since 1970 in UTC. Every row carries its account and, in the AWS dialects, its region.
 */
export interface Schema extends AccountSchema {
  virtual_clusters: VirtualClusterTable;
  job_runs: JobRunTable;
  applications: ApplicationTable;
  client_tokens: ClientTokenTable;
  access_keys: AccessKeyTable;
  buckets: BucketTable;
  effects: EffectTable;
  events: EventTable;
  event_counters: EventCounterTable;
  log_deliveries: LogDeliveryTable;
  firesteel_migrations: MigrationTable;
  /** In SQLite only, written by triggers: see `migrations/rare-changes.ts`. */
  rare_changes: { readonly number: number };
}

interface ScopeColumns {
  account: AccountId;
  region: Region;
}

export interface VirtualClusterTable extends ScopeColumns {
  id: VirtualCluster["id"];
  name: string;
  state: VirtualCluster["state"];
  eks_cluster_id: string;
  namespace: string;
  tags: JsonText<VirtualCluster["tags"]>;
  created_at_ms: number;
  terminated_at_ms: number | null;
  max_concurrent_job_runs: number | null;
  max_in_queue_job_runs: number | null;
  version: number;
}

export interface JobRunTable extends ScopeColumns {
  id: JobRun["id"];
  virtual_cluster_id: JobRun["virtualClusterId"];
  /** The request's name once more, for the list's filter. */
  name: string | null;
  request: JsonText<JobRun["request"]>;
  client_token: string;
  created_by: string;
  state: JobRun["state"];
  state_details: string | null;
  failure_reason: JobRun["failureReason"];
  cancel_requested_at_ms: number | null;
  tags: JsonText<JobRun["tags"]>;
  created_at_ms: number;
  finished_at_ms: number | null;
  version: number;
}

export interface ApplicationTable extends ScopeColumns {
  id: Application["id"];
  owner_kind: Application["owner"]["kind"];
  owner_id: string;
  node: string;
  engine: string;
  queue_id: string | null;
  spec: JsonText<Application["spec"]>;
  state: Application["state"];
  waiting_for: string | null;
  resource_grant: JsonText<NonNullable<Application["grant"]>> | null;
  kill_requested_at_ms: number | null;
  kill_reason: Application["killReason"];
  exit: JsonText<NonNullable<Application["exit"]>> | null;
  log_problem: string | null;
  created_at_ms: number;
  admitted_at_ms: number | null;
  running_at_ms: number | null;
  ended_at_ms: number | null;
  version: number;
}

export interface ClientTokenTable extends ScopeColumns {
  operation: string;
  token: string;
  request_hash: ClientToken["requestHash"];
  resource_id: string;
  created_at_ms: number;
}

export interface AccessKeyTable {
  id: AccessKey["id"];
  account: AccountId;
  principal_arn: string;
  encrypted_secret: string;
  state: AccessKey["state"];
  created_at_ms: number;
  version: number;
}

export interface BucketTable {
  name: string;
  account: AccountId;
  created_at_ms: number;
}

export interface EffectTable extends ScopeColumns {
  /** The order of making. */
  sequence: Generated<number>;
  id: Effect["id"];
  kind: Effect["kind"];
  application_id: Effect["application"];
  node: string;
  attempts: number;
  due_at_ms: number;
  created_at_ms: number;
  last_error: string | null;
}

export interface EventTable extends ScopeColumns {
  cursor: number;
  subject_kind: DomainEvent["subject"]["kind"];
  subject_id: string;
  type: string;
  at_ms: number;
  detail: JsonText<DomainEvent["detail"]>;
}

/** The cursor of an account's newest event. Its row lock puts an account's commits in one order. */
export interface EventCounterTable {
  account: AccountId;
  last_cursor: number;
}

export interface LogDeliveryTable extends ScopeColumns {
  application_id: LogDelivery["application"];
  container: LogDelivery["container"];
  stream: LogDelivery["stream"];
  sink: LogDelivery["sink"];
  source_bytes: number;
  sink_bytes: number;
}

export interface MigrationTable {
  number: number;
  name: string;
  applied_at_ms: number;
}
