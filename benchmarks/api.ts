/**
 * Requests a second, and how long the slowest of a hundred takes, with 8 connections of a client in a process of its
 * own, by turns with moto's server (and, for the read, with a bare Fastify route that answers the same bytes). Firesteel
 * verifies each signature, audits each call and answers a StartJobRun when it is on the disk (SQLite, full sync); moto
 * does none of it. moto gets 1 connection as well, with which it is a little faster.
 *
 *   node benchmarks/api.ts start-job-run|describe-job-run [rounds]
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { makeTemporaryDirectory } from "../test/support/temporary.ts";
import { createVirtualCluster, describeJobRun, startJobRun } from "./support/calls.ts";
import { startLoadProcess } from "./support/load.ts";
import { cpuSeconds } from "./support/processes.ts";
import { median } from "./support/ratio.ts";
import { type ServerUnderLoad, startBareFastify, startFiresteel, startMoto } from "./support/servers.ts";
import type { Call } from "./support/signed.ts";
import type { Driven } from "./support/wire-client.ts";

const CONNECTIONS = 8;
const P99_GOAL_MS = 10;
/** So that a round takes a second or more on any of them. */
const REQUESTS = { StartJobRun: 20_000, DescribeJobRun: 20_000, moto: 400, fastify: 20_000 };
const RUNS_DESCRIBED = 100;
/** Until V8 has compiled what each request runs as fast as it can, which takes it some 30,000 requests. */
const WARM_UP_ROUNDS = 2;

interface Subject {
  readonly name: string;
  readonly server: ServerUnderLoad;
  readonly connections: number;
  readonly total: number;
  readonly calls: () => readonly Call[];
}

interface Measured extends Driven {
  /** Of the server's process, for one request: what other work on the machine disturbs least. */
  readonly cpuMicroseconds: number;
}

const client = startLoadProcess();

async function measure(operation: "StartJobRun" | "DescribeJobRun", rounds: number): Promise<void> {
  const directory = await makeTemporaryDirectory();
  const servers: ServerUnderLoad[] = [];
  const open = async (starting: Promise<ServerUnderLoad>) => {
    servers.push(await starting);
    return starting;
  };
  try {
    const firesteel = await open(startFiresteel(join(directory.path, "data"), {}, process.execArgv));
    const moto = await open(startMoto());
    const ours = await subject("Firesteel", firesteel, operation, REQUESTS[operation]);
    const theirs = await subject("moto", moto, operation, REQUESTS.moto);
    const subjects = [ours, theirs, { ...theirs, name: "moto, 1 connection", connections: 1 }];
    if (operation === "DescribeJobRun") {
      const { lastBody } = await client.run({ ...firesteel, ...ours, calls: ours.calls(), total: 1 });
      const server = await open(startBareFastify(lastBody));
      subjects.push({ ...ours, name: "bare Fastify", server, total: REQUESTS.fastify });
    }
    const measured = new Map(subjects.map(({ name }) => [name, [] as Measured[]]));
    // The first rounds warm every server up and are not counted.
    for (let round = 1 - WARM_UP_ROUNDS; round <= rounds; round += 1) {
      for (const { name, server, connections, total, calls } of subjects) {
        const signed = calls();
        const before = await cpuSeconds(server.pid);
        const driven = await client.run({ ...server, connections, total, calls: signed });
        const cpuMicroseconds = ((await cpuSeconds(server.pid)) - before) * (1e6 / total);
        if (round > 0) measured.get(name)?.push({ ...driven, cpuMicroseconds });
      }
    }
    print(operation, rounds, measured);
  } finally {
    for (const server of servers) await server.close();
    await directory.remove();
  }
}

async function subject(
  name: string,
  server: ServerUnderLoad,
  operation: "StartJobRun" | "DescribeJobRun",
  total: number,
): Promise<Subject> {
  const idOf = async (call: Call) => {
    const { lastBody } = await client.run({ ...server, connections: 1, calls: [call], total: 1 });
    return String(JSON.parse(lastBody).id);
  };
  const cluster = await idOf(createVirtualCluster("bench"));
  const start = () => startJobRun(cluster, randomUUID());
  if (operation === "StartJobRun") {
    return {
      name,
      server,
      connections: CONNECTIONS,
      total,
      calls: () => Array.from({ length: total }, start),
    };
  }
  const described: Call[] = [];
  while (described.length < RUNS_DESCRIBED) described.push(describeJobRun(cluster, await idOf(start())));
  return { name, server, connections: CONNECTIONS, total, calls: () => described };
}

function print(operation: string, rounds: number, measured: ReadonlyMap<string, readonly Measured[]>): void {
  const of = (name: string, figure: (measured: Measured) => number) =>
    median((measured.get(name) ?? []).map(figure));
  console.log(
    `| ${operation}, ${CONNECTIONS} connections, ${rounds} rounds | a second | p50 | p99 | server's CPU a request | client's cores |`,
  );
  console.log("|---|---|---|---|---|---|");
  for (const name of measured.keys()) {
    const cells = [
      of(name, ({ perSecond }) => perSecond).toFixed(0),
      `${of(name, ({ p50Ms }) => p50Ms).toFixed(2)} ms`,
      `${of(name, ({ p99Ms }) => p99Ms).toFixed(2)} ms`,
      `${of(name, ({ cpuMicroseconds }) => cpuMicroseconds).toFixed(0)} µs`,
      of(name, ({ clientCores }) => clientCores).toFixed(2),
    ];
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
  const rate = (name: string) => of(name, ({ perSecond }) => perSecond);
  const ours = rate("Firesteel");
  const goal = operation === "StartJobRun" ? 10 : 40;
  const [times, timesOfOne] = ["moto", "moto, 1 connection"].map((name) => (ours / rate(name)).toFixed(1));
  console.log(
    `\n${operation}: ${times} × moto (goal ≥ ${goal}), ${timesOfOne} × moto with 1 connection; p99 ${of("Firesteel", ({ p99Ms }) => p99Ms).toFixed(2)} ms (goal ≤ ${P99_GOAL_MS})`,
  );
  if (measured.has("bare Fastify"))
    console.log(
      `${(ours / rate("bare Fastify")).toFixed(2)} × a bare Fastify route of the same bytes (goal ≥ 0.5)`,
    );
}

const [what, rounds = "5"] = process.argv.slice(2);
try {
  if (what !== "describe-job-run") await measure("StartJobRun", Number(rounds));
  if (what !== "start-job-run") await measure("DescribeJobRun", Number(rounds));
} finally {
  await client.close();
}
