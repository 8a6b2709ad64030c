import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { AccessKeys, Host, HostRuntimes, RunLogReader, StartedServer, Toolchain } from "./cli/host.ts";
import type { Environment } from "./config/machine.ts";
import type { Settings } from "./config/settings.ts";
import type { AccessKey } from "./core/access/access-key.ts";
import { accessKeyId, accountId, applicationId } from "./core/ids.ts";
import type { Store } from "./core/ports/store.ts";

// Adapters are imported where they are used: most commands need none of them, and `firesteel --help` none at all.
const machineAdapters = () => import("./machine-adapters.ts");
const dataDirectory = () => import("./cloud/local/data-directory.ts");

/** The command line's view of this machine, made of the adapters that the server uses. */
export function createHost(settings: Settings, environment: Environment, version: string): Host {
  const engine = async () => {
    const { localRuntimes, processEngine } = await machineAdapters();
    return processEngine(settings, localRuntimes(settings, environment), environment);
  };
  return {
    startServer: async (io) => {
      const [{ startServer }, adapters] = await Promise.all([import("./server.ts"), machineAdapters()]);
      const runtimes = adapters.localRuntimes(settings, environment);
      const parts = {
        runtimes,
        engine: adapters.processEngine(settings, runtimes, environment),
        buckets: adapters.localBuckets(settings),
        version,
      };
      const server = await startServer(settings, parts, io);
      return closedWith(server, () => runtimes.close());
    },
    async buckets() {
      // Private from its making on: a bucket may be the first thing in it.
      await mkdir(settings.dataDir, { recursive: true, mode: 0o700 });
      return (await machineAdapters()).localBuckets(settings);
    },
    runtimes: () => hostRuntimes(settings, environment),
    toolchain: () => toolchain(settings, environment),
    accessKeys: () => storedAccessKeys(settings),
    async processes() {
      if (!(await isDirectory(await runsDirectory(settings)))) return [];
      const processes = await (await engine()).processes();
      return processes.map(({ tag, pid, role }) => ({ application: tag, run: ownerOf(tag), role, pid }));
    },
    async endApplications(graceMs) {
      if (!(await isDirectory(await runsDirectory(settings)))) return [];
      const running = await engine();
      const asked: string[] = [];
      for await (const tag of running.list()) {
        const { kind } = await running.observe(tag);
        if (kind !== "running" && kind !== "starting") continue;
        await running.kill(tag, graceMs);
        asked.push(tag);
      }
      return asked;
    },
    async runLogs(runId): Promise<RunLogReader | null> {
      // An id is a file name here, and comes from the command line.
      if (!/^[0-9a-z]+$/.test(runId) || !(await isDirectory(join(await runsDirectory(settings), runId))))
        return null;
      const holder = await engine();
      return {
        async *read(container, stream, fromByte) {
          for await (const { bytes } of holder.logs(applicationId(runId), container, stream, fromByte))
            yield bytes;
        },
      };
    },
  };
}

function closedWith(server: StartedServer, close: () => Promise<void>): StartedServer {
  return {
    url: server.url,
    close: async () => {
      await server.close();
      await close();
    },
  };
}

async function hostRuntimes(settings: Settings, environment: Environment): Promise<HostRuntimes> {
  const runtimes = (await machineAdapters()).localRuntimes(settings, environment);
  return {
    list: () => runtimes.list(),
    install: (sparkVersion, signal, onProgress) =>
      runtimes.install({ sparkVersion, javaVersion: null }, { signal, onProgress }),
  };
}

async function toolchain(settings: Settings, environment: Environment): Promise<Toolchain> {
  const [{ findPythons }, { findJavas }] = await Promise.all([
    import("./runtimes/python.ts"),
    import("./runtimes/java.ts"),
  ]);
  const chosenJava = settings["runtimes.javaHome"];
  const [pythons, javas] = await Promise.all([
    findPythons(settings["runtimes.python"] || null, environment),
    findJavas(chosenJava === "" ? environment : { ...environment, JAVA_HOME: chosenJava }),
  ]);
  return {
    pythons: pythons.map(({ executable, version }) => ({ path: executable, version })),
    javas: javas.map(({ home, version }) => ({ path: home, version: String(version) })),
  };
}

/** Keys in the server's own store: it may be running, it may not. */
function storedAccessKeys(settings: Settings): AccessKeys {
  return {
    async create(userName) {
      const [{ FileKeyRing }, { createAccessKey }, { newAccessKeyMaterial }, { systemClock }, { dataPaths }] =
        await Promise.all([
          import("./cloud/local/key-ring.ts"),
          import("./use-cases/administrator-key.ts"),
          import("./cloud/local/access-key-material.ts"),
          import("./cloud/local/system-clock.ts"),
          dataDirectory(),
        ]);
      const keyRing = await FileKeyRing.open(dataPaths(settings.dataDir).keyFile);
      const made = await withStore(settings, (store) =>
        createAccessKey(
          { store, keyRing, clock: systemClock, newKey: newAccessKeyMaterial },
          accountId(settings["aws.accountId"]),
          userName,
        ),
      );
      return { ...summaryOf(made.key), secret: made.secret };
    },
    list: async () => (await withStore(settings, (store) => store.accessKeys.list())).map(summaryOf),
    setState: (id, state) =>
      withStore(settings, async (store) => {
        const key = await store.accessKeys.get(accessKeyId(id));
        if (key === null) return false;
        await store.commit([{ kind: "access-key", row: { ...key, state } }]);
        return true;
      }),
  };
}

async function withStore<Answer>(
  settings: Settings,
  use: (store: Store) => Promise<Answer>,
): Promise<Answer> {
  const { dataPaths } = await dataDirectory();
  const connectionString = settings["database.url"];
  const store =
    connectionString === ""
      ? await (await import("./store/sqlite-store.ts")).openSqliteStore({
          file: dataPaths(settings.dataDir).database,
        })
      : await (await import("./store/postgres-store.ts")).openPostgresStore({ connectionString });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

function summaryOf({ id, account, principalArn, state, createdAtMs }: AccessKey) {
  return { id, account, principalArn, state, createdAtMs };
}

/** The run of an application: a second attempt's tag is `<run>-2` (core/ids.ts). */
function ownerOf(tag: string): string {
  return tag.replace(/-\d+$/, "");
}

async function runsDirectory(settings: Settings): Promise<string> {
  return (await dataDirectory()).dataPaths(settings.dataDir).runs;
}

/** Asked first, because the engine makes its directories: looking must not. */
async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
