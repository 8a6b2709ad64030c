import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import pino from "pino";
import { Registry } from "prom-client";
import { LocalBuckets } from "../../src/cloud/local/buckets.ts";
import { RandomIds } from "../../src/cloud/local/ids.ts";
import { JoseForeignTokens } from "../../src/cloud/local/jose-foreign-tokens.ts";
import { JwtAccessTokens } from "../../src/cloud/local/jwt-access-tokens.ts";
import { FileKeyRing } from "../../src/cloud/local/key-ring.ts";
import { LocalCloud } from "../../src/cloud/local/local-cloud.ts";
import { accountId } from "../../src/core/ids.ts";
import type { AuditRecord } from "../../src/core/ports/audit.ts";
import type { Cloud } from "../../src/core/ports/cloud.ts";
import type { Store } from "../../src/core/ports/store.ts";
import type { WorkspacePorts } from "../../src/core/ports/workspace-ports.ts";
import { Provisioner } from "../../src/effects/provisioner.ts";
import { buildHttpServer } from "../../src/http/server.ts";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import type { AdministratorSecrets } from "../../src/use-cases/databricks/administrator-credentials.ts";
import { firstAccount } from "../../src/use-cases/databricks/first-account.ts";
import { PasswordCheck } from "../../src/use-cases/databricks/password-check.ts";
import { databricksUseCases } from "../../src/use-cases/databricks/use-cases.ts";
import { accountFiles, placeAccount } from "./account-template.ts";
import { noState, recordingUseCases } from "./signed-http.ts";
import { makeTemporaryDirectory } from "./temporary.ts";

export interface DatabricksRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** The administrator's by default; null sends none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface DatabricksHttp {
  readonly app: FastifyInstance;
  /** The first account's id. */
  readonly account: string;
  readonly administrator: AdministratorSecrets;
  readonly store: Store;
  readonly audit: AuditRecord[];
  /** How long wrong passwords were held back, in milliseconds; nobody has waited. */
  readonly waits: readonly number[];
  readonly clock: { now(): number; advance(ms: number): void };
  /** Brings every workspace as far as it comes; what could not be done now is thrown. */
  provision(): Promise<void>;
  send(request: DatabricksRequest): Promise<LightMyRequestResponse>;
}

const NO_PORTS: WorkspacePorts = {
  reserve: async () => null,
  giveBack: async () => undefined,
  open: async () => undefined,
  close: async () => undefined,
};

const presentUrl = ({ deploymentName }: { readonly deploymentName: string }) =>
  `https://${deploymentName.toLowerCase()}.example.com`;

/** The Databricks dialects on a real store and the local cloud, without a port; provisioning runs when asked to. */
export async function databricksHttp(
  test: TestContext,
  makeCloud: (buckets: LocalBuckets) => Cloud = (buckets) =>
    new LocalCloud(buckets, { awsAccount: accountId("123456789012"), file: null }),
  entraIssuers: readonly string[] = [],
): Promise<DatabricksHttp> {
  const { path: directory, remove } = await makeTemporaryDirectory();
  let nowMs = Date.UTC(2026, 0, 1);
  const clock = {
    now: () => nowMs,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
  await placeAccount(directory);
  const { database, keyFile } = accountFiles(directory);
  const store = await openSqliteStore({ file: database });
  const ids = new RandomIds(clock);
  const keyRing = await FileKeyRing.open(keyFile);
  const { account, secrets } = await firstAccount({ store, clock, ids, keyRing, randomBytes });
  if (secrets === null) throw new Error("a new account has its first administrator");
  await mkdir(join(directory, "buckets"));
  const buckets = new LocalBuckets({ directory: join(directory, "buckets"), samplesDirectory: directory });
  const cloud = makeCloud(buckets);
  const failures: unknown[] = [];
  const provisioner = new Provisioner({
    store,
    clock,
    cloud,
    ports: NO_PORTS,
    wakeMailer: () => undefined,
    onError: (_workspace, error) => failures.push(error),
  });
  const audit: AuditRecord[] = [];
  const waits: number[] = [];
  const app = buildHttpServer({
    logger: pino({ level: "silent" }),
    useCases: {
      emrContainers: recordingUseCases([]),
      state: noState,
    },
    databricks: {
      useCases: databricksUseCases({
        store,
        clock,
        ids,
        randomBytes,
        passwords: new PasswordCheck({
          key: randomBytes(32),
          now: () => clock.now(),
          wait: async (ms) => void waits.push(ms),
        }),
        accessTokens: new JwtAccessTokens({ store, keyRing, clock, ids }),
        entraIssuers,
        foreignTokens: new JoseForeignTokens(clock, { loopback: true, nowMs: clock.now }),
        cloud,
        ports: NO_PORTS,
        runtimes: { supports: async () => true },
        presentUrl,
        wake: () => undefined,
      }),
      workspaceUrl: ({ url, ...workspace }) => url ?? presentUrl(workspace),
      presentUrl,
      domain: "example.com",
      generation: () => store.generation(),
    },
    findAccessKey: async () => null,
    audit: { record: (record) => audit.push(record) },
    metrics: new Registry(),
    clock,
    newRequestId: () => ids.uuid(),
    ready: () => store.ping(),
    version: "test",
  });
  test.after(async () => {
    await app.close();
    await store.close();
    await remove();
  });
  return {
    app,
    account: account.id,
    administrator: secrets,
    store,
    audit,
    waits,
    clock,
    async provision() {
      await provisioner.run();
      const [failure] = failures.splice(0);
      if (failure !== undefined) throw failure;
    },
    send({ method = "GET", path, body, token = secrets.token, headers = {} }) {
      return app.inject({
        method,
        url: path,
        headers: { ...(token !== null && { authorization: `Bearer ${token}` }), ...headers },
        ...(body !== undefined && { payload: typeof body === "string" ? body : JSON.stringify(body) }),
      });
    },
  };
}
