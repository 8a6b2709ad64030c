import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type FakeService, fakeService } from "../../../test/support/fake-service.ts";
import { sampleOf } from "../../../test/support/sample-input.ts";
import { refusalOf, type SignedRequest, validation } from "../../../test/support/signed-http.ts";
import {
  type Field,
  fieldPath,
  fieldsOf,
  inputSchema,
  type Model,
  messagePath,
} from "../../contract/emr-containers/fields.ts";
import { EMR_CONTAINERS_OPERATIONS } from "../../contract/emr-containers/operations.ts";
import model from "../../contract/emr-containers/testdata/model.json" with { type: "json" };
import type { Operation } from "../../contract/operation.ts";

type Input = Record<string, unknown>;

let service: FakeService;
before(async () => {
  service = await fakeService();
});
after(() => service.close());

/** Members that only mean something beside what the service already has, or that must be new each time. */
async function fresh(operation: Operation): Promise<Input> {
  const cluster = await service.cluster();
  const { run } = operation.name.endsWith("JobRun") ? await service.run(cluster) : { run: "none" };
  const live: Input = {
    clientToken: service.newName(),
    virtualClusterId: cluster,
    id: operation.name.endsWith("JobRun") ? run : cluster,
    resourceArn: `arn:aws:emr-containers:us-east-1:123456789012:/virtualclusters/${cluster}`,
    ...(operation.name === "CreateVirtualCluster" ? { name: service.newName() } : {}),
  };
  if (operation.name === "ListJobRuns") live.nextToken = await service.pageToken(cluster);
  if (operation.name === "ListVirtualClusters") live.nextToken = await service.pageToken(null);
  return live;
}

/** The whole input that sends `field`, or the least that the operation takes. */
async function inputOf(operation: Operation, field: Field | null, value?: unknown): Promise<Input> {
  const schema = inputSchema(operation);
  // A sample of a structure is an object.
  const sample = sampleOf(schema, field?.steps ?? [], value) as Input;
  const live = await fresh(operation);
  for (const [name, fixed] of Object.entries(live)) {
    if (!(name in sample)) continue;
    const [step, ...deeper] = field?.steps ?? [];
    const isSent = step === name && (deeper.length > 0 || value !== undefined);
    if (!isSent) sample[name] = fixed;
  }
  if (operation.name === "CreateVirtualCluster") nameNamespace(sample);
  return sample;
}

/** A namespace has one virtual cluster. */
function nameNamespace(input: Input): void {
  const eksInfo = valueAt(input, ["containerProvider", "info", "eksInfo"]);
  // The sample's own value is a structure wherever the schema is one.
  if (eksInfo !== null && typeof eksInfo === "object")
    Object.assign(eksInfo, { namespace: service.newName() });
}

function requestOf(operation: Operation, input: Input): SignedRequest {
  const query = new URLSearchParams();
  const body: Input = {};
  let path: string = operation.path;
  for (const [name, value] of Object.entries(input)) {
    if (path.includes(`{${name}}`)) path = path.replace(`{${name}}`, encodeURIComponent(String(value)));
    else if (Object.hasOwn(operation.query.properties, name)) {
      for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
    } else body[name] = value;
  }
  const text = query.toString().replaceAll("+", "%20");
  return {
    method: operation.method,
    path: text === "" ? path : `${path}?${text}`,
    ...(Object.keys(operation.body.properties).length === 0 ? {} : { body }),
  };
}

function valueAt(value: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>((inner, step) => {
    if (inner === null || typeof inner !== "object") return undefined;
    return step === "[]"
      ? Object.values(inner)[0]
      : Object.entries(inner).find(([name]) => name === step)?.[1];
  }, value);
}

/** Where a resource that an operation makes or changes is read back, and the member of the answer that shows it. */
const SHOWN: Readonly<Record<string, (input: Input, answer: Input) => [path: string, member: string]>> = {
  CreateVirtualCluster: (_input, { id }) => [`/virtualclusters/${id}`, "virtualCluster"],
  UpdateVirtualCluster: ({ id }) => [`/virtualclusters/${id}`, "virtualCluster"],
  StartJobRun: (_input, { id, virtualClusterId }) => [
    `/virtualclusters/${virtualClusterId}/jobruns/${id}`,
    "jobRun",
  ],
  TagResource: ({ resourceArn }) => [`/tags/${encodeURIComponent(String(resourceArn))}`, ""],
};

/** What the answer shows of a field; nothing where the model's answer has no such member. */
async function shown(field: Field, input: Input, answer: Input): Promise<{ value: unknown } | null> {
  const where = SHOWN[field.operation]?.(input, answer);
  if (where === undefined || !modelShows(field)) return null;
  const [path, member] = where;
  const response = await service.http.send({ path });
  assert.equal(response.statusCode, 200, response.body);
  const body: Input = response.json();
  return { value: valueAt(member === "" ? body : body[member], field.steps) };
}

const SHAPE_SHOWN: Readonly<Record<string, string>> = {
  CreateVirtualCluster: "VirtualCluster",
  UpdateVirtualCluster: "VirtualCluster",
  StartJobRun: "JobRun",
  TagResource: "ListTagsForResourceResponse",
};

function modelShows({ operation, steps }: Field): boolean {
  const { shapes }: Model = model;
  const [first = ""] = steps;
  return Object.hasOwn(shapes[SHAPE_SHOWN[operation] ?? ""]?.members ?? {}, first);
}

async function answerOf(operation: Operation, input: Input): Promise<Input> {
  const response = await service.http.send(requestOf(operation, input));
  assert.equal(response.statusCode, 200, response.body);
  return response.json();
}

/** Members of StartJobRun that no engine is told of, and what they are for. */
const NOT_FOR_THE_ENGINE: Readonly<Record<string, string>> = {
  name: "shown and filtered by",
  clientToken: "makes a repeated request harmless",
  executionRoleArn: "compared with the caller's account, and shown",
  tags: "shown, and filtered by",
};

/** An honoured member of StartJobRun that holds a value reaches the engine: it is not only stored and shown. */
async function assertReachesEngine(operation: Operation, field: Field, run: unknown): Promise<void> {
  const [first = ""] = field.steps;
  if (operation.name !== "StartJobRun" || !field.leaf || first in NOT_FOR_THE_ENGINE) return;
  const least = await inputOf(operation, null);
  if (field.place !== "body" || valueAt(least, field.steps) !== undefined) return;
  const { id } = await answerOf(operation, least);
  assert.notEqual(await service.plannedSpec(String(run)), await service.plannedSpec(String(id)));
}

/** Filters whose only value is one that everything has. */
const FILTERS_NOTHING: Readonly<Record<string, string>> = {
  containerProviderType: "EKS is the only type there is",
};

/** An honoured filter of a list changes what the list answers. */
async function assertFilters(operation: Operation, field: Field): Promise<void> {
  const [name = ""] = field.steps;
  if (field.place !== "query" || !operation.name.startsWith("List") || name in FILTERS_NOTHING) return;
  // All that there is was made after this.
  const value = name === "createdBefore" ? "2020-01-01T00:00:00Z" : undefined;
  const { [name]: sent, ...rest } = await inputOf(operation, field, value);
  const filtered = await answerOf(operation, { ...rest, [name]: sent });
  assert.notDeepEqual(filtered, await answerOf(operation, rest));
}

async function assertHonoured(operation: Operation, field: Field): Promise<void> {
  const { outcome } = field;
  const input = await inputOf(operation, field);
  const sent = valueAt(input, field.steps);
  assert.notEqual(sent, undefined, `${fieldPath(field.steps)} is not in ${JSON.stringify(input)}`);
  const answer = await answerOf(operation, input);
  if (outcome.kind === "honoured") {
    await assertReachesEngine(operation, field, answer.id);
    await assertFilters(operation, field);
  }
  const hidden = outcome.kind === "partly" || (outcome.kind === "honoured" && outcome.notShown !== null);
  const back = hidden ? null : await shown(field, input, answer);
  if (back !== null) assert.deepEqual(back.value, sent);
}

async function assertRefused(operation: Operation, field: Field, message: string, value?: unknown) {
  const input = await inputOf(operation, field, value);
  const response = await service.http.send(requestOf(operation, input));
  assert.deepEqual(refusalOf(response), validation(message));
}

/** A required member is missed by name; what stands in the path cannot be left out. */
async function assertRequired(operation: Operation, field: Field): Promise<void> {
  const input = await inputOf(operation, field);
  const parent = valueAt(input, field.steps.slice(0, -1));
  assert.ok(parent !== null && typeof parent === "object");
  Reflect.deleteProperty(parent, field.steps.at(-1) ?? "");
  const response = await service.http.send(requestOf(operation, input));
  const message = `1 validation error detected: Value null at '${messagePath(field.steps)}' failed to satisfy constraint: Member must not be null`;
  assert.deepEqual(refusalOf(response), validation(message));
}

for (const operation of Object.values(EMR_CONTAINERS_OPERATIONS)) {
  if (!operation.implemented) continue;
  describe(`${operation.name}: every field`, () => {
    for (const field of fieldsOf(operation, model)) {
      const { outcome } = field;
      it(`${fieldPath(field.steps)} is ${outcome.kind}`, async () => {
        if (outcome.kind === "refused") return assertRefused(operation, field, outcome.message);
        if (outcome.kind === "partly")
          await assertRefused(operation, field, outcome.message, outcome.example);
        await assertHonoured(operation, field);
        if (field.required && field.place !== "path") await assertRequired(operation, field);
      });
    }

    it("takes the least that it requires", async () => {
      await answerOf(operation, await inputOf(operation, null));
    });
  });
}
