import assert from "node:assert/strict";
import { EMR_CONTAINERS_OPERATIONS } from "../../src/contract/emr-containers/operations.ts";
import type { AnyOperation, Operation } from "../../src/contract/operation.ts";
import { DomainError } from "../../src/core/errors.ts";
import { jobRunId, virtualClusterId } from "../../src/core/ids.ts";
import { planJobRun } from "../../src/core/job-run/plan.ts";
import { readReleaseLabel } from "../../src/core/job-run/release-label.ts";
import { canonicalJson } from "../../src/core/json.ts";
import type { PageCursor } from "../../src/core/ports/store.ts";
import { inputReader } from "../../src/http/emr-containers/input.ts";
import { milliseconds } from "../../src/http/emr-containers/wire.ts";
import { listing, pageRequest } from "../../src/use-cases/paging.ts";
import { property } from "./property.ts";
import type { Random } from "./random.ts";
import { awkwardText, jsonValue, mutated } from "./texts.ts";

/** Answers null where it is refused as a request may be; every other error is a fault of ours. */
function unlessRefused<Result>(attempt: () => Result): Result | null {
  try {
    return attempt();
  } catch (error) {
    const refusal = error instanceof DomainError && (error.kind === "invalid" || error.kind === "not-found");
    if (refusal && error.message !== "") return null;
    throw error;
  }
}

const OPERATIONS = Object.values<AnyOperation>(EMR_CONTAINERS_OPERATIONS)
  .filter((operation) => operation.implemented)
  .map((operation) => ({ operation, read: inputReader(operation) }));

const readStartJobRun = inputReader(EMR_CONTAINERS_OPERATIONS.StartJobRun);

/** A body that is accepted, for each operation that takes one. */
const ACCEPTED: Readonly<Record<string, object>> = {
  StartJobRun: {
    name: "sample",
    clientToken: "token",
    executionRoleArn: "arn:aws:iam::123456789012:role/job",
    releaseLabel: "emr-7.7.0-latest",
    jobDriver: {
      sparkSubmitJobDriver: {
        entryPoint: "s3://b/job.py",
        entryPointArguments: ["1", "two"],
        sparkSubmitParameters: "--conf spark.executor.instances=2 --name 'my job'",
      },
    },
    configurationOverrides: {
      applicationConfiguration: [
        { classification: "spark-defaults", properties: { "spark.driver.memory": "2G" } },
        {
          classification: "spark-env",
          configurations: [{ classification: "export", properties: { A: "b" } }],
        },
        { classification: "emr-containers-defaults", properties: { "job-start-timeout": "1800" } },
      ],
      monitoringConfiguration: {
        persistentAppUI: "ENABLED",
        s3MonitoringConfiguration: { logUri: "s3://logs/prefix" },
        cloudWatchMonitoringConfiguration: { logGroupName: "/jobs", logStreamNamePrefix: "p" },
      },
    },
    tags: { team: "data" },
  },
  CreateVirtualCluster: {
    name: "vc",
    clientToken: "token",
    containerProvider: { type: "EKS", id: "eks", info: { eksInfo: { namespace: "spark" } } },
    tags: { team: "data" },
  },
};

/** The value with something else somewhere inside; sometimes at its very top. */
function changedInside(random: Random, value: unknown): unknown {
  if (typeof value === "string" && random.chance(0.7)) return mutated(random, value).toWellFormed();
  if (Array.isArray(value) && value.length > 0 && random.chance(0.9)) {
    const at = random.between(0, value.length - 1);
    return value.map((element, index) => (index === at ? changedInside(random, element) : element));
  }
  if (value !== null && typeof value === "object" && random.chance(0.95)) {
    const entries = Object.entries(value);
    const at = random.between(0, entries.length);
    const found = entries[at];
    if (found === undefined) return { ...value, [awkwardText(random, 2)]: jsonValue(random, 2) };
    const [name, member] = found;
    const others = Object.fromEntries(entries.filter((_, index) => index !== at));
    if (random.chance(0.1)) return others;
    return { ...others, [random.chance(0.1) ? mutated(random, name) : name]: changedInside(random, member) };
  }
  return jsonValue(random, 3);
}

function bodyFor(random: Random, operation: Operation): unknown {
  const accepted = ACCEPTED[operation.name];
  if (accepted === undefined || random.chance(0.2)) return jsonValue(random);
  let body: unknown = accepted;
  for (let changes = random.between(0, 2); changes > 0; changes -= 1) body = changedInside(random, body);
  return body;
}

function queryFor(random: Random, operation: Operation): string {
  const names = [...Object.keys(operation.query.properties), "createdAfter", "nonsense"];
  const value = () =>
    random.pick([
      () => awkwardText(random, 4).toWellFormed(),
      () => timestamp(random),
      () => random.pick(["RUNNING", "EKS", "1", "0", "-1", "99999999999999999999", "1e3", " 1"]),
    ])();
  return random
    .list(random.between(0, 3), () => `${random.pick(names)}=${encodeURIComponent(value())}`)
    .join("&");
}

function timestamp(random: Random): string {
  const two = (most: number) => String(random.between(0, most)).padStart(2, "0");
  const date = `${random.pick(["2026", "0000", "9999", "1969", "20260"])}-${two(13)}-${two(32)}`;
  const time = `${two(24)}:${two(60)}:${two(61)}${random.pick(["", ".5", ".123456789", "."])}`;
  return `${date}${random.pick(["T", "t", " "])}${time}${random.pick(["Z", "z", "", "+01:00", "-23:59", "+24:00"])}`;
}

property(
  "any input of any operation is read or refused",
  (random) => {
    const { operation, read } = random.pick(OPERATIONS);
    const id = () => (random.chance(0.8) ? "abc123" : awkwardText(random, 3));
    return {
      name: operation.name,
      read,
      body: bodyFor(random, operation),
      query: queryFor(random, operation),
      params: Object.fromEntries(Object.keys(operation.params.properties).map((name) => [name, id()])),
    };
  },
  ({ read, body, query, params }) => {
    const input = unlessRefused(() => read({ params, query, body: Buffer.from(JSON.stringify(body)) }));
    if (input === null) return;
    assert.doesNotMatch(canonicalJson(input), /\\u0000|\\ud[89a-f]/, "what is accepted can be stored");
    for (const [name, value] of Object.entries(input)) {
      if (name !== "createdAfter" && name !== "createdBefore") continue;
      assert.ok(Number.isSafeInteger(milliseconds(String(value))), `${name}=${value} is a time`);
    }
  },
);

property(
  "any accepted submission is planned or refused",
  (random) => {
    let body: unknown = ACCEPTED.StartJobRun;
    for (let changes = random.between(0, 3); changes > 0; changes -= 1) body = changedInside(random, body);
    return body;
  },
  (body) => {
    const raw = { params: { virtualClusterId: "abc" }, query: "", body: Buffer.from(JSON.stringify(body)) };
    const input = unlessRefused(() => readStartJobRun(raw));
    if (input === null) return;
    const release = readReleaseLabel(input.releaseLabel);
    if (release.kind !== "known") return;
    assert.ok(release.runtime.javaVersion === null || Number.isInteger(release.runtime.javaVersion));
    const plan = unlessRefused(() =>
      planJobRun({
        request: {
          name: input.name ?? null,
          executionRoleArn: input.executionRoleArn,
          releaseLabel: input.releaseLabel,
          jobDriver: input.jobDriver,
          configurationOverrides: input.configurationOverrides ?? null,
        },
        runtime: release.runtime,
        cluster: virtualClusterId("abc"),
        clusterName: "eks",
        run: jobRunId("run"),
        sparkApplicationId: "spark-0",
      }),
    );
    if (plan === null) return;
    const { resources, startTimeoutSeconds } = plan.spec;
    assert.ok(Number.isSafeInteger(resources.cores) && resources.cores >= 1, `cores ${resources.cores}`);
    assert.ok(Number.isSafeInteger(resources.memoryBytes), `memory ${resources.memoryBytes}`);
    assert.ok(Number.isSafeInteger(startTimeoutSeconds) && startTimeoutSeconds >= 1);
  },
);

const LIST = { operation: "ListJobRuns", filter: {} };
/** What its tokens hold besides a place. */
const [, , OF_LIST] = JSON.parse(
  Buffer.from(
    listing(LIST, { rows: [], next: { createdAtMs: 1, id: "a" } }).nextToken ?? "",
    "base64url",
  ).toString(),
);

property(
  "any text is a page's token or a refusal",
  (random) =>
    random.pick([
      () => awkwardText(random),
      () => Buffer.from(awkwardText(random)).toString("base64url"),
      () => Buffer.from(JSON.stringify(jsonValue(random))).toString("base64url"),
      () =>
        Buffer.from(JSON.stringify([random.between(-1, 9e15), awkwardText(random), OF_LIST])).toString(
          "base64url",
        ),
    ])(),
  (nextToken) => {
    const page = unlessRefused(() => pageRequest(LIST, { maxResults: 1, nextToken }));
    if (page?.after == null) return;
    assert.ok(Number.isSafeInteger(page.after.createdAtMs));
    assert.match(page.after.id, /^[0-9a-z]{1,64}$/, "no other id was ever given");
  },
);

property(
  "a page's token leads to the place that it was made of",
  (random): PageCursor => ({
    createdAtMs: random.between(0, Number.MAX_SAFE_INTEGER),
    id: random
      .list(random.between(1, 25), () => random.pick([..."0123456789abcdefghijklmnopqrstuvwxyz"]))
      .join(""),
  }),
  (next) => {
    const { nextToken } = listing(LIST, { rows: [], next });
    assert.deepEqual(pageRequest(LIST, { maxResults: null, nextToken }).after, next);
    const other = { ...LIST, filter: { states: ["RUNNING"] } };
    assert.throws(() => pageRequest(other, { maxResults: null, nextToken }), /with other filters/);
  },
);
