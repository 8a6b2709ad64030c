import type { AccessKey } from "../access/access-key.ts";
import type { Application, ApplicationState } from "../application/application.ts";
import type { Resources } from "../application/spec.ts";
import type { Effect } from "../effects.ts";
import type { DomainEvent, StoredEvent } from "../events.ts";
import type {
  AccessKeyId,
  AccountId,
  ApplicationId,
  EffectId,
  JobRunId,
  Scope,
  VirtualClusterId,
} from "../ids.ts";
import type { JobRun, JobRunState } from "../job-run/job-run.ts";
import type { VirtualCluster, VirtualClusterState } from "../virtual-cluster/virtual-cluster.ts";
import type { AccountChange, AccountStore } from "./account-store.ts";
import type { LogContainer, LogStream } from "./engine.ts";

/** Somebody committed between the load and the commit: load again, decide again. */
export class StaleVersionError extends Error {
  override readonly name = "StaleVersionError";
}

/** A unique value (client token, active name or namespace) was taken between the check and the commit. */
export class DuplicateError extends Error {
  override readonly name = "DuplicateError";
}

/** The answer that a client token stands for, per account, region and operation. */
export interface ClientToken extends Scope {
  readonly operation: string;
  readonly token: string;
  /** SHA-256 of the request's canonical JSON. */
  readonly requestHash: string;
  readonly resourceId: string;
  readonly createdAtMs: number;
}

/** What tells one client token from all others. */
export type ClientTokenKey = Pick<ClientToken, "account" | "region" | "operation" | "token">;

/** A run that has ended, with the applications that it owned and the nodes that these ran on. */
export interface EndedRun {
  readonly id: JobRunId;
  readonly endedAtMs: number;
  readonly applications: readonly { readonly id: ApplicationId; readonly node: string }[];
}

export type LogSink = "s3" | "cloudwatch";

/** How far one stream has been delivered to one sink. */
export interface LogDelivery {
  readonly application: ApplicationId;
  readonly container: LogContainer;
  readonly stream: LogStream;
  readonly sink: LogSink;
  /** Bytes of the stream that the sink holds. */
  readonly sourceBytes: number;
  /** Size of the sink's object or stream file after them. */
  readonly sinkBytes: number;
}

/**
 * One write of a commit. A row with `version` n is written only over a stored version n, as version n + 1
 * (n = 0 inserts).
 */
export type Change =
  | AccountChange
  | { readonly kind: "virtual-cluster"; readonly row: VirtualCluster }
  /** Writes nothing, but fails as stale where the cluster has another version by now. */
  | { readonly kind: "virtual-cluster-unchanged"; readonly id: VirtualClusterId; readonly version: number }
  /**
   * Writes nothing, but fails as stale where the cluster has `limit` or more job runs in these states by now, those of
   * this commit not counted. Commits that hold it, and the cluster's row changed or unchanged, come one after another.
   */
  | {
      readonly kind: "job-runs-below";
      readonly cluster: VirtualClusterId;
      readonly states: readonly JobRunState[];
      readonly limit: number;
    }
  | { readonly kind: "job-run"; readonly row: JobRun }
  | { readonly kind: "application"; readonly row: Application }
  | { readonly kind: "access-key"; readonly row: AccessKey }
  /** Does nothing where the key is gone already. */
  | { readonly kind: "access-key-deleted"; readonly id: AccessKeyId }
  | { readonly kind: "client-token"; readonly row: ClientToken }
  | {
      readonly kind: "bucket";
      readonly name: string;
      readonly account: AccountId;
      readonly createdAtMs: number;
    }
  | { readonly kind: "event"; readonly event: DomainEvent }
  | { readonly kind: "effect"; readonly effect: Effect }
  | { readonly kind: "effect-done"; readonly id: EffectId }
  | {
      readonly kind: "effect-failed";
      readonly id: EffectId;
      readonly attempts: number;
      readonly dueAtMs: number;
      readonly error: string;
    }
  | { readonly kind: "log-delivery"; readonly row: LogDelivery }
  /**
   * Removes a run that has ended, with its applications, deliveries, effects and client token; its id is never given
   * again. Does nothing to a run that has not ended.
   */
  | { readonly kind: "job-run-removed"; readonly id: JobRunId }
  /** Removes a history server that has ended; its id is never given again. Does nothing to any other application. */
  | { readonly kind: "history-server-removed"; readonly id: ApplicationId }
  | { readonly kind: "client-token-removed"; readonly key: ClientTokenKey }
  /** Later events go on from the cursor that was reached. */
  | { readonly kind: "events-removed"; readonly account: AccountId; readonly throughCursor: number }
  /** From now on these applications, and what is to be done to them, are those of another node. */
  | { readonly kind: "node-renamed"; readonly from: string; readonly to: string };

/** Where a page starts: after the row with these values, in the list's order. */
export interface PageCursor {
  readonly createdAtMs: number;
  readonly id: string;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Null where this is the last page. */
  readonly next: PageCursor | null;
}

export interface PageRequest {
  readonly after: PageCursor | null;
  readonly limit: number;
}

export interface VirtualClusterFilter {
  readonly eksClusterId?: string;
  readonly createdAfterMs?: number;
  readonly createdBeforeMs?: number;
  readonly states?: readonly VirtualClusterState[];
}

export interface JobRunFilter {
  readonly name?: string;
  readonly createdAfterMs?: number;
  readonly createdBeforeMs?: number;
  readonly states?: readonly JobRunState[];
}

/**
 * Everything that must survive. Reads see every commit that was answered before them. Lists run newest first
 * (`createdAtMs`, then `id`, both descending). Every adapter passes `test/contract/store.ts`.
 */
export interface Store extends AccountStore {
  /**
   * Writes all changes in one durable transaction, or none.
   * Throws {@link StaleVersionError} or {@link DuplicateError}.
   */
  commit(changes: readonly Change[]): Promise<void>;

  /**
   * Another number after each commit that has changed anything but runs and what belongs to them (applications, client
   * tokens, effects, events, deliveries of logs): at once after one of this process's that was answered, and of another
   * process's in the turn of the event loop that follows. Null where that takes a question to another machine.
   */
  generation(): number | null;

  readonly virtualClusters: {
    get(scope: Scope, id: VirtualClusterId): Promise<VirtualCluster | null>;
    /** The cluster that holds this name, or this namespace of an EKS cluster. */
    holdingName(scope: Scope, name: string): Promise<VirtualCluster | null>;
    holdingNamespace(scope: Scope, eksClusterId: string, namespace: string): Promise<VirtualCluster | null>;
    list(scope: Scope, filter: VirtualClusterFilter, page: PageRequest): Promise<Page<VirtualCluster>>;
    /** Clusters of every scope that are TERMINATING and have no run in these states. */
    emptied(activeStates: readonly JobRunState[], limit: number): Promise<readonly VirtualCluster[]>;
  };
  readonly jobRuns: {
    get(scope: Scope, cluster: VirtualClusterId, id: JobRunId): Promise<JobRun | null>;
    byId(id: JobRunId): Promise<JobRun | null>;
    list(
      scope: Scope,
      cluster: VirtualClusterId,
      filter: JobRunFilter,
      page: PageRequest,
    ): Promise<Page<JobRun>>;
    /** How many of a cluster's runs are in these states; counts no further than to `most`. */
    count(cluster: VirtualClusterId, states: readonly JobRunState[], most?: number): Promise<number>;
  };
  readonly applications: {
    get(id: ApplicationId): Promise<Application | null>;
    /**
     * A node's applications in these states, oldest first, read in bounded pieces. Those of the queues in `passedOver` are
     * left out; it is read before each piece, so that what is added on the way is left out from the next one on.
     */
    inStates(
      node: string,
      states: readonly ApplicationState[],
      passedOver?: ReadonlySet<string>,
    ): AsyncIterable<Application>;
    /**
     * What a node's runs hold of its machine: granted, and not known to have exited. History servers are not among
     * them: what they take is the server's own.
     */
    heldBy(node: string): Promise<Resources>;
    countByState(): Promise<Readonly<Record<ApplicationState, number>>>;
  };
  readonly clientTokens: { get(scope: Scope, operation: string, token: string): Promise<ClientToken | null> };
  readonly accessKeys: {
    get(id: AccessKeyId): Promise<AccessKey | null>;
    list(): Promise<readonly AccessKey[]>;
  };
  /** Names of buckets are global; each has one owning AWS account. */
  readonly buckets: { owner(name: string): Promise<AccountId | null> };
  readonly effects: {
    /** A node's effects that are due, in the order of their making. */
    due(node: string, nowMs: number, limit: number): Promise<readonly Effect[]>;
    /** What is to be done to an application, in the order of its making. */
    of(application: ApplicationId): Promise<readonly Effect[]>;
    /** When the next one of this node falls due; null where there is none. */
    nextDueAtMs(node: string): Promise<number | null>;
  };
  readonly events: {
    /** Events of an account after a cursor, in commit order. */
    after(account: AccountId, cursor: number, limit: number): Promise<readonly StoredEvent[]>;
    of(subjectId: string): Promise<readonly StoredEvent[]>;
  };
  /** What is old enough to go: see `src/effects/retention.ts`. */
  readonly retention: {
    /** Runs that ended before a time, longest ended first, from after a run of an earlier answer on. */
    endedRuns(
      beforeMs: number,
      after: Pick<EndedRun, "id" | "endedAtMs"> | null,
      limit: number,
    ): Promise<readonly EndedRun[]>;
    /**
     * For each account that has events from before a time: how many of its oldest `limit` those are, and the last one's
     * cursor.
     */
    agedEvents(
      beforeMs: number,
      limit: number,
    ): Promise<
      readonly { readonly account: AccountId; readonly throughCursor: number; readonly count: number }[]
    >;
    /** Client tokens first used before a time, oldest first. */
    agedClientTokens(beforeMs: number, limit: number): Promise<readonly ClientTokenKey[]>;
  };
  readonly logDeliveries: { of(application: ApplicationId): Promise<readonly LogDelivery[]> };

  /** Resolves once the store can answer; throws a message for the operator where it cannot. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
