import { type Application, hasEnded } from "../core/application/application.ts";
import type { SparkDriverSpec } from "../core/application/spec.ts";
import { DomainError, invalid } from "../core/errors.ts";
import { type ApplicationId, applicationIdOf, type JobRunId, jobRunId, type Scope } from "../core/ids.ts";
import type { JobRun } from "../core/job-run/job-run.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Pages, PagesAddress } from "../core/ports/pages.ts";
import type { Store } from "../core/ports/store.ts";
import type { CallContext } from "./emr-containers.ts";
import type { HistoryServers } from "./history-servers.ts";
import type { UiSession, UiSessions } from "./ui-sessions.ts";

/** What an engine needs to have for its applications' pages to be shown. */
export interface ApplicationUiParts {
  readonly store: Pick<Store, "jobRuns" | "applications">;
  readonly pages: Pages;
  readonly historyServers: HistoryServers;
  readonly sessions: UiSessions;
  /** Should not jump. */
  readonly steady: Clock;
}

/** Where a run's pages are now. */
export type UiPlace =
  | { readonly kind: "live"; readonly address: PagesAddress }
  | {
      readonly kind: "history";
      readonly address: PagesAddress;
      /** Ids under which Spark knows the run, the latest first; the history server shows other runs too. */
      readonly sparkApplicationIds: readonly [string, ...string[]];
    }
  /** Not yet; `reason` says what for. */
  | { readonly kind: "waiting"; readonly reason: string };

export interface ApplicationUi {
  readonly id: string;
  /** Why its pages are not there yet; null where they are. */
  readonly waitingFor: string | null;
}

/** What the persistent application UIs of Amazon EMR's API may ask, and what the pages themselves do. */
export interface ApplicationUiUseCases {
  /** @param targetArn of a job run, or of its virtual cluster with the run's id beside it */
  createUi(context: CallContext, targetArn: string, run: string | null): Promise<{ readonly id: string }>;
  describeUi(context: CallContext, id: string): Promise<ApplicationUi>;
  /** A token that opens the pages, or null where they are not there yet. */
  openUi(context: CallContext, id: string): Promise<string | null>;
  /** The session that a token opens, and its cookie; null where the token is worth nothing (any more). */
  redeem(token: string): ReturnType<UiSessions["redeem"]>;
  session(id: string, cookie: string | null): UiSession | null;
  endSession(id: string): void;
  /** Where a session's pages are. Throws a DomainError where there are none. */
  placeOf(session: UiSession): Promise<UiPlace>;
}

const PREFIX = "p-";
const STARTING = "Spark is starting.";
const REMEMBERED_MS = 3_000;
const MOST_REMEMBERED = 1_000;

/**
 * Persistent application UIs. One belongs to a job run and its id says which: it holds nothing of its own, so there is
 * nothing to store and nothing to delete. Throws DomainErrors of kind `invalid` that name the run and the reason.
 */
export function applicationUiUseCases(parts: ApplicationUiParts): ApplicationUiUseCases {
  const { sessions, steady } = parts;
  const remembered = new Map<JobRunId, { place: UiPlace; untilMs: number }>();
  return {
    async createUi({ scope }, targetArn, run) {
      const { id } = await runOfTarget(parts, scope, targetArn, run);
      return { id: PREFIX + id };
    },
    async describeUi({ scope }, id) {
      return { id, waitingFor: await waitingFor(parts, await runOfUi(parts, scope, id)) };
    },
    async openUi({ scope, caller }, id) {
      const run = await runOfUi(parts, scope, id);
      if ((await waitingFor(parts, run)) !== null) return null;
      return sessions.issue({ scope, run: run.id, accessKeyId: caller.accessKeyId });
    },
    redeem: (token) => sessions.redeem(token),
    session: (id, cookie) => sessions.find(id, cookie),
    endSession: (id) => sessions.end(id),
    async placeOf({ scope, run }) {
      const known = remembered.get(run);
      parts.historyServers.touch(scope.account);
      if (known !== undefined && known.untilMs > steady.now()) return known.place;
      remembered.delete(run);
      const place = await placeOf(parts, await ownRun(parts, scope, run, `Job run ${run} doesn't exist.`));
      // A page asks for dozens of files at once. What lives is asked for each time: it may end.
      if (place.kind === "history") {
        if (remembered.size >= MOST_REMEMBERED) remembered.clear();
        remembered.set(run, { place, untilMs: steady.now() + REMEMBERED_MS });
      }
      return place;
    },
  };
}

const VIRTUAL_CLUSTER =
  /^arn:aws:emr-containers:([a-z0-9-]+):(\d{12}):\/virtualclusters\/([0-9a-z]+)(?:\/jobruns\/([0-9a-z]+))?$/;

async function runOfTarget(
  parts: ApplicationUiParts,
  scope: Scope,
  targetArn: string,
  run: string | null,
): Promise<JobRun> {
  const [, region, account, cluster, ofArn] = VIRTUAL_CLUSTER.exec(targetArn) ?? [];
  const id = ofArn ?? run;
  if (cluster === undefined || id === null || (ofArn !== undefined && run !== null && run !== ofArn))
    throw invalid(
      "TargetResourceArn must be that of a virtual cluster of EMR on EKS with EMRContainersConfig.JobRunId, or that of a job run.",
    );
  const missing = `Job run ${id} of ${targetArn} doesn't exist.`;
  if (region !== scope.region || account !== scope.account) throw invalid(missing);
  const found = await ownRun(parts, scope, jobRunId(id), missing);
  if (found.virtualClusterId !== cluster) throw invalid(missing);
  await placeOfDriver(parts, found);
  return found;
}

function runOfUi(parts: ApplicationUiParts, scope: Scope, id: string): Promise<JobRun> {
  const run = id.startsWith(PREFIX) ? id.slice(PREFIX.length) : "";
  return ownRun(parts, scope, jobRunId(run), `Persistent app UI ${id} doesn't exist.`);
}

async function ownRun(
  { store }: ApplicationUiParts,
  { account, region }: Scope,
  id: JobRunId,
  missing: string,
): Promise<JobRun> {
  const run = await store.jobRuns.byId(id);
  if (run === null || run.account !== account || run.region !== region) throw invalid(missing);
  return run;
}

/** Why a browser would find nothing yet; null where it finds the run's pages. */
async function waitingFor(parts: ApplicationUiParts, run: JobRun): Promise<string | null> {
  const place = await placeOf(parts, run);
  if (place.kind === "waiting") return place.reason;
  const isThere = place.kind === "history" || (await parts.pages.answers(applicationIdOf(run.id, 1), API));
  return isThere ? null : STARTING;
}

const API = "/api/v1/applications";
const apiOf = (sparkApplicationId: string) => `${API}/${encodeURIComponent(sparkApplicationId)}`;

async function placeOf(parts: ApplicationUiParts, run: JobRun): Promise<UiPlace> {
  const { application, spec } = await placeOfDriver(parts, run);
  if (application.exit !== null || hasEnded(application.state))
    return placeInHistory(parts, run, application, spec);
  if (application.state === "accepted")
    return { kind: "waiting", reason: application.waitingFor ?? `Job run ${run.id} has not started yet.` };
  const location = await parts.pages.locate(application.id);
  switch (location.kind) {
    case "open":
      return { kind: "live", address: location.address };
    case "starting":
      return { kind: "waiting", reason: STARTING };
    case "none":
      throw invalid(`Job run ${run.id} cannot be looked at while it runs: ${location.reason}`);
  }
}

/** Throws where the run keeps no pages. */
async function placeOfDriver(
  { store }: ApplicationUiParts,
  run: JobRun,
): Promise<{ application: Application; spec: SparkDriverSpec }> {
  const application = await store.applications.get(applicationIdOf(run.id, 1));
  if (application === null) throw new DomainError("internal", `Job run ${run.id} has no application.`);
  const { spec } = application;
  if (spec.kind === "history-server")
    throw new DomainError("internal", `Job run ${run.id} is a history server.`);
  if (!spec.eventLog)
    throw invalid(
      `Job run ${run.id} has no application UI: it was started with monitoringConfiguration.persistentAppUI DISABLED.`,
    );
  return { application, spec };
}

async function placeInHistory(
  parts: ApplicationUiParts,
  run: JobRun,
  application: Application,
  spec: SparkDriverSpec,
): Promise<UiPlace> {
  const { pages, historyServers } = parts;
  if (application.admittedAtMs === null)
    throw invalid(`Job run ${run.id} has no application UI: its driver was never started.`);
  const [latest, ...others] = await recorded(pages, application.id, run.id);
  const server = await historyServers.of(run, spec.runtime.sparkVersion);
  if (server?.state !== "running")
    return { kind: "waiting", reason: "The account's history server is starting." };
  await pages.present(server.id, application.id);
  const location = await pages.locate(server.id);
  if (location.kind !== "open" || !(await pages.answers(server.id, apiOf(latest))))
    return { kind: "waiting", reason: "The account's history server is reading the run's event log." };
  return { kind: "history", address: location.address, sparkApplicationIds: [latest, ...others] };
}

async function recorded(
  pages: Pages,
  application: ApplicationId,
  run: JobRunId,
): Promise<[string, ...string[]]> {
  const ids = await pages.recorded(application);
  const none = `Job run ${run} has no application UI`;
  if (ids === null)
    throw invalid(
      `${none} any more: its event log was removed with its directory (setting retention.runDirectoriesDays).`,
    );
  const [latest, ...others] = ids;
  if (latest === undefined)
    throw invalid(
      `${none}: its driver wrote no Spark event log where this server keeps them. It ended before Spark started, or its settings say otherwise (spark.eventLog.enabled, spark.eventLog.dir).`,
    );
  return [latest, ...others];
}
