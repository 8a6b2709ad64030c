import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type {
  AccessKeys,
  Backups,
  DiskUse,
  Host,
  HostRuntimes,
  RunLogReader,
  StartedServer,
  Toolchain,
} from "./cli/host.ts";
import type { Environment } from "./config/machine.ts";
import type { Settings } from "./config/settings.ts";
import type { AccessKey } from "./core/access/access-key.ts";
import { accessKeyId, accountId, applicationId } from "./core/ids.ts";
import type { Store } from "./core/ports/store.ts";
import type { StoreLocation } from "./store/open-store.ts";

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
    launcher: fileURLToPath(new URL("../bin/firesteel", import.meta.url)),
    startServer: async (io) => {
      const [{ startServer }, adapters] = await Promise.all([import("./server.ts"), machineAdapters()]);
      const { openStore } = await import("./store/open-store.ts");
      const runtimes = adapters.localRuntimes(settings, environment);
      const archives = adapters.classArchives(settings, (message, cause) =>
        io.log(`${JSON.stringify({ level: 40, msg: message, cause: String(cause) })}\n`),
      );
      let store: Store | null = null;
      const parts = {
        runtimes,
        // Nothing is launched before the store is open.
        engine: adapters.processEngine(
          settings,
          runtimes,
          environment,
          async (bucket) => (await store?.buckets.owner(bucket)) ?? null,
          archives,
        ),
        sandboxSupport: () => adapters.sandboxSupport(settings, environment),
        openStore: async (location: StoreLocation) => {
          store = await openStore(location);
          return store;
        },
        buckets: adapters.localBuckets(settings),
        applicationPages: adapters.applicationPages(settings, runtimes),
        version,
      };
      const server = await startServer(settings, parts, io);
      return closedWith(server, () => {
        archives?.close();
        return runtimes.close();
      });
    },
    async buckets() {
      // Private from its making on: a bucket may be the first thing in it.
      await mkdir(settings.dataDir, { recursive: true, mode: 0o700 });
      return (await machineAdapters()).localBuckets(settings);
    },
    runtimes: () => hostRuntimes(settings, environment),
    toolchain: () => toolchain(settings, environment),
    accessKeys: () => storedAccessKeys(settings),
    async setDeploymentPrefix(account, prefix) {
      const [{ setDeploymentPrefix }, { systemClock }] = await Promise.all([
        import("./use-cases/databricks/deployment-prefix.ts"),
        import("./cloud/local/system-clock.ts"),
      ]);
      const { id, body } = await withStore(settings, (store) =>
        setDeploymentPrefix({ store, clock: systemClock }, account, prefix),
      );
      return { id, deploymentPrefix: body.deploymentPrefix };
    },
    async administration() {
      return new (await import("./administration.ts")).LocalAdministration(settings);
    },
    backups: () => backups(settings, version),
    diskUse: () => usedDisk(settings),
    async tryHold() {
      const { holdDataDirectory } = await dataDirectory();
      return holdDataDirectory(settings.dataDir).catch(() => null);
    },
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
    async openInBrowser(url) {
      const { openInBrowser } = await import("./cli/machine/browser.ts");
      return openInBrowser(url, environment);
    },
    async runLogs(runId): Promise<RunLogReader | null> {
      // An id is a file name here, and comes from the command line.
      if (!/^[0-9a-z]+$/.test(runId) || !(await isDirectory(join(await runsDirectory(settings), runId))))
        return null;
      const holder = await engine();
      return {
        read: (container, stream, fromByte) => holder.logs(applicationId(runId), container, stream, fromByte),
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
    inspect: (requirement) => runtimes.inspect(requirement),
    install: (requirement, signal, onProgress) => runtimes.install(requirement, { signal, onProgress }),
  };
}

async function toolchain(settings: Settings, environment: Environment): Promise<Toolchain> {
  const [{ findPythons }, { findJavas }] = await Promise.all([
    import("./runtimes/python.ts"),
    import("./runtimes/java.ts"),
  ]);
  const chosenJava = settings["runtimes.javaHome"];
  const { sandboxSupport } = await machineAdapters();
  const [pythons, javas, sandbox] = await Promise.all([
    findPythons(settings["runtimes.python"] || null, environment),
    findJavas(chosenJava === "" ? environment : { ...environment, JAVA_HOME: chosenJava }),
    sandboxSupport(settings, environment),
  ]);
  return {
    sandboxProblem: sandbox.works ? null : sandbox.reason,
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
    async setState(id, state) {
      const { retryStale } = await import("./use-cases/retry-stale.ts");
      return withStore(settings, (store) =>
        retryStale(async () => {
          const key = await store.accessKeys.get(accessKeyId(id));
          if (key === null) return false;
          await store.commit([{ kind: "access-key", row: { ...key, state } }]);
          return true;
        }),
      );
    },
    delete: (id) =>
      withStore(settings, async (store) => {
        const key = await store.accessKeys.get(accessKeyId(id));
        if (key === null) return false;
        await store.commit([{ kind: "access-key-deleted", id: key.id }]);
        return true;
      }),
  };
}

function backups(settings: Settings, version: string): Backups {
  const { dataDir } = settings;
  return {
    async create(target, passphrase, included, changed) {
      const [{ createBackup }, { systemClock }] = await Promise.all([
        import("./backup/create.ts"),
        import("./cloud/local/system-clock.ts"),
      ]);
      const made = await createBackup({
        dataDir,
        target,
        passphrase,
        included,
        version,
        settings: changed,
        nowMs: systemClock.now(),
        livePostgresApplications: settings["database.url"] === "" ? null : () => liveApplications(settings),
      });
      return { ...made, database: made.manifest.database };
    },
    async restore(file, passphrase, replace) {
      const [{ restoreBackup }, { leaveBehind }, { systemClock }] = await Promise.all([
        import("./backup/restore.ts"),
        import("./engines/process/leave-behind.ts"),
        import("./cloud/local/system-clock.ts"),
      ]);
      const request = { file, dataDir, passphrase, replace, clock: systemClock, leaveBehind };
      const { manifest, runsLost, replaced } = await restoreBackup(request);
      const keysRestored = manifest.keys === "sealed" && passphrase !== null;
      const { createdAt, database } = manifest;
      return { createdAt, database, keysRestored, runsLost, replaced };
    },
  };
}

async function usedDisk({ dataDir, cacheDir }: Settings): Promise<readonly DiskUse[]> {
  const [{ diskUse, sum }, { dataPaths }] = await Promise.all([
    import("./cloud/local/disk-use.ts"),
    dataDirectory(),
  ]);
  const paths = dataPaths(dataDir);
  const database = ["", "-wal", "-shm"].map((suffix) => diskUse(paths.database + suffix));
  const folder = async (category: string, path: string, except: readonly string[] = []) => ({
    category,
    path,
    ...(await diskUse(path, new Set(except))),
  });
  return [
    { category: "database", path: paths.database, ...sum(await Promise.all(database)) },
    await folder("runs", paths.runs),
    await folder("buckets", paths.buckets),
    await folder("logs", paths.logs),
    await folder("audit", paths.audit),
    await folder("backups", join(dataDir, "backups")),
    await folder("runtimes", join(cacheDir, "runtimes")),
    await folder("caches", cacheDir, ["runtimes"]),
  ];
}

async function liveApplications(settings: Settings): Promise<readonly string[]> {
  const node = await (await dataDirectory()).nodeIdOf(settings.dataDir);
  return withStore(settings, async (store) => {
    const live = await Array.fromAsync(store.applications.inStates(node, ["launching", "running"]));
    return live.map(({ id }) => id);
  });
}

async function withStore<Answer>(
  settings: Settings,
  use: (store: Store) => Promise<Answer>,
): Promise<Answer> {
  const [{ dataPaths }, { openStore }] = await Promise.all([
    dataDirectory(),
    import("./store/open-store.ts"),
  ]);
  const file = dataPaths(settings.dataDir).database;
  const store = await openStore({ databaseUrl: settings["database.url"], file });
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
