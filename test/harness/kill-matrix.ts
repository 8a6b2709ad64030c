import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { applicationId } from "../../src/core/ids.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import { waitFor } from "../support/wait-for.ts";
import type { WaitingDrivers } from "./drivers.ts";
import type { KillableServer } from "./killable-server.ts";
import type { FinalState, MatrixRun, Remains, WindowCase } from "./window-cases.ts";

/** One kill, and what the store and the disk said between it and the next start. */
export interface Hit {
  readonly window: string;
  readonly run: string;
  readonly drivers: string;
  readonly stored: string;
  readonly onDisk: string;
  readonly end: FinalState;
}

const ENDED: readonly string[] = ["COMPLETED", "FAILED", "CANCELLED"];
/** States in the order in which a run may go through them. */
const WAY = ["PENDING", "SUBMITTED", "RUNNING", "CANCEL_PENDING", ...ENDED];

/** Kills a server in its windows, starts it again, and checks that every run is what it should be. */
export class KillMatrix {
  readonly server: KillableServer;
  readonly #drivers: WaitingDrivers;
  readonly #timeoutMs: number;
  readonly #expected = new Map<string, { readonly run: MatrixRun; readonly end: FinalState }>();
  readonly #call: KillableServer["call"];
  readonly #persistent: boolean;
  #cluster = "";
  #names = 0;

  /** @param persistent whether a call that gets no answer is made again until it gets one, by the next server maybe */
  constructor(server: KillableServer, drivers: WaitingDrivers, timeoutMs: number, persistent = false) {
    this.server = server;
    this.#drivers = drivers;
    this.#timeoutMs = timeoutMs;
    this.#persistent = persistent;
    this.#call = (method, path, body) =>
      persistent
        ? waitFor(`an answer to ${method} ${path}`, timeoutMs, () =>
            server.call(method, path, body).catch(() => null),
          )
        : server.call(method, path, body);
  }

  /** The runs that were started so far. */
  get runs(): number {
    return this.#expected.size;
  }

  async start(): Promise<void> {
    await this.#drivers.prepare(this.server.dataDir);
    await this.server.start();
    const cluster = {
      name: "matrix",
      clientToken: "matrix",
      containerProvider: { type: "EKS", id: "eks", info: { eksInfo: { namespace: "matrix" } } },
    };
    const { body } = await this.#call("POST", "/virtualclusters", cluster);
    this.#cluster = String(body.id);
  }

  newName(): string {
    this.#names += 1;
    return `run-${this.#names}`;
  }

  /** Starts a run whose driver waits; it must end in this state. */
  async startRun(end: FinalState, name = this.newName()): Promise<MatrixRun> {
    const request = {
      name,
      clientToken: `token of ${name}`,
      executionRoleArn: "arn:aws:iam::123456789012:role/job",
      releaseLabel: "emr-7.7.0-latest",
      jobDriver: this.#drivers.jobDriver(name),
      configurationOverrides: {
        monitoringConfiguration: { s3MonitoringConfiguration: { logUri: "s3://logs/matrix" } },
      },
    };
    const { status, body } = await this.#call("POST", this.#path(), request);
    assert.equal(status, 200, JSON.stringify(body));
    const run = { name, id: String(body.id), request };
    assert.ok(!this.#expected.has(run.id), `the id ${run.id} was given twice`);
    this.#expected.set(run.id, { run, end });
    return run;
  }

  async cancel(run: MatrixRun): Promise<void> {
    const { status, body } = await this.#call("DELETE", `${this.#path()}/${run.id}`);
    // Where the first answer was lost, the second may find the run ended.
    assert.ok(status === 200 || (this.#persistent && status === 400), JSON.stringify(body));
  }

  letGo(run: Pick<MatrixRun, "name" | "id">): Promise<void> {
    return this.#drivers.letGo(this.server.dataDir, run.name, run.id);
  }

  async #describe(run: MatrixRun): Promise<{ state: string; stateDetails?: string }> {
    const { body } = await this.#call("GET", `${this.#path()}/${run.id}`);
    return Object(body.jobRun);
  }

  reaches(run: MatrixRun, state: string): Promise<true> {
    return waitFor(`${run.name} (${run.id}) to be ${state}`, this.#timeoutMs, async () => {
      const now = await this.#describe(run);
      if (now.state !== state && ENDED.includes(now.state))
        throw new Error(`${run.name} (${run.id}) is ${now.state}: ${now.stateDetails}`);
      return now.state === state;
    });
  }

  /** One kill in one window, and everything that follows from it up to the run's end. */
  async hit(windowCase: WindowCase): Promise<Hit> {
    const { window, end } = windowCase;
    const { windows } = this.server;
    if (window !== null) await windows.hold(window);
    const run = await this.startRun(end);
    await windowCase.approach(this, run);
    if (window !== null) await windows.reached(window, this.#timeoutMs);
    await this.server.kill();
    await windows.open();
    const remains = await this.#remainsOf(run);
    windowCase.prove(remains);
    const pid = await this.#driverPid(run);

    await this.server.start();
    const again = await this.#call("POST", this.#path(), run.request);
    assert.equal(again.body.id, run.id, "the token stands for its run");
    if (end === "COMPLETED") {
      await this.reaches(run, windowCase.window === "before-exit" ? "COMPLETED" : "RUNNING");
      if (pid !== null && windowCase.window !== "before-exit")
        assert.equal(await this.#driverPid(run), pid, "the driver ran on");
      await this.letGo(run);
    }
    await this.reaches(run, end);
    const { application, files } = remains;
    return {
      window: windowCase.name,
      run: run.id,
      drivers: this.#drivers.name,
      stored: `${application.state}${application.killReason === null ? "" : ", asked to end"}`,
      onDisk:
        ["kill.json", "started.json", "exit.json"].filter((name) => files.has(name)).join(", ") || "nothing",
      end,
    };
  }

  /** After all kills, with no server running: nothing is lost, doubled or untrue. */
  async verify(): Promise<void> {
    await this.#withStore(async (store) => {
      for (const [id, { run, end }] of this.#expected) {
        const changes = (await store.events.of(id)).filter(({ type }) => type.endsWith(".state-changed"));
        const ofRun = changes.filter(({ subject }) => subject.kind === "job-run");
        const went = ofRun.map(({ detail }) => String(Object(detail).to));
        assert.deepEqual(
          went,
          went.toSorted((a, b) => WAY.indexOf(a) - WAY.indexOf(b)),
          `${run.name} went back`,
        );
        assert.equal(new Set(went).size, went.length, `${run.name} was twice in a state: ${went}`);
        assert.equal(went.at(-1), end, `${run.name} (${id}) went ${went}`);
        const launches = changes.filter(({ detail }) => Object(detail).to === "launching");
        assert.ok(launches.length <= 1, `${run.name} was decided to launch ${launches.length} times`);
        await this.#verifyOnDisk(run, end);
      }
      for (const state of ["accepted", "launching", "running"] as const)
        assert.equal((await store.applications.countByState())[state], 0, `nothing is left ${state}`);
    });
    const directories = await readdir(join(this.server.dataDir, "runs"));
    for (const directory of directories)
      assert.ok(this.#expected.has(directory), `${directory} is of no run`);
  }

  async #verifyOnDisk(run: MatrixRun, end: FinalState): Promise<void> {
    const directory = join(this.server.dataDir, "runs", run.id);
    const submitter = await readFile(join(directory, "submitter.stdout"), "utf8").catch(() => "");
    const starts = submitter.match(/driver started/g)?.length ?? 0;
    if (end === "COMPLETED")
      assert.equal(starts, 1, `${run.name} was started ${starts} times:\n${submitter}`);
    else assert.ok(starts <= 1, `${run.name} was started ${starts} times:\n${submitter}`);
    if (end !== "COMPLETED") return;
    assert.equal(await readFile(join(directory, "stdout"), "utf8"), this.#drivers.printed);
    assert.equal(
      await this.#deliveredOutput(run),
      this.#drivers.printed,
      `${run.name}: its log in the bucket`,
    );
  }

  #logDirectory(run: string): string {
    return join(this.server.dataDir, "buckets", "logs", "matrix", this.#cluster, "jobs", run, "containers");
  }

  async #logBytes(run: string): Promise<number> {
    const directory = this.#logDirectory(run);
    const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
    const files = entries.filter((entry) => entry.isFile());
    const sizes = await Promise.all(
      files.map(async (file) => (await stat(join(file.parentPath, file.name))).size),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  async #deliveredOutput({ id }: MatrixRun): Promise<string> {
    const containers = this.#logDirectory(id);
    const application = (await readdir(containers)).find((name) => /^spark-[0-9a-f]{32}$/.test(name)) ?? "";
    return gunzipSync(
      await readFile(join(containers, application, `spark-${id}-driver`, "stdout.gz")),
    ).toString();
  }

  async #remainsOf({ id }: MatrixRun): Promise<Remains> {
    const files = await readdir(join(this.server.dataDir, "runs", id)).catch(() => []);
    return this.#withStore(async (store) => {
      const application = await store.applications.get(applicationId(id));
      assert.ok(application, "the run was accepted, so it is stored");
      const events = (await store.events.of(id)).filter(({ subject }) => subject.kind === "application");
      const effects = await store.effects.due(application.node, Number.MAX_SAFE_INTEGER, 1_000);
      const pending = effects.flatMap(({ application: of, kind }) => (of === id ? [kind] : []));
      const delivered = await store.logDeliveries.of(application.id);
      const recorded = delivered.reduce((bytes, { sinkBytes }) => bytes + sinkBytes, 0);
      const unrecordedLogBytes = (await this.#logBytes(id)) - recorded;
      return { application, events, files: new Set(files), pending, unrecordedLogBytes };
    });
  }

  async #driverPid({ id }: MatrixRun): Promise<number | null> {
    const path = join(this.server.dataDir, "runs", id, "started.json");
    const text = await readFile(path, "utf8").catch(() => null);
    return text === null ? null : Number(Object(JSON.parse(text)).driverPid);
  }

  async #withStore<Result>(use: (store: Store) => Promise<Result>): Promise<Result> {
    const store = await openSqliteStore({ file: join(this.server.dataDir, "firesteel.db") });
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  }

  #path(): string {
    return `/virtualclusters/${this.#cluster}/jobruns`;
  }
}
