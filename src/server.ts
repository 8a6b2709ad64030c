import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { Registry } from "prom-client";
import { newAccessKeyMaterial } from "./cloud/local/access-key-material.ts";
import { AuditFile } from "./cloud/local/audit-file.ts";
import type { LocalBuckets } from "./cloud/local/buckets.ts";
import {
  dataPaths,
  holdDataDirectory,
  nodeIdOf,
  removeFile,
  writePrivateFile,
} from "./cloud/local/data-directory.ts";
import { RandomIds } from "./cloud/local/ids.ts";
import { FileKeyRing } from "./cloud/local/key-ring.ts";
import { LocalLogGroups } from "./cloud/local/log-groups.ts";
import { systemClock } from "./cloud/local/system-clock.ts";
import type { Settings } from "./config/settings.ts";
import { accessKeyId, accountId, region } from "./core/ids.ts";
import type { KeyRing } from "./core/ports/key-ring.ts";
import type { Runtimes } from "./core/ports/runtimes.ts";
import type { Store } from "./core/ports/store.ts";
import { Admission } from "./effects/admission.ts";
import { ControlLoop } from "./effects/control-loop.ts";
import { LogDeliverer } from "./effects/log-delivery.ts";
import { Outbox } from "./effects/outbox.ts";
import { Reconciler } from "./effects/reconciler.ts";
import type { ProcessEngine } from "./engines/process/process-engine.ts";
import { buildHttpServer } from "./http/server.ts";
import type { FindAccessKey } from "./http/shared/authenticate-aws.ts";
import { createLogger } from "./http/shared/logger.ts";
import { openPostgresStore } from "./store/postgres-store.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";
import { administratorKey, type OpenAccessKey } from "./use-cases/administrator-key.ts";
import type { Dependencies } from "./use-cases/dependencies.ts";
import { emrContainersUseCases } from "./use-cases/emr-containers-use-cases.ts";

export interface ServerIo {
  /** One entry of the structured log, with its line break. */
  log(entry: string): void;
  /** A line for the person at the terminal; null where there is none, so that secrets are not printed. */
  readonly announce: ((line: string) => void) | null;
}

export interface StartedServer {
  readonly url: string;
  /** Drains and releases the data directory; drivers go on. */
  close(): Promise<void>;
}

/** What `src/machine-adapters.ts` makes, for this server and for other commands of this machine alike. */
export interface ServerParts {
  readonly version: string;
  readonly engine: ProcessEngine;
  readonly runtimes: Runtimes;
  readonly buckets: LocalBuckets;
}

const SWEEP_INTERVAL_MS = 10_000;

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
    const logger = createLogger(settings["log.level"], { write: (entry: string) => io.log(entry) });
    await mkdir(paths.buckets, { recursive: true, mode: 0o755 });
    const keyRing = await FileKeyRing.open(paths.keyFile);
    const store = await openStore(settings);
    closers.push(() => store.close());
    const administrator = await administratorKey(
      { store, keyRing, clock: systemClock, newKey: newAccessKeyMaterial },
      accountId(settings["aws.accountId"]),
    );

    const ids = new RandomIds(systemClock);
    const base: Omit<Dependencies, "wake"> = {
      store,
      clock: systemClock,
      ids,
      node: await nodeIdOf(settings.dataDir),
      engine: parts.engine.name,
    };
    const loop = controlLoop(settings, parts, base, logger);
    const dependencies: Dependencies = { ...base, wake: () => loop.wake() };

    const audit = new AuditFile({
      directory: paths.audit,
      clock: systemClock,
      onProblem: (message, cause) => logger.error({ err: cause }, message),
    });
    closers.push(() => audit.close());
    const http = buildHttpServer({
      logger,
      useCases: { emrContainers: emrContainersUseCases(dependencies) },
      findAccessKey: accessKeyFinder(store, keyRing),
      audit,
      metrics: new Registry(),
      clock: systemClock,
      newRequestId: () => ids.uuid(),
      version: parts.version,
      ready: () => store.ping(),
    });
    closers.push(() => http.close());
    await http.listen({ host: settings["server.host"], port: settings["server.port"] });
    const url = urlOf(settings["server.host"], http.server.address());

    await writePrivateFile(paths.adminEnv, adminEnv(settings, url, administrator));
    const record = { url, pid: process.pid, startedAt: new Date(systemClock.now()).toISOString() };
    await writePrivateFile(paths.serverRecord, `${JSON.stringify(record)}\n`);
    closers.push(() => removeFile(paths.serverRecord));
    loop.start();
    closers.push(() => loop.stop());
    logger.info({ url, dataDir: settings.dataDir }, "Firesteel is ready");
    announce(io, settings, url, administrator);
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function openStore(settings: Settings): Promise<Store> {
  const connectionString = settings["database.url"];
  return connectionString === ""
    ? openSqliteStore({ file: dataPaths(settings.dataDir).database })
    : openPostgresStore({ connectionString });
}

function controlLoop(
  settings: Settings,
  parts: ServerParts,
  base: Omit<Dependencies, "wake">,
  logger: Logger,
) {
  const { engine, runtimes, buckets } = parts;
  const home = { account: accountId(settings["aws.accountId"]), region: region(settings["aws.region"]) };
  const logGroups = new LocalLogGroups({ directory: dataPaths(settings.dataDir).logs, home });
  // The parts wake the loop that they are parts of.
  const dependencies: Dependencies = { ...base, wake: () => loop.wake() };
  const logs = new LogDeliverer(dependencies, engine, buckets, logGroups);
  const loop: ControlLoop = new ControlLoop(
    {
      dependencies: base,
      engine,
      runtimes,
      logs,
      admission: new Admission(dependencies, runtimes, {
        capacity: {
          cores: settings["engine.process.cores"],
          memoryBytes: settings["engine.process.memoryBudget"],
        },
        coreShare: settings["engine.process.coreShare"],
        strictMemory: settings["engine.process.memory"] === "strict",
      }),
      outbox: new Outbox(
        dependencies,
        engine,
        logs,
        {
          killGraceMs: settings["engine.killGraceSeconds"] * 1000,
          logGiveUpMs: settings["logs.giveUpAfterSeconds"] * 1000,
        },
        (effect, error) =>
          logger.warn(
            { err: error, effect: effect.kind, application: effect.application },
            "effect failed; it will be tried again",
          ),
      ),
      reconciler: new Reconciler(dependencies, engine),
    },
    { sweepIntervalMs: SWEEP_INTERVAL_MS, logIntervalMs: settings["logs.uploadIntervalSeconds"] * 1000 },
    (part, error) => logger.error({ err: error }, `${part} failed; it goes on`),
  );
  return loop;
}

function accessKeyFinder(store: Store, keyRing: KeyRing): FindAccessKey {
  return async (id) => {
    const key = await store.accessKeys.get(accessKeyId(id));
    if (key?.state !== "Active") return null;
    const { account, principalArn } = key;
    return {
      secret: keyRing.decrypt(key.encryptedSecret),
      caller: { account, principalArn, accessKeyId: key.id },
    };
  };
}

function urlOf(host: string, address: ReturnType<import("node:net").Server["address"]>): string {
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function adminEnv(settings: Settings, url: string, { key, secret }: OpenAccessKey): string {
  const variables = {
    AWS_ACCESS_KEY_ID: key.id,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_REGION: settings["aws.region"],
    // boto3 and version 1 of the AWS CLI read only this one (botocore/configprovider.py).
    AWS_DEFAULT_REGION: settings["aws.region"],
    AWS_ACCOUNT_ID: key.account,
    AWS_ENDPOINT_URL_EMR_CONTAINERS: url,
  };
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
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
