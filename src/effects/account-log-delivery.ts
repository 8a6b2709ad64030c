import type { AccountObject } from "../core/account-object/account-object.ts";
import { type DeliveryOutcome, firstMonth, progressName } from "../core/account-object/log-delivery.ts";
import { accountObjectChange } from "../core/account-object/ties.ts";
import { USAGE_CSV } from "../core/billable-usage.ts";
import type { AccountObjectId } from "../core/ids.ts";
import type { Json } from "../core/json.ts";
import { dayOf, monthOf, monthsBetween } from "../core/month.ts";
import { CutShortError } from "../core/ports/append.ts";
import type { AuditTrail } from "../core/ports/audit.ts";
import { BucketError, type Buckets } from "../core/ports/buckets.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Cloud } from "../core/ports/cloud.ts";
import { StaleVersionError, type Store } from "../core/ports/store.ts";
import { joinKey } from "../core/s3-uri.ts";
import { auditLogFiles } from "./audit-log-files.ts";

export interface AccountLogDelivererParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly cloud: Cloud;
  readonly buckets: Buckets;
  readonly trail: AuditTrail;
  /** Whose audit records these are: each machine delivers its own. */
  readonly node: string;
  readonly intervalMs: number;
  /** Ends what is under way between two pieces; the rest is for the next server. */
  readonly stopping: AbortSignal;
  /** Told of a delivery that failed for another reason than its configuration; it is tried again when it is due next. */
  readonly onError: (configuration: AccountObjectId, error: unknown) => void;
}

type Configuration = AccountObject<"log-delivery">;

/** How far this machine's deliveries of a configuration are: stored, so that a server that was killed goes on there. */
interface Progress {
  readonly attemptedAtMs: number | null;
  readonly failed: boolean;
  /** Bytes of each day's audit records that are delivered, or were looked at and are not for it. */
  readonly days: Readonly<Record<string, number>>;
  /** The last month of which usage was delivered. */
  readonly month: string | null;
}

const NO_PROGRESS: Progress = { attemptedAtMs: null, failed: false, days: {}, month: null };

const DAY_MS = 24 * 60 * 60 * 1000;
/** Of audit records at a time: what is in memory, and about the size of the largest file. */
const PIECE_BYTES = 8 * 1024 * 1024;

/**
 * Delivers audit logs and usage to the buckets of log delivery configurations (databricks-account-api.md B12). A piece
 * of the audit records is written, then how far that is is stored. Killed in between, the next server writes the same
 * piece, with what came since, in the place of the first: the vendor has exactly-once in this way too
 * (https://docs.gcp.databricks.com/administration-guide/account-settings-gcp/audit-logs.html, "New JSON files
 * potentially overwrite existing files").
 */
export class AccountLogDeliverer {
  readonly #parts: AccountLogDelivererParts;

  constructor(parts: AccountLogDelivererParts) {
    this.#parts = parts;
  }

  /** Delivers what is due; never beside itself. */
  async run(): Promise<void> {
    const enabled = await this.#parts.store.accountObjects.inStates("log-delivery", ["ENABLED"]);
    for (const configuration of enabled) {
      try {
        const delivery = new Delivery(this.#parts, configuration, await this.#progressOf(configuration));
        if (delivery.isDue()) await delivery.attempt();
      } catch (error) {
        if (this.#parts.stopping.aborted) return;
        // Somebody changed the configuration meanwhile: the next round looks at what it is now.
        if (!(error instanceof StaleVersionError)) this.#parts.onError(configuration.id, error);
      }
    }
  }

  async #progressOf({ id }: Configuration): Promise<{ progress: Progress; version: number }> {
    const stored = await this.#parts.store.settings.get(id, progressName(this.#parts.node));
    // Only `Delivery` writes under that name.
    const progress = stored === null ? NO_PROGRESS : (stored.body as unknown as Progress);
    return { progress, version: stored?.version ?? 0 };
  }
}

/** One attempt, with what it stores as it goes. */
class Delivery {
  readonly #parts: AccountLogDelivererParts;
  readonly #configuration: Configuration;
  #progress: Progress;
  #version: number;

  constructor(
    parts: AccountLogDelivererParts,
    configuration: Configuration,
    { progress, version }: { readonly progress: Progress; readonly version: number },
  ) {
    this.#parts = parts;
    this.#configuration = configuration;
    this.#progress = progress;
    this.#version = version;
  }

  /** Usage is delivered once a day (databricks-sdk-py, service/billing.py, LogDeliveryAPI), audit logs at the interval. */
  isDue(): boolean {
    const { type, enabledAtMs } = this.#configuration.body;
    const { attemptedAtMs, failed } = this.#progress;
    const { intervalMs, clock } = this.#parts;
    const daily = type === "BILLABLE_USAGE" && attemptedAtMs !== null && !failed;
    const waits = daily ? Math.max(DAY_MS, intervalMs) : intervalMs;
    return clock.now() >= Math.max(attemptedAtMs ?? 0, enabledAtMs) + waits;
  }

  async attempt(): Promise<void> {
    const nowMs = this.#parts.clock.now();
    const failure = await this.#deliver(nowMs);
    const { outcome } = this.#configuration.body;
    const attempted: DeliveryOutcome =
      failure === null
        ? {
            status: "SUCCEEDED",
            message: "The latest attempt of log delivery has succeeded completely.",
            attemptedAtMs: nowMs,
            succeededAtMs: nowMs,
          }
        : { ...failure, attemptedAtMs: nowMs, succeededAtMs: outcome.succeededAtMs };
    const { body } = this.#configuration;
    await this.#store({ attemptedAtMs: nowMs, failed: failure !== null }, { ...body, outcome: attempted });
  }

  /** What kept the delivery from being complete; null where nothing did. */
  async #deliver(nowMs: number): Promise<Pick<DeliveryOutcome, "status" | "message"> | null> {
    const { account, id, body } = this.#configuration;
    const { accountObjects } = this.#parts.store;
    const credentials = await accountObjects.get(account, "credentials", body.credentials);
    const storage = await accountObjects.get(account, "storage-configuration", body.storageConfiguration);
    // An enabled configuration keeps both: it was disabled meanwhile.
    if (credentials === null || storage === null)
      throw new StaleVersionError(`log delivery configuration ${id} has lost what it needs`);
    try {
      const { cloud } = this.#parts;
      const role = await cloud.checkCredentials({ credentials });
      const check = role.failure === null ? await cloud.checkStorage({ storage, region: null }) : role;
      if (check.failure !== null) return { status: "USER_FAILURE", message: check.failure };
      const { bucketName } = storage.body;
      // Where nobody has said which buckets there are, one that is missing is made: on this machine that is a folder.
      await this.#parts.buckets.create(bucketName);
      if (body.type === "AUDIT_LOGS") await this.#deliverAuditLogs(bucketName);
      else await this.#deliverUsage(bucketName, nowMs);
      return null;
    } catch (error) {
      if (error instanceof StaleVersionError || this.#parts.stopping.aborted) throw error;
      if (error instanceof BucketError) return { status: "USER_FAILURE", message: error.message };
      this.#parts.onError(id, error);
      return {
        status: "SYSTEM_FAILURE",
        message: "The latest attempt of log delivery failed; the server's log says why.",
      };
    }
  }

  async #deliverAuditLogs(bucket: string): Promise<void> {
    const { trail } = this.#parts;
    const days = await trail.days();
    const firstDay = dayOf(this.#configuration.body.enabledAtMs);
    for (const day of days.filter((each) => each >= firstDay)) {
      while (await this.#deliverPiece(bucket, day));
    }
    // What retention removed need not be remembered.
    const known = Object.entries(this.#progress.days).filter(([day]) => days.includes(day));
    this.#progress = { ...this.#progress, days: Object.fromEntries(known) };
  }

  /** Answers whether there may be more of that day. */
  async #deliverPiece(bucket: string, day: string): Promise<boolean> {
    const { trail, buckets, node, stopping } = this.#parts;
    stopping.throwIfAborted();
    const reached = this.#progress.days[day] ?? 0;
    const { startByte, piece } = await trail
      .read(day, reached, PIECE_BYTES)
      .then((found) => ({ startByte: reached, piece: found }))
      .catch(async (error: unknown) => {
        if (!(error instanceof CutShortError)) throw error;
        // Another file has the day's name by now, and all of it is new.
        return { startByte: 0, piece: await trail.read(day, 0, PIECE_BYTES) };
      });
    if (piece.lines.length === 0) return false;
    for (const { key, body } of auditLogFiles(this.#configuration, { node, day, startByte }, piece))
      await buckets.put(bucket, key, Buffer.from(body));
    await this.#store({ days: { ...this.#progress.days, [day]: piece.endByte } });
    // What has come since is for the next time: a busy server adds to it for ever.
    return !piece.isLast;
  }

  /**
   * A file a workspace and month that it was there, each time as a whole; months that were over at the last delivery
   * are complete.
   */
  async #deliverUsage(bucket: string, nowMs: number): Promise<void> {
    const { account, body, createdAtMs } = this.#configuration;
    const { store, buckets, stopping } = this.#parts;
    const thisMonth = monthOf(nowMs);
    const first = this.#progress.month ?? firstMonth(body, createdAtMs);
    const workspaces = await store.accountObjects.list(account, "workspace");
    for (const { id, createdAtMs: madeAtMs } of workspaces) {
      if (body.workspaces !== null && !body.workspaces.includes(id)) continue;
      // Months sort as their texts do.
      const [, from = first] = [first, monthOf(madeAtMs)].sort();
      for (const month of monthsBetween(from, thisMonth)) {
        stopping.throwIfAborted();
        const key = joinKey(body.pathPrefix, `billable-usage/csv/workspaceId=${id}-usageMonth=${month}.csv`);
        await buckets.put(bucket, key, Buffer.from(USAGE_CSV));
      }
    }
    this.#progress = { ...this.#progress, month: thisMonth };
  }

  async #store(progress: Partial<Progress>, body?: Configuration["body"]): Promise<void> {
    const { store, node } = this.#parts;
    const next: Progress = { ...this.#progress, ...progress };
    const { id: owner } = this.#configuration;
    const row = {
      owner,
      name: progressName(node),
      body: next as unknown as Json, // of numbers, texts and truth values
      version: this.#version,
    };
    await store.commit([
      { kind: "setting", row },
      ...(body === undefined ? [] : [accountObjectChange({ ...this.#configuration, body })]),
    ]);
    this.#progress = next;
    this.#version += 1;
  }
}
