import { constants } from "node:fs";
import { access, mkdir, readdir } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import type { ApplicationSpec, RuntimeRequirement } from "../../core/application/spec.ts";
import { type ApplicationId, applicationId } from "../../core/ids.ts";
import type { Clock } from "../../core/ports/clock.ts";
import {
  type Engine,
  type EngineProcess,
  LaunchError,
  type LaunchRequest,
  LOG_CONTAINERS,
  type LogChunk,
  type LogContainer,
  type LogStream,
  type Observation,
} from "../../core/ports/engine.ts";
import type { InstalledRuntime } from "../../core/ports/runtimes.ts";
import { ChangeFeed } from "./change-feed.ts";
import { commandOf } from "./commands.ts";
import type { DriverCommand, ExecutorFiles } from "./driver-command.ts";
import { executorNumbers, executorsOf } from "./executor-records.ts";
import { reportExit, reportLost } from "./exit-report.ts";
import { Isolation, type IsolationSettings } from "./isolation.ts";
import { logFile, readChunks, readTail, releasePieces } from "./log-files.ts";
import { isAlive } from "./process-identity.ts";
import {
  type LaunchRecord,
  readExitRecord,
  readLaunchRecord,
  readStartedRecord,
  readSupervisorRecord,
  writeRecord,
} from "./records.ts";
import { removeLeftovers, removeRunDirectory } from "./remove-run.ts";
import { createRunDirectory, exists } from "./run-directory.ts";
import { runPaths } from "./run-paths.ts";
import { endStragglers, signalIfAlive } from "./stragglers.ts";
import { startSupervisor } from "./supervisor-process.ts";
import { newUiAccess } from "./ui-access.ts";

const SUPERVISOR_ERROR_BYTES = 2000;

export interface ProcessEngineOptions {
  /** Holds one directory a run. No other server may use it. */
  readonly runsDirectory: string;
  /** The server's data directory; marks every driver's environment. */
  readonly instance: string;
  /** Folder with one folder a bucket. */
  readonly bucketsDirectory: string;
  /** Folder that answers for every bucket named `*.elasticmapreduce`. */
  readonly samplesDirectory: string;
  /** Path of `drivers/supervisor/supervise.py`. */
  readonly supervisorScript: string;
  /** Jars that go before Spark's; without one, `s3://` addresses do not work. */
  readonly helperJars: readonly string[];
  /** Folders of this machine that `file://` addresses may name. */
  readonly fileRoots: readonly string[];
  /** Variables that drivers get from the server, such as proxies. */
  readonly passEnvironment: Readonly<Record<string, string>>;
  /** The jar that starts executors as processes; without one the driver does their work. */
  readonly executorJar?: string;
  /** Whether drivers have web pages, which the server shows to their owners. */
  readonly showPages?: boolean;
  /** The class data archive of a runtime, where one has been made. */
  readonly classArchiveOf?: (runtime: InstalledRuntime) => string | null;
  /** Throws {@link LaunchError} where the runtime cannot be had. */
  readonly resolveRuntime: (requirement: RuntimeRequirement) => Promise<InstalledRuntime>;
  /** What drivers see and may take; without it they are ordinary processes of the server's user, without limits. */
  readonly isolation?: IsolationSettings;
  /** How often running applications are looked at for hints. */
  readonly pollIntervalMs: number;
  readonly clock: Clock;
}

/**
 * Runs each application as a process of this machine, under a supervisor that outlives the server. All that is known
 * of a run is in its directory, so that an engine made later on the same directory knows it too.
 */
export class ProcessEngine implements Engine {
  readonly name = "process";
  readonly #options: ProcessEngineOptions;
  readonly #feed: ChangeFeed;
  readonly #isolation: Isolation;
  readonly #launches = new Map<ApplicationId, Promise<void>>();
  #runsDirectory: Promise<string | undefined> | null = null;
  #leftovers: Promise<void> | null = null;

  constructor(options: ProcessEngineOptions) {
    this.#options = options;
    this.#feed = new ChangeFeed(this, options.pollIntervalMs);
    this.#isolation = new Isolation(options.isolation ?? null, options.supervisorScript);
  }

  async launch(request: LaunchRequest): Promise<void> {
    const { tag } = request;
    const underWay = this.#launches.get(tag);
    if (underWay !== undefined) return underWay;
    const launch = this.#launch(request).finally(() => this.#launches.delete(tag));
    this.#launches.set(tag, launch);
    return launch;
  }

  async observe(tag: ApplicationId): Promise<Observation> {
    const runDirectory = this.#directory(tag);
    try {
      await this.#prepare();
      return await this.#observe(tag, runDirectory);
    } catch (error) {
      return { kind: "unreachable", reason: error instanceof Error ? error.message : String(error) };
    }
  }

  async *list(): AsyncIterable<ApplicationId> {
    await this.#prepare();
    for (const entry of await readdir(this.#options.runsDirectory, { withFileTypes: true })) {
      if (entry.isDirectory() && !entry.name.startsWith(".")) yield applicationId(entry.name);
    }
  }

  /** Whether it has no exit record yet. */
  async mayBeAlive(tag: ApplicationId): Promise<boolean> {
    return !(await exists(runPaths(this.#directory(tag)).exit));
  }

  changes(signal: AbortSignal): AsyncIterable<ApplicationId> {
    return this.#feed.listen(signal);
  }

  async kill(tag: ApplicationId, graceMs: number): Promise<void> {
    const runDirectory = this.#directory(tag);
    const paths = runPaths(runDirectory);
    if (!(await exists(runDirectory)) || (await readExitRecord(paths.exit)) !== null) return;
    // Written first: a supervisor that starts now finds it, one that runs is told by the signal to look.
    await writeRecord(paths.kill, { graceMs });
    const supervisor = await readSupervisorRecord(paths.supervisor);
    if (supervisor === null) return this.#supervise(tag, runDirectory);
    if (await isAlive(supervisor.pid, supervisor.startTime)) signalIfAlive(supervisor.pid, "SIGTERM");
  }

  logs(
    tag: ApplicationId,
    container: LogContainer,
    stream: LogStream,
    offset: number,
  ): AsyncIterable<LogChunk> {
    return readChunks(logFile(this.#directory(tag), container, stream), offset);
  }

  async containers(tag: ApplicationId): Promise<readonly LogContainer[]> {
    const numbers = await executorNumbers(this.#directory(tag));
    return [...LOG_CONTAINERS, ...numbers.map((number): LogContainer => `executor-${number}`)];
  }

  async releaseLogs(
    tag: ApplicationId,
    container: LogContainer,
    stream: LogStream,
    offset: number,
  ): Promise<void> {
    const runDirectory = this.#directory(tag);
    const { launch } = runPaths(runDirectory);
    if (!(await exists(launch))) return;
    const { rotation, limits } = await readLaunchRecord(launch);
    if (rotation === undefined) return;
    const kept = { files: rotation.files, logBytes: limits?.logBytes ?? null };
    await releasePieces(logFile(runDirectory, container, stream), offset, kept);
  }

  async processes(): Promise<EngineProcess[]> {
    const processes: EngineProcess[] = [];
    for await (const tag of this.list()) {
      const paths = runPaths(this.#directory(tag));
      const supervisor = await readSupervisorRecord(paths.supervisor);
      // It lives on for a moment once it has recorded the end.
      if (supervisor !== null && (await isAlive(supervisor.pid, supervisor.startTime))) {
        processes.push({ tag, pid: supervisor.pid, role: "supervisor" });
      }
      if (await exists(paths.exit)) continue;
      const started = await readStartedRecord(paths.started);
      if (started !== null && (await isAlive(started.driverPid, started.driverStartTime))) {
        processes.push({ tag, pid: started.driverPid, role: "driver" });
      }
      for (const { process } of await executorsOf(this.#directory(tag))) {
        if (process !== null && (await isAlive(process.pid, process.startTime)))
          processes.push({ tag, pid: process.pid, role: "executor" });
      }
    }
    return processes;
  }

  async remove(tag: ApplicationId): Promise<void> {
    const observation = await this.observe(tag);
    if (observation.kind !== "exited" && observation.kind !== "not-found")
      throw new Error(`${tag} has not ended: it is ${observation.kind}.`);
    this.#leftovers ??= removeLeftovers(this.#options.runsDirectory).catch((error: unknown) => {
      this.#leftovers = null;
      throw error;
    });
    await this.#leftovers;
    await removeRunDirectory(this.#directory(tag));
  }

  async #launch(request: LaunchRequest): Promise<void> {
    const runDirectory = this.#directory(request.tag);
    await this.#prepare();
    if (!(await exists(runDirectory))) {
      const runtime = await this.#options.resolveRuntime(request.spec.runtime);
      const command = await this.#command(request, runtime, runDirectory);
      const { argv, env, files } = command;
      const isolation = await this.#isolation.of(request, {
        ...this.#options,
        runtime,
        runDirectory,
        files: this.#filesOf(runtime, command),
      });
      const { sandbox, limits } = isolation;
      const log = [...command.log, ...isolation.notes];
      const cwd = runPaths(runDirectory).work;
      const { kind } = request.spec;
      const staged = command.staged === undefined ? {} : { staged: command.staged };
      const launch = { kind, python: runtime.python, argv, env, cwd, log, sandbox, limits, ...staged };
      await createRunDirectory(runDirectory, { ...launch, ...outputsOf(request.spec, command) }, files);
    }
    await this.#supervise(request.tag, runDirectory);
  }

  async #command(
    request: LaunchRequest,
    runtime: InstalledRuntime,
    runDirectory: string,
  ): Promise<DriverCommand> {
    const { instance, helperJars, passEnvironment, fileRoots } = this.#options;
    const executors = this.#executorFiles();
    await requireProgram(join(runtime.javaHome, "bin", "java"), runtime);
    await requireProgram(runtime.python, runtime);
    return commandOf({
      request,
      spec: request.spec,
      runtime,
      runDirectory,
      settings: {
        instance,
        helperJars,
        fileRoots,
        passEnvironment,
        user: userInfo().username,
        buckets:
          helperJars.length === 0
            ? null
            : { root: this.#options.bucketsDirectory, samples: this.#options.samplesDirectory },
        classArchive: this.#options.classArchiveOf?.(runtime) ?? null,
        ...(executors === null ? {} : { executors }),
        addedFilesScript: this.#addedFilesScript,
        ui: this.#hasPages(request) ? await newUiAccess() : null,
        platform: process.platform,
      },
    });
  }

  /** The helper jars bring what keeps others out of the pages. */
  #hasPages({ spec }: LaunchRequest): boolean {
    const { showPages = false, helperJars } = this.#options;
    return helperJars.length > 0 && (showPages || spec.kind === "history-server");
  }

  get #addedFilesScript(): string {
    return join(dirname(this.#options.supervisorScript), "added_files.py");
  }

  /** Files of the server's that a command with this runtime names. */
  #filesOf(runtime: InstalledRuntime, { addsFiles = false }: DriverCommand): string[] {
    const archive = this.#options.classArchiveOf?.(runtime) ?? null;
    const executors = this.#executorFiles();
    return [
      ...this.#options.helperJars,
      ...(archive === null ? [] : [archive]),
      ...(executors === null ? [] : [executors.jar, executors.script]),
      ...(addsFiles ? [this.#addedFilesScript] : []),
    ];
  }

  #executorFiles(): ExecutorFiles | null {
    const { executorJar, supervisorScript } = this.#options;
    if (executorJar === undefined) return null;
    return { jar: executorJar, script: join(dirname(supervisorScript), "executor.py") };
  }

  /** Sees to it that the run has, or had, its one supervisor. */
  async #supervise(tag: ApplicationId, runDirectory: string): Promise<void> {
    const paths = runPaths(runDirectory);
    if (!(await exists(paths.supervisor)) && !(await exists(paths.exit))) {
      const launch = await readLaunchRecord(paths.launch);
      const program = { python: launch.python, script: this.#options.supervisorScript };
      await startSupervisor(program, runDirectory, () => void this.#feed.look(tag));
      if (!(await exists(paths.supervisor))) {
        const stderr = await readTail(logFile(runDirectory, "submitter", "stderr"), SUPERVISOR_ERROR_BYTES);
        throw new Error(`The supervisor of ${tag} ended before it started: ${stderr.trim()}`);
      }
    }
    await this.#feed.add(tag);
  }

  async #observe(tag: ApplicationId, runDirectory: string): Promise<Observation> {
    const paths = runPaths(runDirectory);
    const exit = await readExitRecord(paths.exit);
    if (exit !== null) return reportExit(runDirectory, exit);
    const supervisor = await readSupervisorRecord(paths.supervisor);
    if (supervisor === null) {
      if (await exists(runDirectory))
        return { kind: "starting", reason: "The supervisor has not started yet." };
      // Sure of that only where the runs are there to be seen.
      await access(this.#options.runsDirectory);
      return { kind: "not-found" };
    }
    if (await isAlive(supervisor.pid, supervisor.startTime)) {
      return (await exists(paths.started))
        ? { kind: "running" }
        : { kind: "starting", reason: "The supervisor is starting the driver." };
    }
    // The record may have been written between the first look and the supervisor's end.
    const late = await readExitRecord(paths.exit);
    if (late !== null) return reportExit(runDirectory, late);
    await endStragglers(this.#options.instance, tag, await readStartedRecord(paths.started));
    return reportLost(this.#options.clock.now());
  }

  async #prepare(): Promise<void> {
    // Once only: a directory that disappears later must not look like one without runs.
    this.#runsDirectory ??= mkdir(this.#options.runsDirectory, { recursive: true, mode: 0o700 });
    await this.#runsDirectory;
  }

  #directory(tag: ApplicationId): string {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(tag))
      throw new LaunchError(`'${tag}' cannot name a run's directory.`);
    return join(this.#options.runsDirectory, tag);
  }
}

/** What the supervisor does about outputs beside the driver's own, whole ones. */
function outputsOf(
  spec: ApplicationSpec,
  { executors }: DriverCommand,
): Pick<LaunchRecord, "rotation" | "executors" | "eventLogFiles"> {
  const { logs } = spec;
  const eventLogRotation = spec.kind === "history-server" ? undefined : spec.eventLogRotation;
  return {
    ...(logs.rotation === undefined ? {} : { rotation: logs.rotation }),
    ...(executors === true ? { executors } : {}),
    ...(eventLogRotation === undefined ? {} : { eventLogFiles: eventLogRotation.files }),
  };
}

async function requireProgram(path: string, runtime: InstalledRuntime): Promise<void> {
  try {
    await access(path, constants.X_OK);
  } catch (error) {
    throw new LaunchError(`The runtime ${runtime.name} is incomplete: ${path} cannot be executed.`, {
      cause: error,
    });
  }
}
