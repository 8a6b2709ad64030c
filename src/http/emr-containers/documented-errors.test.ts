import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type FakeService, fakeService } from "../../../test/support/fake-service.ts";
import { sampleApplication, sampleJobRun } from "../../../test/support/samples.ts";
import { ROLE, refusalOf } from "../../../test/support/signed-http.ts";
import {
  type ArisingErrorId,
  DOCUMENTED_ERRORS,
  ERRORS_OF_JOB_RUNS,
} from "../../contract/emr-containers/documented-errors.ts";
import { applicationIdOf, jobRunId, virtualClusterId } from "../../core/ids.ts";
import { reflectApplication } from "../../core/job-run/decide.ts";

type Answer = Awaited<ReturnType<FakeService["http"]["send"]>>;
type Values = Readonly<Record<string, string>>;

/** What DescribeJobRun shows of a run's end. */
interface Run {
  readonly state: string;
  readonly failureReason?: string;
  readonly stateDetails?: string;
}

/** What came of a situation, and what the words in braces stand for. */
interface Outcome {
  readonly answer?: Answer;
  readonly run?: Run;
  readonly values?: Values;
}

const START = {
  executionRoleArn: ROLE,
  releaseLabel: "emr-7.7.0-latest",
  jobDriver: { sparkSubmitJobDriver: { entryPoint: "s3://b/job.py" } },
};

const application = (classification: string, properties: object) => ({
  configurationOverrides: { applicationConfiguration: [{ classification, properties }] },
});
const monitoring = (monitoringConfiguration: object) => ({
  configurationOverrides: { monitoringConfiguration },
});

function start(service: FakeService, cluster: string, change: object = {}): Promise<Answer> {
  const body = { ...START, clientToken: service.newName(), ...change };
  return service.http.send({ path: `/virtualclusters/${cluster}/jobruns`, body });
}

/** Starts a run with everything around it, and answers its address. */
async function started(service: FakeService, change: object = {}) {
  const cluster = await service.cluster();
  const answer = await start(service, cluster, change);
  assert.equal(answer.statusCode, 200, answer.body);
  const id: string = answer.json().id;
  return { id, path: `/virtualclusters/${cluster}/jobruns/${id}`, tag: applicationIdOf(jobRunId(id), 1) };
}

async function described(service: FakeService, path: string): Promise<Run> {
  return (await service.http.send({ path })).json().jobRun;
}

/** One way into each error that arises here; a documented one without a way does not compile. */
const SITUATIONS: {
  readonly [Id in ArisingErrorId]: (service: FakeService, context: TestContext) => Promise<Outcome>;
} = {
  "role-of-another-account": async (service) => ({
    answer: await start(service, await service.cluster(), {
      executionRoleArn: "arn:aws:iam::999999999999:role/job",
    }),
    values: { caller: "arn:aws:iam::123456789012:user/admin" },
  }),
  "role-is-no-arn": async (service) => {
    const role = "iam_role_name_for_job_execution";
    return { answer: await start(service, "x", { executionRoleArn: role }), values: { role } };
  },
  "cluster-missing": async (service) => ({
    answer: await start(service, "nope"),
    values: { cluster: "nope" },
  }),
  "cluster-not-ready": async (service) => {
    const cluster = await service.cluster();
    const path = `/virtualclusters/${cluster}`;
    assert.equal((await start(service, cluster)).statusCode, 200);
    await service.http.send({ method: "DELETE", path });
    const { state } = (await service.http.send({ path })).json().virtualCluster;
    assert.notEqual(state, "RUNNING");
    return { answer: await start(service, cluster), values: { state } };
  },
  "release-missing": async (service) => {
    const release = "emr-9.9.9-latest";
    return {
      answer: await start(service, await service.cluster(), { releaseLabel: release }),
      values: { release },
    };
  },
  "log-uri": async (service) => ({
    answer: await start(service, "x", monitoring({ s3MonitoringConfiguration: { logUri: "/logs" } })),
  }),
  "classification-not-supported": async (service) => {
    const classification = "hdfs-site";
    const { path } = await started(service, application(classification, {}));
    return { run: await described(service, path), values: { classification } };
  },
  "internal-before": async () => {
    const exit = { cause: "lost", code: null, signal: null, summary: "It is gone.", atMs: 1 } as const;
    const decision = reflectApplication(sampleJobRun(), sampleApplication({ state: "failed", exit }), 1);
    const { state = "", failureReason, stateDetails } = decision?.next ?? {};
    return { run: { state, failureReason: failureReason ?? "", stateDetails: stateDetails ?? "" } };
  },
  "insufficient-resources": async (_service, context) => {
    const service = await opened(context, { strictMemory: true });
    const { path } = await started(service, application("spark-defaults", { "spark.driver.memory": "9g" }));
    await service.plane.settle();
    return { run: await described(service, path), values: { eks: "eks" } };
  },
  "internal-after": async (service) => {
    const { path, tag } = await started(service);
    await service.plane.settle();
    service.plane.engine.forget(tag);
    await service.plane.settle();
    service.plane.clock.advance(service.notFoundGraceMs);
    await service.plane.settle();
    return { run: await described(service, path) };
  },
  "start-timeout": async (service) => {
    service.plane.engine.hold();
    const { path } = await started(
      service,
      application("emr-containers-defaults", { "job-start-timeout": "60" }),
    );
    await service.plane.settle();
    service.plane.clock.advance(60_000);
    await service.plane.settle();
    return { run: await described(service, path) };
  },
  "max-attempts": async (service) => ({
    answer: await start(service, "x", { retryPolicyConfiguration: { maxAttempts: 0 } }),
  }),
  "name-taken": async (service) => {
    const name = service.newName();
    const create = (id: string) => {
      const containerProvider = { type: "EKS", id, info: { eksInfo: { namespace: name } } };
      return service.http.send({
        path: "/virtualclusters",
        body: { name, containerProvider, clientToken: id },
      });
    };
    assert.equal((await create("eks-1")).statusCode, 200);
    return { answer: await create("eks-2"), values: { name } };
  },
  "log-bucket-missing": async (service) => {
    const logs = { s3MonitoringConfiguration: { logUri: "s3://not-made-yet/logs" } };
    const { id, tag } = await started(service, monitoring(logs));
    await service.plane.settle();
    service.plane.engine.write(tag, "driver", "stdout", "hello\n");
    service.plane.engine.finish(tag, { code: 0 });
    await service.plane.settle();
    const folder = join(service.plane.directory, "buckets", "not-made-yet");
    const keys = await readdir(folder, { recursive: true });
    const isDriverLog = (key: string) => key.includes(id) && key.endsWith("-driver/stdout.gz");
    assert.ok(keys.some(isDriverLog), keys.join());
    return {};
  },
  "tags-cannot-be-applied": async (service) => {
    const name = service.newName();
    const containerProvider = { type: "EKS", id: "eks", info: { eksInfo: { namespace: name } } };
    const body = { name, containerProvider, clientToken: name, tags: { "aws:team": "x" } };
    const refused = await service.http.send({ path: "/virtualclusters", body });
    assert.equal(refused.statusCode, 400);
    // The name and the namespace are still free, and the token was not spent.
    const made = await service.http.send({ path: "/virtualclusters", body: { ...body, tags: {} } });
    assert.equal(made.statusCode, 200, made.body);
    return {};
  },
  "kms-key-forbidden": async (service) => {
    const encryptionKeyArn = "arn:aws:kms:us-east-1:123456789012:key/x";
    return { answer: await start(service, "x", monitoring({ managedLogs: { encryptionKeyArn } })) };
  },
  "other-account": async (service) => {
    const { emr, context } = service.plane;
    const { account } = context.scope;
    const stranger = { ...context, scope: { ...context.scope, account: `${account}`.replace("1", "9") } };
    const name = service.newName();
    const input = { name, eksClusterId: "eks", namespace: name, clientToken: name, tags: {} };
    // Another account's identifier is one like this one's.
    const theirs = await emr.createVirtualCluster(stranger as typeof context, input);
    assert.equal(
      (await emr.describeVirtualCluster(stranger as typeof context, virtualClusterId(theirs.id))).name,
      name,
    );
    return { answer: await start(service, theirs.id), values: { cluster: theirs.id } };
  },
};

async function opened(context: TestContext, policy = {}): Promise<FakeService> {
  const service = await fakeService(policy);
  context.after(() => service.close());
  return service;
}

function filled(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

for (const id of Object.keys(SITUATIONS) as ArisingErrorId[]) {
  const { source, condition, outcome } = ERRORS_OF_JOB_RUNS[id];
  test(`${source}: ${condition}`, async (context) => {
    const { answer, run, values = {} } = await SITUATIONS[id](await opened(context), context);
    if (outcome.kind === "answer") {
      assert.ok(answer !== undefined);
      const message = filled(outcome.message, values);
      const body = { message, __type: outcome.type };
      assert.deepEqual(refusalOf(answer), [outcome.status, outcome.type, body]);
    } else if (outcome.kind === "failed-run") {
      assert.equal(run?.state, "FAILED");
      assert.equal(run.failureReason, outcome.failureReason);
      const words = filled(outcome.stateDetails, values);
      assert.equal(run.stateDetails?.slice(0, words.length), words);
    } else assert.equal(outcome.kind, "behaviour");
  });
}

/** How many rows the specification's tables of errors have; rows 9a and 9b of one are a single one. */
const ROWS = {
  "emr-a.md 14": 11,
  "emr-b.md 4.1": 10,
  "emr-b.md 4.2": 6,
  "emr-b.md 4.3": 5,
  "emr-b.md 4.4": 8,
  "emr-c.md 4": 16,
  "emr-d.md 4": 20,
} as const;

/** The rows of a section's that a source names: `row 1`, `rows 1 to 4`, `E5 to E8`, `E1, E3`. */
function rowsOf(section: string, source: string): number[] {
  if (!source.startsWith(`${section} `) || source.includes(" row 9b ")) return [];
  const [named = ""] = source.slice(section.length).split(" (");
  const [first = 0, last = first, ...more] = (named.match(/\d+/g) ?? []).map(Number);
  if (!named.includes(" to ")) return [...new Set([first, last, ...more])];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

test("every documented error has a source of its own, and arises or says why it cannot", () => {
  const sources = Object.values(DOCUMENTED_ERRORS).map(({ source }) => source);
  assert.equal(new Set(sources).size, sources.length);
  for (const [section, rows] of Object.entries(ROWS)) {
    const named = sources.flatMap((source) => rowsOf(section, source)).sort((one, other) => one - other);
    assert.deepEqual(
      named,
      Array.from({ length: rows }, (_, index) => index + 1),
      `rows of ${section}`,
    );
  }
  for (const [id, { outcome }] of Object.entries(ERRORS_OF_JOB_RUNS)) {
    assert.equal(Object.hasOwn(SITUATIONS, id), outcome.kind !== "not-applicable", id);
  }
});
