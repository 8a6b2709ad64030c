import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Simulated, simulate } from "../simulation/simulate.ts";

/** Seeds beyond those that every change is tried on. */
const FROM = Number(process.env.FROM ?? 1_001);
const SEEDS = Number(process.env.SEEDS ?? 5_000);
const STEPS = Number(process.env.STEPS ?? 120);
const TIMEOUT_MS = 4 * 60 * 60_000;
const EVIDENCE = join(import.meta.dirname, "..", "..", "docs", "evidence");

test(`${SEEDS} simulated lives of the control plane keep every promise`, {
  timeout: TIMEOUT_MS,
}, async () => {
  const begunMs = performance.now();
  const lives: Simulated[] = [];
  for (let seed = FROM; seed < FROM + SEEDS; seed += 1) lives.push(await simulate(seed, STEPS));
  await mkdir(EVIDENCE, { recursive: true });
  await writeFile(join(EVIDENCE, "simulation.md"), report(lives, performance.now() - begunMs));
});

function report(lives: readonly Simulated[], tookMs: number): string {
  const sum = (count: (life: Simulated) => number) => lives.reduce((total, life) => total + count(life), 0);
  const states = [...new Set(lives.flatMap((life) => Object.keys(life.states)))].sort();
  const rows: readonly (readonly [string, number | string])[] = [
    ["seeds", `${FROM} to ${FROM + SEEDS - 1}`],
    ["things that happened in each, besides what the server did", STEPS],
    ["job runs", sum(({ jobRuns }) => jobRuns)],
    ...states.map((state) => [`… that ended ${state}`, sum((life) => life.states[state] ?? 0)] as const),
    ["drivers started, none of them twice", sum(({ launches }) => launches)],
    ["crashes of the server", sum(({ crashes }) => crashes)],
    ["turns of the server's parts, in an order that the seed chose", sum(({ turns }) => turns)],
    ["broken promises", 0],
  ];
  return [
    "# Deterministic simulation",
    "",
    "Use cases, admission, outbox, reconciler, search for orphans and log delivery on a clock, an engine, a store and",
    "sinks that fail by a seed: `test/simulation`. The promises that are checked are in `ledger.ts`, `world.ts`,",
    "`clients.ts` and `simulate.ts` there.",
    "",
    "| | |",
    "|---|---|",
    ...rows.map(([what, value]) => `| ${what} | ${value} |`),
    "",
    `Took ${Math.round(tookMs / 1000)} s on ${cpus()[0]?.model ?? "an unknown processor"}, one thread, Node ${process.version}.`,
    `Made by \`SEEDS=${SEEDS} STEPS=${STEPS} FROM=${FROM} node --test test/deep/simulation-long.test.ts\`.`,
    "",
  ].join("\n");
}
