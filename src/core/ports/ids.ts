import type { EffectId, JobRunId, PrincipalId, VirtualClusterId, WorkspaceId } from "../ids.ts";

/** Fresh ids, injected. An id is never given twice. */
export interface Ids {
  /** 25 characters of `[0-9a-z]`, as the service makes them. */
  virtualCluster(): VirtualClusterId;
  /** 19 characters of `[0-9a-z]` that sort by the time of their making. */
  jobRun(): JobRunId;
  /** `spark-` and 32 hexadecimal digits, as Spark on Kubernetes names its applications. */
  sparkApplication(): string;
  effect(): EffectId;
  /** 15 decimal digits, as SCIM's ids are: below 2^53, since some clients read them as numbers. */
  principal(): PrincipalId;
  /** 15 decimal digits: below 2^53. */
  workspace(): WorkspaceId;
  /** A UUID, for requests, events and audit records. */
  uuid(): string;
}
