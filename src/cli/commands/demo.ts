import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readReleaseLabel } from "../../core/job-run/release-label.ts";
import { parseS3Uri } from "../../core/s3-uri.ts";
import { command, flag } from "../command.ts";
import type { Context } from "../context.ts";
import { DEMO_BUCKET, DEMO_SQL, demoJobs, nextSteps, WORD_COUNT_OUTPUT } from "../demo/jobs.ts";
import { type DemoRun, runSideBySide } from "../demo/side-by-side.ts";
import { connectLocally } from "../emr/connection.ts";
import { listLogObjects, logPrefix } from "../emr/log-tail.ts";
import { DEFAULT_RELEASE_LABEL } from "../emr/submission.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { installWithProgress } from "../install-with-progress.ts";

/** The table stays below 100 columns, also where the output is a file. */
const RESULT_CHARACTERS = 64;
const DEMO_RUNS = 3;
const END_WAIT_MS = 10_000;
const END_POLL_MS = 100;

export const demo = command({
  path: ["demo"],
  summary: "See it work: three Spark runs through the EMR on EKS API",
  details: `Prepares Spark (once: it is cached), starts a server on a free port with a temporary data directory, and through its signed API runs the EMR guide's SparkPi JAR, its PySpark word count and a file of SQL statements side by side. Leaves nothing but the cache behind.

The exit code is 0 when all runs COMPLETED and the word count's output is there.`,
  options: { keep: flag("--keep", "keep the data directory, to look at buckets and logs") },
  examples: [
    { command: "firesteel demo", explanation: "run it" },
    { command: "firesteel demo --keep", explanation: "and look at what it leaves" },
  ],
  async run(values, outer) {
    const label = readReleaseLabel(DEFAULT_RELEASE_LABEL);
    if (label.kind !== "known")
      throw new Error(`The demo's release label ${DEFAULT_RELEASE_LABEL} is unknown`);
    outer.print.note("Preparing Spark (the first time downloads about 400 MB) ...");
    const runtime = await installWithProgress(outer, label.runtime);
    outer.print.note(`Spark ${runtime.sparkVersion} on Java ${runtime.javaVersion} is ready`);

    const dataDir = await mkdtemp(join(tmpdir(), "firesteel-demo-"));
    const settings = {
      ...outer.settings,
      dataDir,
      "server.port": 0,
      "server.host": "127.0.0.1",
      "database.url": "",
      // One for each run, so that none waits on a small machine.
      "engine.process.cores": Math.max(outer.settings["engine.process.cores"], DEMO_RUNS),
    };
    const context: Context = { ...outer, settings, host: outer.hostFor(settings) };
    try {
      const server = await context.host.startServer({ log: () => undefined, announce: null });
      try {
        context.print.note(`A server is on ${server.url}, its data in ${dataDir}`);
        const runs = await runJobs(server.url, context);
        return await showResults(runs, values.keep, context);
      } finally {
        await endDrivers(context);
        await server.close();
      }
    } finally {
      if (!values.keep) await rm(dataDir, { recursive: true, force: true });
    }
  },
});

async function runJobs(url: string, context: Context): Promise<readonly DemoRun[]> {
  const { settings, host, print } = context;
  const { client } = await connectLocally(url, { endpointUrl: undefined, region: undefined }, context);
  const cluster = await client.createVirtualCluster({
    name: "demo",
    eksClusterId: "local",
    namespace: "demo",
  });
  const jobs = demoJobs({ account: settings["aws.accountId"], region: settings["aws.region"] });
  print.note(`Created the virtual cluster ${cluster.name} (${cluster.id}); submitting ${jobs.length} runs`);
  const buckets = await host.buckets();
  await buckets.create(DEMO_BUCKET);
  await buckets.put(DEMO_SQL.bucket, DEMO_SQL.key, Buffer.from(DEMO_SQL.text));
  return runSideBySide(jobs, { client, virtualClusterId: cluster.id }, context);
}

async function showResults(runs: readonly DemoRun[], keep: boolean, { host, print, settings }: Context) {
  const buckets = await host.buckets();
  const results = await Promise.all(
    runs.map(async ({ run, firstLine }) => ({
      name: run.name ?? run.id,
      id: run.id,
      state: run.state,
      stateDetails: run.stateDetails ?? null,
      seconds: (Date.parse(run.finishedAt ?? run.createdAt) - Date.parse(run.createdAt)) / 1000,
      firstLine,
      logPrefix: logPrefix(run) ?? "",
      logs: await listLogObjects(buckets, run),
    })),
  );
  const output: string[] = [];
  const target = parseS3Uri(WORD_COUNT_OUTPUT);
  if (target !== null) {
    for await (const { key } of buckets.listObjects(target.bucket, `${target.key}/`))
      output.push(`s3://${target.bucket}/${key}`);
  }
  // Spark writes the marker last: with it, all parts are there.
  const succeeded =
    results.every(({ state }) => state === "COMPLETED") && output.some((uri) => uri.endsWith("/_SUCCESS"));
  print.result({ succeeded, runs: results, output, dataDir: keep ? settings.dataDir : null }, () =>
    [
      "",
      print.table(
        [{ title: "RUN" }, { title: "STATE" }, { title: "SECONDS", align: "right" }, { title: "RESULT" }],
        results.map(({ name, state, seconds, firstLine, stateDetails }) => [
          name,
          state,
          seconds.toFixed(1),
          shorten(state === "COMPLETED" ? firstLine : (stateDetails ?? "")),
        ]),
      ),
      "",
      print.style.bold("Log objects, where EMR would put them"),
      ...results.flatMap(({ logPrefix: prefix, logs }) => [
        prefix,
        ...logs.map((uri) => `  ${uri.slice(prefix.length)}`),
      ]),
      "",
      print.style.bold("Output of the word count"),
      ...(output.length === 0 ? ["none"] : output),
      "",
      keep
        ? `Kept: bucket s3://${DEMO_BUCKET} is the folder ${join(settings.dataDir, "buckets", DEMO_BUCKET)}. Remove it with: rm -r ${settings.dataDir}`
        : print.spell(
            "All of this was in a temporary directory that is removed now: firesteel demo --keep keeps it.",
          ),
      "",
      print.spell(nextSteps(settings["aws.accountId"])),
      "",
      succeeded ? print.style.green("The demo succeeded.") : print.style.red("The demo failed."),
    ].join("\n"),
  );
  return succeeded ? EXIT_CODES.ok : EXIT_CODES.failed;
}

function shorten(text: string): string {
  return text.length <= RESULT_CHARACTERS ? text : `${text.slice(0, RESULT_CHARACTERS - 3)}...`;
}

/** After an interruption drivers are still at work: their directory is about to go. */
async function endDrivers({ host, clock }: Context): Promise<void> {
  await host.endApplications(0);
  const deadline = clock.now() + END_WAIT_MS;
  while ((await host.processes()).length > 0 && clock.now() < deadline) await delay(END_POLL_MS);
}
