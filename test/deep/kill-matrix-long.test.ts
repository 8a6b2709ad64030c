import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { shellDrivers, sparkDrivers } from "../harness/drivers.ts";
import { type Hit, KillMatrix } from "../harness/kill-matrix.ts";
import { KillableServer } from "../harness/killable-server.ts";
import { killAtRandom } from "../harness/random-kills.ts";
import { WINDOW_CASES } from "../harness/window-cases.ts";
import { Random } from "../property/random.ts";
import { fakeRuntime } from "../support/fake-runtime.ts";
import { cacheDirectory, sparkRuntime } from "../support/runtime.ts";
import { makeTemporaryDirectory } from "../support/temporary.ts";

const EVIDENCE = fileURLToPath(new URL("../../docs/evidence/kill-matrix.md", import.meta.url));
const HITS = Number(process.env.HITS ?? 25);
const RANDOM_KILLS = Number(process.env.RANDOM_KILLS ?? 50);
const SEED = Number(process.env.SEED ?? 1);
const TIMEOUT_MS = 180_000;

const hits: Hit[] = [];
let randomRuns = 0;

async function openMatrix(drivers: typeof sparkDrivers, persistent: boolean) {
  const directory = await makeTemporaryDirectory();
  const isSpark = drivers === sparkDrivers;
  if (isSpark) await sparkRuntime();
  const server = new KillableServer({
    directory: directory.path,
    settings: {
      cacheDir: cacheDirectory,
      "logs.uploadIntervalSeconds": "0.1",
      "engine.killGraceSeconds": "20",
    },
    shellRuntime: isSpark ? null : await fakeRuntime(directory.path),
  });
  const matrix = new KillMatrix(server, drivers, TIMEOUT_MS, persistent);
  await matrix.start();
  return {
    matrix,
    async close() {
      await server.endWithApplications();
      await directory.remove();
    },
  };
}

for (const [drivers, count] of [
  [shellDrivers, HITS],
  [sparkDrivers, Math.ceil(HITS / 5)],
] as const) {
  describe(`the kill matrix with ${drivers.name} drivers`, () => {
    let open: Awaited<ReturnType<typeof openMatrix>>;
    before(async () => {
      open = await openMatrix(drivers, false);
    });
    after(() => open.close());
    for (const windowCase of WINDOW_CASES) {
      test(`${windowCase.name}, ${count} times`, async () => {
        for (let hit = 0; hit < count; hit += 1) hits.push(await open.matrix.hit(windowCase));
      });
    }
    test("everything that is stored is true", async () => {
      assert.equal(await open.matrix.server.stop(), 0);
      await open.matrix.verify();
    });
  });
}

test(`${RANDOM_KILLS} kills at random instants under load, with Spark`, async (context) => {
  const { matrix, close } = await openMatrix(sparkDrivers, true);
  context.after(close);
  const random = new Random(SEED);
  await killAtRandom(matrix, { kills: RANDOM_KILLS, sideBySide: 3, longestLifeMs: 5_000, random });
  assert.equal(await matrix.server.stop(), 0);
  await matrix.verify();
  randomRuns = matrix.runs;
});

after(async () => {
  if (hits.length < WINDOW_CASES.length * HITS || randomRuns === 0) return;
  await mkdir(join(EVIDENCE, ".."), { recursive: true });
  await writeFile(EVIDENCE, report());
});

function report(): string {
  const rows = WINDOW_CASES.map(({ name, end }) => {
    const ofWindow = hits.filter(({ window }) => window === name);
    const counted = (drivers: string) => ofWindow.filter((hit) => hit.drivers === drivers).length;
    const stored = [...new Set(ofWindow.map((hit) => hit.stored))].join(" / ");
    const onDisk = [...new Set(ofWindow.map((hit) => hit.onDisk))].join(" / ");
    return `| ${name} | ${counted("shell")} | ${counted("Spark")} | ${stored} | ${onDisk} | ${end} |`;
  });
  return `# The kill matrix

Written by \`node --test test/deep/kill-matrix-long.test.ts\` on ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, Node ${process.version}.

Each hit is a SIGKILL of the server while the run stood in the window, and a new start. What was stored and on disk is
read between the two. After each hit the run's client token answers the same run, the driver that was there is the one
that is there, and the run ends as it should; in the end the stored events of every run are in order and in no state
twice, each driver was started once, and each log in the bucket is what the driver printed, once.

| window | hits, shell drivers | hits, Spark drivers | application stored at the kill | run's directory at the kill | ends |
|---|---|---|---|---|---|
${rows.join("\n")}

${RANDOM_KILLS} further kills fell at random instants (seed ${SEED}) while three clients started and cancelled Spark runs: ${randomRuns} runs,
none lost, none started twice, every final state the one that its client asked for.
`;
}
