import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { startEphemeralServer } from "../../support/ephemeral-server.ts";
import { sparkRuntime, testPython } from "../../support/runtime.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

const execute = promisify(execFile);
const FIXTURES = join(import.meta.dirname, "..", "..", "fixtures");
const EVIDENCE = join(import.meta.dirname, "..", "..", "..", "docs", "evidence", "airflow.md");
const TIMEOUT_MS = 20 * 60_000;

/** What the DAGs print, by the first word of the line, with the ids of runs taken out. */
const EXPECTED = [
  "READ COMPLETED pi {'dag': 'submits_and_waits'}",
  "SUBMITTED success [('create', 'success'), ('read', 'success'), ('submit', 'success'), ('wait', 'success')]",
  "CLUSTERS ['airflow']",
  "FAILED failed [('submit', 'failed')]",
  "KILLED CANCELLED AirflowException EMR Containers job failed. Final state is CANCELLED. query_execution_id is [RUN]. Error: None",
];
/** What the operator says of a run that fails: the service's reason and details, as it reads them. */
const FAILURE =
  "EMR Containers job failed. Final state is FAILED. query_execution_id is [RUN]. Error: USER_ERROR - The driver exited with code 3. JobRun failed.";

test("Airflow submits, waits, reads, fails and cancels through its operators", {
  timeout: TIMEOUT_MS,
}, async (context) => {
  await sparkRuntime();
  const pinned = await readFile(join(import.meta.dirname, "requirements.txt"), "utf8");
  const python = await testPython(pinned.split("\n").filter((line) => /^[^#\s]/.test(line)));
  const { ready, output } = await startEphemeralServer(context);
  const code = join(ready.bucketsDir, "airflow", "code");
  await mkdir(code, { recursive: true });
  for (const name of ["exit_3.py", "endless.py"]) await cp(join(FIXTURES, name), join(code, name));

  const home = await temporaryDirectory(context);
  const dags = join(home, "dags");
  await mkdir(dags);
  await cp(join(import.meta.dirname, "dags.py"), join(dags, "dags.py"));
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    AIRFLOW_HOME: home,
    AIRFLOW__CORE__DAGS_FOLDER: dags,
    AIRFLOW__CORE__LOAD_EXAMPLES: "False",
    AIRFLOW_CONN_AWS_DEFAULT: JSON.stringify({
      conn_type: "aws",
      login: ready.accessKeyId,
      password: ready.secretAccessKey,
      extra: { region_name: ready.region, endpoint_url: ready.url },
    }),
    AWS_EC2_METADATA_DISABLED: "true",
    TEST_BUCKET: "airflow",
  };
  const run = (...args: string[]) =>
    execute(python, args, { cwd: home, env, maxBuffer: 2 ** 26 }).catch(
      (error: { stdout?: string; stderr?: string }) => {
        throw new Error(`airflow failed:\n${error.stdout}\n${error.stderr}\nserver:\n${output()}`);
      },
    );
  await run("-m", "airflow", "db", "migrate");
  const begunMs = performance.now();
  const { stdout, stderr } = await run(join(dags, "dags.py"));
  const withoutIds = `${stdout}\n${stderr}`.replace(/\b0[0-9a-z]{18}\b/g, "[RUN]");
  const printed = withoutIds
    .split("\n")
    .filter((line) => /^(READ|SUBMITTED|CLUSTERS|FAILED|KILLED) /.test(line));
  assert.deepEqual(printed, EXPECTED, withoutIds);
  assert.ok(withoutIds.includes(FAILURE), withoutIds);
  await writeFile(EVIDENCE, report(pinned, performance.now() - begunMs));
});

function report(pinned: string, tookMs: number): string {
  const version = (name: string) => new RegExp(`^${name}==(.*)$`, "m").exec(pinned)?.[1] ?? "unknown";
  return [
    "# Airflow",
    "",
    `Apache Airflow ${version("apache-airflow")} and its provider for Amazon ${version("apache-airflow-providers-amazon")}, as they`,
    "come from PyPI, against `firesteel server --ephemeral`: of the connection `aws_default` only `endpoint_url` leads elsewhere. The",
    "DAGs are in `test/deep/airflow/dags.py`, run by `dag.test()`; runs are real ones on Spark. `on_kill` is called from another",
    "thread than the one in which the operator executes, as a worker does when a task is to end.",
    "",
    "| task | what it saw |",
    "|---|---|",
    "| `EmrEksCreateClusterOperator`, `EmrContainerOperator` without waiting, `EmrContainerSensor`, and a task with the hook | all `success`; the hook read `COMPLETED`, name and tags |",
    `| \`EmrContainerOperator\` of a script that exits with 3 | \`failed\`: ${FAILURE} |`,
    "| `EmrContainerOperator.on_kill` of an endless run | `CANCELLED`; the operator that executed it raises |",
    "",
    `Took ${Math.round(tookMs / 1000)} s.`,
    "Made by `node --test test/deep/airflow/airflow.test.ts`.",
    "",
  ].join("\n");
}
