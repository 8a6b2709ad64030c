import { request } from "node:http";
import { join } from "node:path";
import type { ApplicationId } from "../../core/ids.ts";
import type { Pages, PagesAddress, PagesLocation, SparkApplicationIds } from "../../core/ports/pages.ts";
import { eventLogIds, linkEventLogs, unlinkRemoved } from "./event-logs.ts";
import { listeningPorts, sharesNetwork } from "./listening-ports.ts";
import { isAlive } from "./process-identity.ts";
import { readExitRecord, readStartedRecord } from "./records.ts";
import { exists } from "./run-directory.ts";
import { runPaths } from "./run-paths.ts";
import { PORT_RETRIES, readUiAccess, UI_SECRET_HEADER } from "./ui-access.ts";

/** How long an answer holds: a page asks for dozens of files at once. */
const REMEMBERED_MS = 1_000;
const MOST_REMEMBERED = 1_000;
/** The kernel's table of sockets is read in pieces: one that others change meanwhile may lack an entry. */
const LOOKS = 3;
const PROBE_TIMEOUT_MS = 5_000;
const HOST = "127.0.0.1";

const OFF = "It has no pages to show: they were off when it was started.";
const APART =
  "Its pages are in a network of its own (setting engine.process.network): open them once it has ended.";

/**
 * The pages of what the process engine runs. A port counts only while the kernel says that the application's own JVM
 * listens on it: nothing that a job writes or prints can lead the server elsewhere.
 */
export class RunPages implements Pages {
  readonly #runsDirectory: string;
  readonly #remembered = new Map<ApplicationId, { untilMs: number; location: Promise<PagesLocation> }>();

  constructor(runsDirectory: string) {
    this.#runsDirectory = runsDirectory;
  }

  locate(tag: ApplicationId): Promise<PagesLocation> {
    const now = performance.now();
    const known = this.#remembered.get(tag);
    if (known !== undefined && known.untilMs > now) return known.location;
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
    const location = this.#locate(join(this.#runsDirectory, tag));
    this.#remembered.set(tag, { untilMs: now + REMEMBERED_MS, location });
    return location;
  }

  async recorded(application: ApplicationId): Promise<SparkApplicationIds> {
    const from = await this.#endedDirectory(application);
    return from === null ? null : eventLogIds(runPaths(from).eventLogs);
  }

  async present(historyServer: ApplicationId, application: ApplicationId): Promise<SparkApplicationIds> {
    const from = await this.#endedDirectory(application);
    if (from === null) return null;
    const to = runPaths(join(this.#runsDirectory, historyServer)).history;
    return linkEventLogs(runPaths(from).eventLogs, to);
  }

  async answers(tag: ApplicationId, apiPath: string): Promise<boolean> {
    const location = await this.locate(tag);
    return location.kind === "open" && answersJson(location.address, apiPath);
  }

  async withdraw(historyServer: ApplicationId): Promise<void> {
    await unlinkRemoved(runPaths(join(this.#runsDirectory, historyServer)).history);
  }

  /** Null where it is gone. */
  async #endedDirectory(application: ApplicationId): Promise<string | null> {
    const directory = join(this.#runsDirectory, application);
    if (!(await exists(directory))) return null;
    if ((await readExitRecord(runPaths(directory).exit)) === null)
      throw new Error(`${application} has not ended: its event log is still being written.`);
    return directory;
  }

  async #locate(runDirectory: string): Promise<PagesLocation> {
    const paths = runPaths(runDirectory);
    if (!(await exists(runDirectory))) return { kind: "starting" };
    // Whoever asks learns of its end in a moment.
    if ((await readExitRecord(paths.exit)) !== null) return { kind: "starting" };
    const access = await readUiAccess(runDirectory);
    if (access === null) return { kind: "none", reason: OFF };
    const started = await readStartedRecord(paths.started);
    if (started === null) return { kind: "starting" };
    const { driverPid, driverStartTime } = started;
    const port = await portOf(driverPid, access.port);
    if (port === "apart") return { kind: "none", reason: APART };
    // Asked last: what was read of a process that is gone may be another's.
    if (port === null || !(await isAlive(driverPid, driverStartTime))) return { kind: "starting" };
    const headers = { [UI_SECRET_HEADER]: access.secret };
    return { kind: "open", address: { host: HOST, port, headers } };
  }
}

/** The process's port at or behind the first; elsewhere than on Linux only the first, unproven. */
async function portOf(pid: number, first: number): Promise<number | "apart" | null> {
  if (process.platform !== "linux") return first;
  try {
    if (!(await sharesNetwork(pid))) return "apart";
    for (let look = 0; look < LOOKS; look += 1) {
      const [port] = await listeningPorts(pid, first, first + PORT_RETRIES);
      if (port !== undefined) return port;
    }
    return null;
  } catch (error) {
    // It ended meanwhile.
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH"))
      return null;
    throw error;
  }
}

/** Whether there is such an answer, in time. */
function answersJson({ host, port, headers }: PagesAddress, path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const asked = request({ host, port, path, headers, timeout: PROBE_TIMEOUT_MS, agent: false }, (answer) => {
    answer.resume();
    const type = answer.headers["content-type"] ?? "";
    resolve(answer.statusCode === 200 && type.startsWith("application/json"));
  });
  asked.on("timeout", () => asked.destroy());
  asked.on("error", () => resolve(false));
  asked.on("close", () => resolve(false));
  asked.end();
  return promise;
}
