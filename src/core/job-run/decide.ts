import {
  type Application,
  type ApplicationState,
  type Exit,
  type ExitCause,
  hasEnded,
} from "../application/application.ts";
import type { Grant } from "../application/spec.ts";
import type { DomainEvent } from "../events.ts";
import {
  type FailureReason,
  isActive,
  type JobRun,
  type JobRunState,
  STATE_DETAILS_MAX_CHARACTERS,
} from "./job-run.ts";

/** The state a job run shows for the state of its application, while nobody asked to cancel it. */
export const JOB_RUN_STATE_OF = {
  accepted: "PENDING",
  launching: "SUBMITTED",
  running: "RUNNING",
  succeeded: "COMPLETED",
  failed: "FAILED",
  killed: "CANCELLED",
} as const satisfies Record<ApplicationState, JobRunState>;

/** botocore's `FailureReason` for each way to end badly. */
const FAILURE_REASON_OF = {
  exited: "USER_ERROR",
  killed: "USER_ERROR",
  oom: "USER_ERROR",
  "launch-failed": "USER_ERROR",
  lost: "INTERNAL_ERROR",
  refused: "VALIDATION_ERROR",
  "insufficient-resources": "USER_ERROR",
  "start-timeout": "CLUSTER_UNAVAILABLE",
} as const satisfies Record<ExitCause, FailureReason>;

export interface JobRunDecision {
  readonly next: JobRun;
  readonly events: readonly DomainEvent[];
}

/**
 * Brings a job run in line with its application; null where nothing changes for the user. The run's state is a
 * function of the application's, and a run that has ended never changes again.
 */
export function reflectApplication(
  run: JobRun,
  application: Application,
  nowMs: number,
): JobRunDecision | null {
  if (!isActive(run.state)) return null;
  const mapped = JOB_RUN_STATE_OF[application.state];
  const cancelling = application.killReason === "cancelled" && isActive(mapped);
  const state = cancelling ? "CANCEL_PENDING" : mapped;
  const failed = state === "FAILED" ? failureOf(application) : null;
  const next: JobRun = {
    ...run,
    state,
    stateDetails: limit(failed?.details ?? detailsOf(application)),
    failureReason: failed?.reason ?? null,
    cancelRequestedAtMs: application.killReason === "cancelled" ? application.killRequestedAtMs : null,
    finishedAtMs: isActive(state) ? null : (application.exit?.atMs ?? nowMs),
  };
  if (next.state === run.state && next.stateDetails === run.stateDetails) return null;
  return { next, events: [jobRunChanged(run, next, nowMs)] };
}

export function jobRunChanged(before: JobRun | null, next: JobRun, nowMs: number): DomainEvent {
  const moved = before?.state !== next.state;
  return {
    account: next.account,
    region: next.region,
    subject: { kind: "job-run", id: next.id },
    type: moved ? "job-run.state-changed" : "job-run.changed",
    atMs: nowMs,
    detail: {
      virtualClusterId: next.virtualClusterId,
      from: before?.state ?? null,
      to: next.state,
      stateDetails: next.stateDetails,
      failureReason: next.failureReason,
    },
  };
}

function failureOf(application: Application): { reason: FailureReason; details: string } {
  const exit = application.exit;
  // The service's words for a run that stayed in SUBMITTED too long (emr-b.md 4.3 row 5), and what we know beside.
  if (application.killReason === "start-timeout") {
    const why = application.waitingFor;
    const details = why === null ? "cluster timeout" : `cluster timeout: ${why}`;
    return { reason: FAILURE_REASON_OF["start-timeout"], details };
  }
  if (exit === null)
    return { reason: "INTERNAL_ERROR", details: "Trouble monitoring your JobRun due to an internal error" };
  const details = [
    serviceWords(exit, application),
    describeExit(exit),
    application.grant?.substitution ?? null,
    describeLogProblem(application),
  ]
    .filter((part) => part !== null)
    .join(" ");
  return { reason: FAILURE_REASON_OF[exit.cause], details: withReference(details, application) };
}

/** The service's own words for a failure that it names (emr-b.md 4.2 rows 5 and 6, 4.3 row 4), before what we know. */
function serviceWords(exit: Exit, { runningAtMs, spec }: Application): string | null {
  if (exit.cause === "lost") {
    return runningAtMs === null
      ? "JobRun submission failed due to an internal error."
      : "Trouble monitoring your JobRun due to an internal error:";
  }
  if (exit.cause === "insufficient-resources") {
    return `Cluster ${spec.clusterName ?? "EKS"} does not have sufficient resources.`;
  }
  return null;
}

/** What the real service says of every failed driver; clients look for it. Ours says more, and says that first. */
const LOG_REFERENCE =
  "JobRun failed. Please refer logs uploaded to S3/CloudWatch based on your monitoring configuration.";

function withReference(details: string, { spec, admittedAtMs }: Application): string {
  const uploaded = admittedAtMs !== null && (spec.logs.s3Uri !== null || spec.logs.cloudWatch !== null);
  const longer = `${details} ${LOG_REFERENCE}`;
  return uploaded && longer.length <= STATE_DETAILS_MAX_CHARACTERS ? longer : details;
}

function describeExit(exit: Exit): string {
  const how =
    exit.signal !== null
      ? `The driver was ended by ${exit.signal}.`
      : exit.code !== null
        ? `The driver exited with code ${exit.code}.`
        : null;
  if (exit.summary !== null) return how === null ? exit.summary : `${exit.summary} (${how.slice(0, -1)})`;
  return how ?? "The driver ended without a record of how.";
}

/** What the user should know of a run that is waiting, granted less than asked, done, or done with incomplete logs. */
function detailsOf(application: Application): string | null {
  if (application.state === "accepted") return application.waitingFor;
  const parts = [
    describeSuccess(application),
    hasEnded(application.state) ? (application.exit?.summary ?? null) : null,
    describeGrant(application.grant),
    application.grant?.substitution ?? null,
    describeLogProblem(application),
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(" ");
}

/** The service's words, as answers recorded from it show them: `It ran for 41 Seconds`, without a full stop. */
function describeSuccess({
  state,
  exit,
  runningAtMs,
  admittedAtMs,
  createdAtMs,
}: Application): string | null {
  if (state !== "succeeded" || exit === null) return null;
  const ranMs = Math.max(exit.atMs - (runningAtMs ?? admittedAtMs ?? createdAtMs), 0);
  return `JobRun completed successfully. It ran for ${Math.round(ranMs / 1000)} Seconds`;
}

function describeLogProblem(application: Application): string | null {
  return application.logProblem === null ? null : `Logs are incomplete: ${application.logProblem}`;
}

function describeGrant(grant: Grant | null): string | null {
  if (grant === null) return null;
  const { asked, granted } = grant;
  const lessCores = granted.cores < asked.cores;
  const lessMemory = granted.memoryBytes < asked.memoryBytes;
  if (!lessCores && !lessMemory) return null;
  const parts = [
    ...(lessCores ? [`${granted.cores} of ${asked.cores} cores`] : []),
    ...(lessMemory ? [`${gibibytes(granted.memoryBytes)} of ${gibibytes(asked.memoryBytes)} of memory`] : []),
  ];
  return `Granted ${parts.join(" and ")} asked: this machine has no more.`;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** Within the model's limit, and without what no database or JSON can hold: NUL, and halves of a character. */
function limit(text: string | null): string | null {
  if (text === null) return null;
  const clean = text.replaceAll("\0", "\ufffd").toWellFormed();
  if (clean.length <= STATE_DETAILS_MAX_CHARACTERS) return clean;
  return `${clean.slice(0, STATE_DETAILS_MAX_CHARACTERS - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
