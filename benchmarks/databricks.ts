/**
 * The Databricks dialects: 200 workspaces made at once, and then authenticated reads a second and their slowest of a
 * hundred by turns with a bare Fastify route that answers the same bytes. Firesteel looks every token, its owner, groups
 * and role up and audits each call. The reads are of all the workspaces in turn; then the same while something is
 * committed, so that what is kept until then does not count. At the end tokens are revoked while many read with them: how long
 * until none is taken any more.
 *
 *   node benchmarks/databricks.ts [rounds]
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { makeTemporaryDirectory } from "../test/support/temporary.ts";
import { waitFor } from "../test/support/wait-for.ts";
import { startLoadProcess } from "./support/load.ts";
import { median } from "./support/ratio.ts";
import { revokeUnderLoad } from "./support/revocation.ts";
import { type ServerUnderLoad, startBareFastify, startFiresteel } from "./support/servers.ts";
import type { Call } from "./support/signed.ts";
import type { Driven } from "./support/wire-client.ts";

const WORKSPACES = 200;
const WORKSPACES_TIMEOUT_MS = 300_000;
const CONNECTIONS = 8;
const REQUESTS = 30_000;
const GOAL = 0.5;
const COMMIT_EVERY_MS = 20;
const REVOKED_MS = 1_000;

interface Shown {
  readonly workspace_id: number;
  readonly workspace_status: string;
  readonly workspace_url: string;
}

interface Administrator {
  readonly account: string;
  readonly token: string;
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

const client = startLoadProcess();
const directory = await makeTemporaryDirectory();
const servers: ServerUnderLoad[] = [];
try {
  const dataDir = join(directory.path, "data");
  const firesteel = await startFiresteel(dataDir, {}, process.execArgv);
  servers.push(firesteel);
  const environment = await readFile(join(dataDir, "admin.env"), "utf8");
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(environment)?.[1] ?? "";
  const administrator = { account: value("DATABRICKS_ACCOUNT_ID"), token: value("DATABRICKS_TOKEN") };
  const workspaces = await makeWorkspaces(firesteel, administrator);
  const [rounds = "5"] = process.argv.slice(2);
  const collection = `/api/2.0/accounts/${administrator.account}/workspaces`;
  await compare(firesteel, administrator, rounds, {
    route: "/api/2.0/accounts/:account/workspaces/:id",
    paths: workspaces.map((id) => `${collection}/${id}`),
  });
  await compare(firesteel, administrator, rounds, {
    route: "/api/2.0/preview/scim/v2/Me",
    paths: workspaces.map((id) => `/api/2.0/preview/scim/v2/Me?o=${id}`),
  });
  await revoke(firesteel, administrator, Number(rounds), workspaces[0] ?? "");
} finally {
  for (const server of servers) await server.close();
  await client.close();
  await directory.remove();
}

async function callAccount<Answer>(
  server: ServerUnderLoad,
  { account, token }: Administrator,
  path: string,
  body?: object,
): Promise<Answer> {
  const answer = await fetch(`${server.url}/api/2.0/accounts/${account}/${path}`, {
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Answer; // the server's own shapes
}

/** Answers their ids. */
async function makeWorkspaces(server: ServerUnderLoad, administrator: Administrator): Promise<string[]> {
  const call = <Answer>(path: string, body?: object) =>
    callAccount<Answer>(server, administrator, path, body);
  const { credentials_id } = await call<{ credentials_id: string }>("credentials", {
    credentials_name: "bench",
    aws_credentials: { sts_role: { role_arn: "arn:aws:iam::123456789012:role/r" } },
  });
  const { storage_configuration_id } = await call<{ storage_configuration_id: string }>(
    "storage-configurations",
    {
      storage_configuration_name: "bench",
      root_bucket_info: { bucket_name: "bench-root" },
    },
  );
  const from = performance.now();
  await Promise.all(
    Array.from({ length: WORKSPACES }, (_, index) =>
      call("workspaces", {
        workspace_name: `bench-${index}`,
        aws_region: "us-west-2",
        credentials_id,
        storage_configuration_id,
      }),
    ),
  );
  const answered = performance.now();
  const all = await waitFor("all workspaces to be made", WORKSPACES_TIMEOUT_MS, async () => {
    const rows = await call<readonly Shown[]>("workspaces");
    return rows.every(({ workspace_status }) => workspace_status !== "PROVISIONING") ? rows : null;
  });
  const running = all.filter(({ workspace_status }) => workspace_status === "RUNNING");
  const urls = new Set(all.map(({ workspace_url }) => workspace_url));
  console.log(
    `${running.length} of ${WORKSPACES} workspaces RUNNING, on ${urls.size} addresses; the creations answered after ${seconds(answered - from)}, the last one ran after ${seconds(performance.now() - from)}\n`,
  );
  if (running.length !== WORKSPACES || urls.size !== WORKSPACES) process.exitCode = 1;
  return running.map(({ workspace_id }) => String(workspace_id));
}

interface Reads {
  /** As Fastify writes a path with parameters. */
  readonly route: string;
  readonly paths: readonly string[];
}

async function compare(
  firesteel: ServerUnderLoad,
  administrator: Administrator,
  rounds: string,
  { route, paths }: Reads,
): Promise<void> {
  const calls = paths.map((path): Call => ({ method: "GET", path, bearer: administrator.token }));
  const { lastBody } = await client.run({ ...firesteel, connections: 1, calls, total: 1 });
  const bare = await startBareFastify(lastBody, route);
  servers.push(bare);
  const load = (server: ServerUnderLoad) =>
    client.run({ ...server, connections: CONNECTIONS, calls, total: REQUESTS });
  const ours: Driven[] = [];
  const changing: Driven[] = [];
  const theirs: Driven[] = [];
  // The first round warms all up and is not counted.
  for (let round = 0; round <= Number(rounds); round += 1) {
    const now = [
      await load(firesteel),
      await whileCommitting(firesteel, administrator, () => load(firesteel)),
      await load(bare),
    ] as const;
    if (round === 0) continue;
    ours.push(now[0]);
    changing.push(now[1]);
    theirs.push(now[2]);
  }
  const of = (measured: readonly Driven[], figure: (driven: Driven) => number) =>
    median(measured.map(figure));
  console.log(`| GET ${route}, ${paths.length} of them | a second | p50 | p99 |`);
  console.log("|---|---|---|---|");
  for (const [name, measured] of [
    ["Firesteel", ours],
    [`Firesteel, with a commit every ${COMMIT_EVERY_MS} ms`, changing],
    ["bare Fastify", theirs],
  ] as const) {
    const perSecond = of(measured, (driven) => driven.perSecond).toFixed(0);
    const p50 = of(measured, ({ p50Ms }) => p50Ms).toFixed(2);
    const p99 = of(measured, ({ p99Ms }) => p99Ms).toFixed(2);
    console.log(`| ${name} | ${perSecond} | ${p50} ms | ${p99} ms |`);
  }
  const ratio = (measured: readonly Driven[], figure: (driven: Driven) => number) =>
    of(measured, figure) / of(theirs, figure);
  const rate = (measured: readonly Driven[]) => ratio(measured, ({ perSecond }) => perSecond).toFixed(2);
  const slowest = (1 / ratio(ours, ({ p99Ms }) => p99Ms)).toFixed(2);
  console.log(
    `\n${rate(ours)} × the requests (goal ≥ ${GOAL}), with the commits ${rate(changing)} ×; p99 ${slowest} × as fast\n`,
  );
}

/** Makes credentials all the while, each of which is a commit. */
async function whileCommitting<Answer>(
  server: ServerUnderLoad,
  administrator: Administrator,
  work: () => Promise<Answer>,
): Promise<Answer> {
  let isOver = false;
  const committing = (async () => {
    while (!isOver) {
      const credentials_name = `bench-${crypto.randomUUID()}`;
      const aws_credentials = { sts_role: { role_arn: "arn:aws:iam::123456789012:role/r" } };
      await callAccount(server, administrator, "credentials", { credentials_name, aws_credentials });
      await delay(COMMIT_EVERY_MS);
    }
  })();
  try {
    return await work();
  } finally {
    isOver = true;
    await committing;
  }
}

async function revoke(
  server: ServerUnderLoad,
  { token }: Administrator,
  rounds: number,
  workspace: string,
): Promise<void> {
  const call = async (path: string, body: object) => {
    const answer = await fetch(`${server.url}/api/2.0/token/${path}?o=${workspace}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { token_value: string; token_info: { token_id: string } }; // as the server has it
  };
  for (const connections of [CONNECTIONS, 8 * CONNECTIONS]) {
    let [longestMs, late, before] = [0, 0, 0];
    for (let round = 0; round < rounds; round += 1) {
      const made = await call("create", {});
      const { token_id } = made.token_info;
      const revoked = await revokeUnderLoad({
        url: `${server.url}/api/2.0/preview/scim/v2/Me?o=${workspace}`,
        headers: { authorization: `Bearer ${made.token_value}` },
        connections,
        warmUp: 50 * connections,
        revoke: async () => void (await call("delete", { token_id })),
      });
      longestMs = Math.max(longestMs, revoked.lastAcceptedMs);
      late += revoked.acceptedLate;
      before += revoked.acceptedBefore;
    }
    console.log(
      `${rounds} tokens revoked while ${connections} connections read with each, ${before} times before: the last 200 came ${longestMs.toFixed(1)} ms after the revocation's answer at most (goal ≤ 1000 ms), and ${late} calls that began after it were accepted`,
    );
    if (late > 0 || longestMs > REVOKED_MS) process.exitCode = 1;
  }
}
