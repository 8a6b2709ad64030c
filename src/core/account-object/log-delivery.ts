import { invalidParameter } from "../databricks-errors.ts";
import { DomainError } from "../errors.ts";
import type { AccountObjectId, WorkspaceId } from "../ids.ts";
import { checkMonth, monthOf } from "../month.ts";
import type { Limit } from "./ties.ts";

/** Where logs of one type are delivered to (databricks-account-api.md B12); the object's state is whether they are now. */
export interface LogDelivery {
  readonly type: LogType;
  readonly credentials: AccountObjectId;
  readonly storageConfiguration: AccountObjectId;
  /** What the keys of all files begin with, without a slash at either end; empty for none. */
  readonly pathPrefix: string;
  /** `YYYY-MM`: the first month of usage; null where none was given for audit logs, to which it means nothing. */
  readonly startMonth: string | null;
  /** Whose logs alone; null for those of the account and of all workspaces that it will ever have. */
  readonly workspaces: readonly WorkspaceId[] | null;
  /** What happened before is not delivered. */
  readonly enabledAtMs: number;
  readonly updatedAtMs: number;
  readonly outcome: DeliveryOutcome;
}

/** `log_delivery_status`: how the latest attempt ended. */
export interface DeliveryOutcome {
  readonly status: DeliveryStatus;
  readonly message: string;
  readonly attemptedAtMs: number | null;
  readonly succeededAtMs: number | null;
}

export const LOG_TYPES = ["BILLABLE_USAGE", "AUDIT_LOGS"] as const;
export type LogType = (typeof LOG_TYPES)[number];
export const OUTPUT_FORMATS = ["CSV", "JSON"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];
export const LOG_DELIVERY_STATES = ["ENABLED", "DISABLED"] as const;
export type LogDeliveryState = (typeof LOG_DELIVERY_STATES)[number];
export type DeliveryStatus = "CREATED" | "SUCCEEDED" | "USER_FAILURE" | "SYSTEM_FAILURE" | "NOT_FOUND";

/** The only format that each type has (databricks-account-api.md B12). */
export const FORMAT_OF: Readonly<Record<LogType, OutputFormat>> = {
  BILLABLE_USAGE: "CSV",
  AUDIT_LOGS: "JSON",
};

// The doc comments of LogDeliveryStatus in databricks-sdk-py's service/billing.py.
export const NO_ATTEMPT: DeliveryOutcome = {
  status: "CREATED",
  message: "There were no log delivery attempts since the config was created.",
  attemptedAtMs: null,
  succeededAtMs: null,
};
/** Of a configuration that was never enabled. */
export const NEVER_ENABLED: DeliveryOutcome = {
  ...NO_ATTEMPT,
  status: "NOT_FOUND",
  message: "The log delivery configuration is disabled.",
};

/** The document of a configuration that says how far a machine's deliveries are. */
export const progressName = (node: string) => `delivered-by:${node}`;

const MAX_NAME = 255;
const MAX_PREFIX_BYTES = 512;

/** Throws `INVALID_PARAMETER_VALUE` where a configuration cannot be so. */
export function checkLogDelivery(
  name: string,
  format: OutputFormat,
  { type, pathPrefix, startMonth }: LogDelivery,
): void {
  if (name.length > MAX_NAME) throw invalidParameter(`config_name: give at most ${MAX_NAME} characters.`);
  if (format !== FORMAT_OF[type])
    throw invalidParameter(
      `output_format: ${type} is delivered as ${FORMAT_OF[type]}; '${format}' is not possible.`,
    );
  checkPrefix(pathPrefix);
  if (startMonth !== null) checkMonth("delivery_start_time", startMonth);
}

/** A key of S3 that a folder can hold too: the whole key is this, a fixed part and a name. */
function checkPrefix(prefix: string): void {
  if (prefix === "") return;
  const parts = prefix.split("/");
  const isKey = parts.every((part) => part !== "" && part !== "." && part !== ".." && !part.includes("\0"));
  if (isKey && Buffer.byteLength(prefix) <= MAX_PREFIX_BYTES) return;
  throw invalidParameter(
    `delivery_path_prefix: '${prefix}' cannot begin an object's key: give up to ${MAX_PREFIX_BYTES} bytes without a slash at either end and without empty, '.' or '..' parts.`,
  );
}

/** The month from which usage is delivered, `YYYY-MM`. */
export function firstMonth({ startMonth }: LogDelivery, createdAtMs: number): string {
  return startMonth ?? monthOf(createdAtMs);
}

/** databricks-account-api.md B12: enabled ones of a type for the whole account, and for one workspace. */
const MAX_ENABLED = 2;

/** Of what an enabled configuration is one: all workspaces, or each of some. */
export function enabledFor({ type, workspaces }: LogDelivery): readonly Limit["kind"][] {
  const whose =
    workspaces === null ? ["the account"] : [...new Set(workspaces)].map((id) => `workspace ${id}`);
  return whose.map((each) => `enabled ${type} of ${each}`);
}

/** How many may be enabled at a time. */
export function enabledLimits(delivery: LogDelivery): readonly Omit<Limit, "scope">[] {
  return enabledFor(delivery).map((kind) => ({
    kind,
    max: MAX_ENABLED,
    exceeded: () =>
      new DomainError(
        "invalid",
        `There are ${MAX_ENABLED} ${kind.replace("enabled ", "enabled log delivery configurations for ")} already, which is the limit: disable one first.`,
        { code: "QUOTA_EXCEEDED" },
      ),
  }));
}
