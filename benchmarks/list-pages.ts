/**
 * Pages of ListJobRuns with 1,000,000 stored runs against 1,000: two servers, signed requests of one connection, by
 * turns. The runs have three states and three names, and are a second apart.
 *
 *   node benchmarks/list-pages.ts [runs] [rounds]
 */
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryDirectory } from "../test/support/temporary.ts";
import { describeJobRun } from "./support/calls.ts";
import { makeTemplates, multiply } from "./support/fill.ts";
import { startLoadProcess } from "./support/load.ts";
import { median, printComparison } from "./support/ratio.ts";
import { type ServerUnderLoad, startFiresteel } from "./support/servers.ts";
import type { Call } from "./support/signed.ts";

const FEW = 1_000;
const REQUESTS = 300;
const GOAL = "≤ 1.5";
const ROWS = 50;
const COPIES = {
  state: "case n % 3 when 0 then 'COMPLETED' when 1 then 'FAILED' else 'CANCELLED' end",
  name: "'name-' || ((n / 3) % 3)",
  created_at_ms: "created_at_ms - n * 1000",
};

interface Subject {
  readonly runs: number;
  readonly server: ServerUnderLoad;
}

const [many = "1000000", rounds = "5"] = process.argv.slice(2);
const directory = await makeTemporaryDirectory();
const client = startLoadProcess();
const subjects: Subject[] = [];
try {
  const template = join(directory.path, "template");
  const { cluster, completed } = await makeTemplates(template);
  for (const runs of [Number(many), FEW]) {
    const dataDir = join(directory.path, `${runs}-runs`, "data");
    await cp(template, dataDir, { recursive: true });
    multiply(dataDir, completed, runs, COPIES);
    subjects.push({ runs, server: await startFiresteel(dataDir) });
  }
  const newestMs = await createdAtMs(describeJobRun(cluster, completed));
  const listed = (query: string): Call => ({
    method: "GET",
    path: `/virtualclusters/${cluster}/jobruns?maxResults=${ROWS}${query}`,
  });
  const middle = ({ runs }: Subject) => new Date(newestMs - (runs / 2) * 1000).toISOString();
  console.log(
    `| a page of ${ROWS} runs, ${rounds} rounds | of ${many} | of ${FEW} | ratio | goal |\n|---|---|---|---|---|`,
  );
  await compare("the newest", () => listed(""));
  await compare("of one state", () => listed("&states=FAILED"));
  await compare("of two states", () => listed("&states=FAILED&states=COMPLETED"));
  await compare("of one name", () => listed("&name=name-1"));
  await compare("of one name and state", () => listed("&name=name-1&states=FAILED"));
  await compare("from the middle on", (subject) => listed(`&createdBefore=${middle(subject)}`));
  await compare("of one name from the middle on", (subject) =>
    listed(`&name=name-1&createdBefore=${middle(subject)}`),
  );
  await compare("the second", async ({ server }) => {
    const { lastBody } = await client.run({ ...server, connections: 1, calls: [listed("")], total: 1 });
    return listed(`&nextToken=${encodeURIComponent(JSON.parse(lastBody).nextToken)}`);
  });
} finally {
  for (const { server } of subjects) await server.close();
  await client.close();
  await directory.remove();
}

async function createdAtMs(call: Call): Promise<number> {
  const [first] = subjects;
  if (first === undefined) throw new Error("there is no server to ask");
  const { lastBody } = await client.run({ ...first.server, connections: 1, calls: [call], total: 1 });
  return Date.parse(JSON.parse(lastBody).jobRun.createdAt);
}

/** Compares how long the middle one of many requests takes. Throws where a page is not full: that would be quicker. */
async function compare(what: string, callOf: (subject: Subject) => Call | Promise<Call>): Promise<void> {
  const measured = subjects.map((subject) => ({ subject, milliseconds: [] as number[] }));
  for (let round = 0; round <= Number(rounds); round += 1) {
    for (const { subject, milliseconds } of measured) {
      const calls = [await callOf(subject)];
      const { p50Ms, lastBody } = await client.run({
        ...subject.server,
        connections: 1,
        calls,
        total: REQUESTS,
      });
      const rows = JSON.parse(lastBody).jobRuns.length;
      if (rows !== ROWS) throw new Error(`${what}: a page of ${subject.runs} runs has ${rows}`);
      // The first round warms both up.
      if (round > 0) milliseconds.push(p50Ms);
    }
  }
  const [ours = Number.NaN, peer = Number.NaN] = measured.map(({ milliseconds }) => median(milliseconds));
  printComparison({ what, ours, peer, unit: "ms", goal: GOAL });
}
