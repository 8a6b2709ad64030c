import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { AwsV4Signer } from "aws4fetch";
import type { StartedServer } from "../../src/cli/host.ts";
import { LocalBuckets } from "../../src/cloud/local/buckets.ts";
import { dataPaths } from "../../src/cloud/local/data-directory.ts";
import { loadSettings } from "../../src/config/load.ts";
import type { Settings } from "../../src/config/settings.ts";
import type { InstalledRuntime } from "../../src/core/ports/runtimes.ts";
import { ProcessEngine } from "../../src/engines/process/process-engine.ts";
import { type ServerParts, startServer } from "../../src/server.ts";
import { fakeRuntime } from "./fake-runtime.ts";
import { makeTemporaryDirectory } from "./temporary.ts";
import { waitFor } from "./wait-for.ts";

const SUPERVISOR = fileURLToPath(new URL("../../drivers/supervisor/supervise.py", import.meta.url));
const SAMPLES = fileURLToPath(new URL("../../drivers/samples", import.meta.url));
const TIMEOUT_MS = 120_000;

/** The settings' defaults on a machine of 2 cores and 8 GiB, with the data directory and what a test wants different. */
export async function localSettings(
  dataDir: string,
  different: Readonly<Record<string, string>> = {},
): Promise<Settings> {
  const { settings } = await loadSettings({
    machine: {
      homeDirectory: "/nonexistent",
      workingDirectory: "/",
      cores: 2,
      memoryBytes: 8 * 2 ** 30,
      environment: {},
    },
    flags: Object.entries({ dataDir, "server.port": "0", ...different }).map(([setting, text]) => ({
      setting,
      text,
      flag: "test",
    })),
  });
  return settings;
}

/** A process engine whose `java` runs the program's last argument as a shell script. */
export function shellEngine(dataDir: string, runtime: InstalledRuntime): ProcessEngine {
  const paths = dataPaths(dataDir);
  return new ProcessEngine({
    runsDirectory: paths.runs,
    instance: dataDir,
    bucketsDirectory: paths.buckets,
    samplesDirectory: SAMPLES,
    supervisorScript: SUPERVISOR,
    helperJars: [],
    fileRoots: [],
    passEnvironment: {},
    resolveRuntime: async () => runtime,
    pollIntervalMs: 50,
    clock: Date,
  });
}

export interface LocalServer extends StartedServer {
  readonly dataDir: string;
  readonly engine: ProcessEngine;
  /** Entries of the server's log, one a line. */
  log(): string;
  /** A signed call; answers the status and the JSON. */
  call(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  /** Makes a virtual cluster of this name; answers its id. */
  createCluster(name: string): Promise<string>;
  /** Starts a run whose driver is a shell script; `token` makes it repeatable. */
  startRun(cluster: string, script: string, token?: string): Promise<{ status: number; id: string }>;
  /** What DescribeJobRun says. */
  describeRun(cluster: string, run: string): Promise<Record<string, unknown>>;
  runReaches(cluster: string, run: string, state: string): Promise<Record<string, unknown>>;
}

export interface LocalServerOptions {
  readonly dataDir: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** Adapters in place of the usual ones. */
  readonly parts?: Partial<ServerParts>;
}

export interface LocalServers {
  /** A directory of the test's own, removed after its servers and their drivers have ended. */
  readonly directory: string;
  readonly runtime: InstalledRuntime;
  start(options: LocalServerOptions): Promise<LocalServer>;
  /** Called once the servers and their drivers have ended, before the directory is removed. */
  afterTheirEnd(clean: () => void): void;
  /** An engine on a data directory, as a server that is gone had it. */
  engineOf(dataDir: string): ProcessEngine;
}

/** A place for whole servers in this process, on free ports, with a runtime that needs no Spark. */
export async function localServers(context: TestContext): Promise<LocalServers> {
  const { path: directory, remove } = await makeTemporaryDirectory();
  const runtime = await fakeRuntime(join(directory, "runtime"));
  const servers: LocalServer[] = [];
  const engines: ProcessEngine[] = [];
  const cleaners: (() => void)[] = [];
  const engineOf = (dataDir: string) => {
    const engine = shellEngine(dataDir, runtime);
    engines.push(engine);
    return engine;
  };
  context.after(async () => {
    for (const server of servers) await server.close();
    for (const engine of engines) await endDrivers(engine);
    for (const clean of cleaners.reverse()) clean();
    await remove();
  });
  return {
    directory,
    runtime,
    engineOf,
    afterTheirEnd: (clean) => void cleaners.push(clean),
    async start(options) {
      const server = await startLocalServer(options, runtime, engineOf(options.dataDir));
      servers.push(server);
      return server;
    },
  };
}

async function startLocalServer(
  options: LocalServerOptions,
  runtime: InstalledRuntime,
  engine: ProcessEngine,
): Promise<LocalServer> {
  const { dataDir } = options;
  const settings = await localSettings(dataDir, options.settings);
  let log = "";
  const started = await startServer(
    settings,
    {
      version: "test",
      engine,
      runtimes: {
        resolve: async () => ({ kind: "installed", runtime }),
        supports: async () => true,
        changed: untilAborted,
      },
      buckets: new LocalBuckets({ directory: dataPaths(dataDir).buckets, samplesDirectory: SAMPLES }),
      ...options.parts,
    },
    {
      log: (entry) => {
        log += entry;
      },
      announce: null,
    },
  );
  const credentials = await readCredentials(dataDir);

  const call: LocalServer["call"] = async (method, path, body) => {
    const signed = await new AwsV4Signer({
      url: `${started.url}${path}`,
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      ...credentials,
      service: "emr-containers",
      region: "us-east-1",
    }).sign();
    const answer = await fetch(signed.url, {
      method,
      headers: signed.headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const describeRun = async (cluster: string, run: string) => {
    const { body } = await call("GET", `/virtualclusters/${cluster}/jobruns/${run}`);
    // The model's one member of DescribeJobRunResponse.
    return body.jobRun as Record<string, unknown>;
  };
  return {
    ...started,
    dataDir,
    engine,
    log: () => log,
    call,
    async createCluster(name) {
      const { status, body } = await call("POST", "/virtualclusters", {
        name,
        clientToken: name,
        containerProvider: { type: "EKS", id: "eks", info: { eksInfo: { namespace: name } } },
      });
      if (status !== 200) throw new Error(`CreateVirtualCluster: ${status} ${JSON.stringify(body)}`);
      return String(body.id);
    },
    async startRun(cluster, script, token = crypto.randomUUID()) {
      const { status, body } = await call("POST", `/virtualclusters/${cluster}/jobruns`, {
        clientToken: token,
        executionRoleArn: "arn:aws:iam::123456789012:role/job",
        releaseLabel: "emr-7.7.0-latest",
        jobDriver: {
          sparkSubmitJobDriver: {
            entryPoint: "local:///usr/lib/spark/program.jar",
            entryPointArguments: [script],
            sparkSubmitParameters: "--conf spark.driver.memory=512m --conf spark.executor.instances=0",
          },
        },
      });
      return { status, id: String(body.id) };
    },
    describeRun,
    runReaches: (cluster, run, state) =>
      waitFor(`run ${run} to be ${state}`, TIMEOUT_MS, async () => {
        const described = await describeRun(cluster, run);
        return described.state === state ? described : null;
      }),
  };
}

/** Ends every driver that an engine knows. */
async function endDrivers(engine: ProcessEngine): Promise<void> {
  for await (const tag of engine.list()) await engine.kill(tag, 0);
  await waitFor("the drivers to be gone", TIMEOUT_MS, async () => (await engine.processes()).length === 0);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

async function readCredentials(dataDir: string) {
  const text = await readFile(join(dataDir, "admin.env"), "utf8");
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1] ?? "";
  return { accessKeyId: value("AWS_ACCESS_KEY_ID"), secretAccessKey: value("AWS_SECRET_ACCESS_KEY") };
}
