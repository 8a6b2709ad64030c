import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { Registry } from "prom-client";
import { adminEnv, writeAdminEnv } from "./admin-env.ts";
import { applicationUis } from "./application-ui-parts.ts";
import type { ServerIo, StartedServer } from "./cli/host.ts";
import { newAccessKeyMaterial } from "./cloud/local/access-key-material.ts";
import { AuditFile } from "./cloud/local/audit-file.ts";
import {
  dataPaths,
  holdDataDirectory,
  nodeIdOf,
  removeFile,
  writePrivateFile,
} from "./cloud/local/data-directory.ts";
import { diskOf } from "./cloud/local/disk.ts";
import { RandomIds } from "./cloud/local/ids.ts";
import { JwtAccessTokens } from "./cloud/local/jwt-access-tokens.ts";
import { FileKeyRing } from "./cloud/local/key-ring.ts";
import { LocalLogGroups } from "./cloud/local/log-groups.ts";
import { steadyClock, systemClock } from "./cloud/local/system-clock.ts";
import { localUrl, publicUrl } from "./config/addresses.ts";
import type { Settings } from "./config/settings.ts";
import { accountId, region } from "./core/ids.ts";
import type { Buckets } from "./core/ports/buckets.ts";
import type { Disk } from "./core/ports/disk.ts";
import type { Engine } from "./core/ports/engine.ts";
import type { ApplicationPages } from "./core/ports/pages.ts";
import type { RuntimeSupport, Runtimes } from "./core/ports/runtimes.ts";
import { databricksServer } from "./databricks-parts.ts";
import { Admission } from "./effects/admission.ts";
import { type Chore, ControlLoop } from "./effects/control-loop.ts";
import { Deletions } from "./effects/deletions.ts";
import { DiskFloor } from "./effects/disk-floor.ts";
import { KeyUpkeepChore } from "./effects/key-upkeep.ts";
import { LogDeliverer } from "./effects/log-delivery.ts";
import { Orphans } from "./effects/orphans.ts";
import { Outbox } from "./effects/outbox.ts";
import { PausableLoop } from "./effects/pausable-loop.ts";
import { Reconciler } from "./effects/reconciler.ts";
import { StateReplacer } from "./effects/replace-state.ts";
import { Retention, type RetentionPolicy } from "./effects/retention.ts";
import type { SandboxSupport } from "./engines/process/sandbox.ts";
import { buildHttpServer, REQUEST_TIMEOUT_MS } from "./http/server.ts";
import { createLogger, createRequestLogger } from "./http/shared/logger.ts";
import { serverMaker } from "./http/shared/make-server.ts";
import { mainListener } from "./main-listener.ts";
import { sealedSecrets } from "./sealed-secrets.ts";
import { LocalContents } from "./snapshots/local-contents.ts";
import { openStore } from "./store/open-store.ts";
import { openTls } from "./tls-parts.ts";
import { checkSandbox, warnOfSharedMachine } from "./unsandboxed.ts";
import { administratorKey, type OpenAccessKey } from "./use-cases/administrator-key.ts";
import { firstAccount } from "./use-cases/databricks/first-account.ts";
import { PasswordCheck } from "./use-cases/databricks/password-check.ts";
import type { Dependencies } from "./use-cases/dependencies.ts";
import { emrContainersUseCases } from "./use-cases/emr-containers-use-cases.ts";
import { accessKeyFinder } from "./use-cases/find-access-key.ts";
import { RequestGate, throughGate } from "./use-cases/request-gate.ts";

/** What `src/machine-adapters.ts` makes, for this server and for other commands of this machine alike. */
export interface ServerParts {
  readonly version: string;
  readonly engine: Engine;
  readonly runtimes: Runtimes & RuntimeSupport;
  readonly buckets: Buckets;
  /** The web pages of what the engine runs; without them there is nothing to open. */
  readonly applicationPages?: ApplicationPages;
  /** Tries whether drivers can be sandboxed here; for an engine without processes there is nothing to try. */
  readonly sandboxSupport?: () => Promise<SandboxSupport>;
  /** The disk that the data directory is on, by default. */
  readonly disk?: Disk;
  /** Opens what the settings name; the usual adapters by default. */
  readonly openStore?: typeof openStore;
}

/** Of a run that says nothing of executors, where they are processes: as on Kubernetes. */
const DEFAULT_EXECUTORS = 2;
const SWEEP_INTERVAL_MS = 10_000;
const LOOK_REST_MS = 50;
const ORPHAN_INTERVAL_MS = 60_000;
/** Between two batches of what retention removes. */
const RETENTION_PAUSE_MS = 20;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Puts the server together and starts it: this file and `src/machine-adapters.ts` are the only ones that know every adapter.
 * Throws with a message for the operator where the data directory, the database or the port cannot be had.
 */
export async function startServer(
  settings: Settings,
  parts: ServerParts,
  io: ServerIo,
): Promise<StartedServer> {
  const paths = dataPaths(settings.dataDir);
  const held = await holdDataDirectory(settings.dataDir);
  const closers: (() => Promise<unknown> | unknown)[] = [() => held.release()];
  const close = async () => {
    for (const step of closers.splice(0).reverse()) await step();
  };
  try {
    const destination = { write: (entry: string) => io.log(entry) };
    const logger = createLogger(settings["log.level"], destination);
    await mkdir(paths.buckets, { recursive: true, mode: 0o755 });
    const store = await (parts.openStore ?? openStore)({
      databaseUrl: settings["database.url"],
      file: paths.database,
    });
    closers.push(() => store.close());
    const keys = await store.accessKeys.list();
    const sandbox = parts.sandboxSupport?.() ?? Promise.resolve<SandboxSupport>({ works: true });
    await checkSandbox(settings, sandbox, new Set(keys.map(({ account }) => account)).size, logger);
    const keyRing = await FileKeyRing.open(paths.keyFile, { mayMake: keys.length === 0 });
    const administrator = await administratorKey(
      { store, keyRing, clock: systemClock, newKey: newAccessKeyMaterial },
      accountId(settings["aws.accountId"]),
    );

    const tls = await openTls(settings, keyRing, logger);
    if (tls !== null) closers.push(() => tls.stop());
    const makeServer = serverMaker(REQUEST_TIMEOUT_MS, tls?.createServer);
    const ids = new RandomIds(systemClock);
    const accountDependencies = { store, clock: systemClock, ids, keyRing, randomBytes };
    await firstAccount(accountDependencies);
    const base: Omit<Dependencies, "wake"> = {
      store,
      clock: systemClock,
      ids,
      node: await nodeIdOf(settings.dataDir),
      engine: parts.engine.name,
      executorsByDefault: settings["engine.process.executors"] === "separate" ? DEFAULT_EXECUTORS : 0,
    };
    const audit = new AuditFile({
      directory: paths.audit,
      clock: systemClock,
      onProblem: (message, cause) => logger.error({ err: cause }, message),
    });
    closers.push(() => audit.close());
    const stopping = new AbortController();
    const retention = new Retention(
      {
        store,
        clock: systemClock,
        node: base.node,
        engine: parts.engine,
        audit,
        stopping: stopping.signal,
        pause: () => delay(RETENTION_PAUSE_MS),
      },
      retentionPolicy(settings),
      (removed) => logger.info(removed, "removed what is older than its settings keep"),
    );
    const dependencies: Dependencies = { ...base, wake: (news) => loop.wake(news) };
    const gate = new RequestGate();
    const uis = applicationUis(settings, parts, dependencies, gate);
    const keyUpkeep = new KeyUpkeepChore(
      { store, clock: systemClock, ring: keyRing, secrets: sealedSecrets(store, settings.dataDir) },
      (done) => logger.info(done, "went on with the rotation of keys"),
    );
    const chores: readonly Chore[] = [retention, keyUpkeep, ...(uis === null ? [] : [uis.historyServers])];
    const loop: PausableLoop = new PausableLoop(() => controlLoop(settings, parts, base, logger, chores));
    const state = new StateReplacer({
      store,
      node: base.node,
      engine: parts.engine,
      contents: new LocalContents(settings.dataDir, systemClock),
      loop,
      gate,
      administrator: administrator.key.account,
      refusal: stateRefusal(settings),
      onReplaced: () => databricks.reload(),
      onDone: (what, detail) => logger.warn(detail, what),
    });
    await state.recover();
    const databricks = databricksServer({
      dependencies: {
        store,
        clock: systemClock,
        ids,
        randomBytes,
        passwords: new PasswordCheck({
          key: randomBytes(32),
          now: () => systemClock.now(),
          wait: (ms) => delay(ms, undefined, { ref: false }),
        }),
        accessTokens: new JwtAccessTokens({ store, keyRing, clock: systemClock, ids }),
      },
      buckets: parts.buckets,
      runtimes: parts.runtimes,
      trail: audit,
      node: base.node,
      logger,
      settings,
      serve: (request, response) => http.routing(request, response),
      gate,
      makeServer,
    });
    const http = buildHttpServer({
      logger,
      requestLogger: createRequestLogger(settings["log.level"], destination),
      useCases: {
        emrContainers: warnOfSharedMachine(
          throughGate(emrContainersUseCases(dependencies), gate),
          settings,
          sandbox,
          logger,
        ),
        state,
        ...(uis === null ? {} : { applicationUis: uis.useCases }),
      },
      databricks: databricks.http,
      makeServer,
      trustedProxies: settings["server.trustedProxies"],
      findAccessKey: accessKeyFinder(store, keyRing),
      uiSessionSeconds: settings["ui.sessionMinutes"] * 60,
      audit,
      metrics: new Registry(),
      clock: systemClock,
      newRequestId: () => ids.uuid(),
      version: parts.version,
      ready: () => store.ping(),
    });
    const main = mainListener(http, makeServer);
    closers.push(() => main.close());
    const port = await main.listen(settings["server.host"], settings["server.port"]);
    const url = localUrl(settings, port);

    closers.push(() => databricks.stop());
    await databricks.start(port);

    await writeAdminEnv(settings.dataDir, async () => {
      // Read again: an administrator may have been reset meanwhile.
      const admin = await firstAccount(accountDependencies);
      return adminEnv(settings, publicUrl(settings, port), administrator, admin, tls?.environment);
    });
    const record = { url, pid: process.pid, startedAt: new Date(systemClock.now()).toISOString() };
    await writePrivateFile(paths.serverRecord, `${JSON.stringify(record)}\n`);
    closers.push(() => removeFile(paths.serverRecord));
    loop.start();
    closers.push(() => loop.stop());
    closers.push(() => stopping.abort());
    logger.info({ url, dataDir: settings.dataDir }, "Firesteel is ready");
    announce(io, settings, url, administrator);
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function controlLoop(
  settings: Settings,
  parts: ServerParts,
  base: Omit<Dependencies, "wake">,
  logger: Logger,
  chores: readonly Chore[],
) {
  const { engine, runtimes, buckets } = parts;
  const home = { account: accountId(settings["aws.accountId"]), region: region(settings["aws.region"]) };
  const logGroups = new LocalLogGroups({ directory: dataPaths(settings.dataDir).logs, home });
  // The parts wake the loop that they are parts of.
  const dependencies: Dependencies = { ...base, wake: (news) => loop.wake(news) };
  const logs = new LogDeliverer(dependencies, engine, buckets, logGroups);
  const killGraceMs = settings["engine.killGraceSeconds"] * 1000;
  const loop: ControlLoop = new ControlLoop(
    {
      dependencies: base,
      engine,
      runtimes,
      logs,
      admission: new Admission(
        dependencies,
        runtimes,
        {
          capacity: {
            cores: settings["engine.process.cores"],
            memoryBytes: settings["engine.process.memoryBudget"],
          },
          coreShare: settings["engine.process.coreShare"],
          strictMemory: settings["engine.process.memory"] === "strict",
        },
        new DiskFloor(parts.disk ?? diskOf(settings.dataDir), settings["storage.minFreeBytes"]),
      ),
      outbox: new Outbox(
        dependencies,
        engine,
        logs,
        { killGraceMs, logGiveUpMs: settings["logs.giveUpAfterSeconds"] * 1000 },
        (effect, error) =>
          logger.warn(
            { err: error, effect: effect.kind, application: effect.application },
            "effect failed; it will be tried again",
          ),
        steadyClock,
      ),
      reconciler: new Reconciler(dependencies, engine, steadyClock),
      chores: [
        ...chores,
        new Deletions(dependencies, SWEEP_INTERVAL_MS),
        new Orphans(
          dependencies,
          engine,
          { intervalMs: ORPHAN_INTERVAL_MS, killGraceMs, home },
          (application, reason) => logger.warn({ application, reason }, "a driver is ended"),
          steadyClock,
        ),
      ],
    },
    {
      sweepIntervalMs: SWEEP_INTERVAL_MS,
      logIntervalMs: settings["logs.uploadIntervalSeconds"] * 1000,
      lookRestMs: LOOK_REST_MS,
    },
    (part, error) => logger.error({ err: error }, `${part} failed; it goes on`),
  );
  return loop;
}

function retentionPolicy(settings: Settings): RetentionPolicy {
  const forDays = (days: number) => (days === 0 ? null : days * DAY_MS);
  return {
    runsMs: forDays(settings["retention.runsDays"]),
    runDirectoriesMs: forDays(settings["retention.runDirectoriesDays"]),
    eventsMs: forDays(settings["retention.eventsDays"]),
    clientTokensMs: forDays(settings["retention.clientTokensDays"]),
    auditMs: forDays(settings["retention.auditDays"]),
  };
}

/** Why what this server holds cannot be reset; null where it can. */
function stateRefusal(settings: Settings): string | null {
  if (!settings["server.allowReset"]) {
    return "This server keeps what it holds. Reset and snapshots work on one that was started with --ephemeral, or with server.allowReset.";
  }
  if (settings["database.url"] === "") return null;
  return "Reset and snapshots work where the database is in SQLite; this server's is in PostgreSQL.";
}

/** The administrator's key is shown once, to a person; `admin.env` always has it. */
function announce(
  io: ServerIo,
  settings: Settings,
  url: string,
  { key, secret, isNew }: OpenAccessKey & { isNew: boolean },
) {
  if (io.announce === null) return;
  io.announce(`Firesteel answers on ${url}; its data is in ${settings.dataDir}`);
  if (isNew)
    io.announce(`Administrator's key: ${key.id} ${secret} (kept in ${join(settings.dataDir, "admin.env")})`);
}
