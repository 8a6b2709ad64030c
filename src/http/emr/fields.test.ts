import assert from "node:assert/strict";
import { describe, it, type TestContext, test } from "node:test";
import { emrHttp } from "../../../test/support/emr-http.ts";
import { sampleOf } from "../../../test/support/sample-input.ts";
import { EMR_OPERATIONS } from "../../contract/emr/operations.ts";
import model from "../../contract/emr/testdata/model.json" with { type: "json" };
import {
  type Field,
  fieldPath,
  fieldsOf,
  inputSchema,
  type Model,
  messagePath,
} from "../../contract/emr-containers/fields.ts";
import type { Operation } from "../../contract/operation.ts";

const MODEL: Model & { readonly others: readonly string[] } = model;
const refusal = (message: string) => ({
  status: 400,
  body: { __type: "InvalidRequestException", Message: message },
});

/** Members whose only value is what is done anyway. */
const CHANGES_NOTHING = ["ProfilerType", "PersistentAppUIType"];

async function answerOf(t: TestContext, { name }: Operation, input: unknown) {
  const { call, calls } = emrHttp(t);
  const { status, body } = await call(name, input);
  return { answer: { status, body }, calls };
}

/** An honoured member is taken, and its value reaches the use case. */
async function assertHonoured(t: TestContext, operation: Operation, field: Field): Promise<void> {
  const input = sampleOf(inputSchema(operation), field.steps, field.leaf ? undefined : {});
  const { answer, calls } = await answerOf(t, operation, input);
  assert.equal(answer.status, 200, answer.body.Message);
  if (!field.leaf || CHANGES_NOTHING.includes(fieldPath(field.steps))) return;
  const value = field.steps.reduce<unknown>(
    (inner, step) => new Map(Object.entries(inner ?? {})).get(step),
    input,
  );
  assert.ok(calls.flat().includes(value), JSON.stringify([value, calls]));
}

for (const operation of Object.values(EMR_OPERATIONS)) {
  describe(`${operation.name}: every field`, () => {
    const fields = fieldsOf(operation, MODEL);
    for (const field of fields) {
      const { outcome, steps, required } = field;
      it(`${fieldPath(steps)} is ${outcome.kind}`, async (t) => {
        const schema = inputSchema(operation);
        if (outcome.kind === "refused" || outcome.kind === "partly") {
          const value = outcome.kind === "partly" ? outcome.example : undefined;
          const { answer } = await answerOf(t, operation, sampleOf(schema, steps, value));
          assert.deepEqual(answer, refusal(outcome.message));
        }
        if (outcome.kind !== "refused") await assertHonoured(t, operation, field);
        if (!required) return;
        const { answer } = await answerOf(t, operation, {});
        const message = `1 validation error detected: Value null at '${messagePath(steps)}' failed to satisfy constraint: Member must not be null`;
        assert.deepEqual(answer, refusal(message));
      });
    }

    it("has the members of the model and no others", () => {
      const names = new Set(fields.filter(({ steps }) => steps.length === 1).map(({ steps }) => steps[0]));
      assert.deepEqual(names, new Set(Object.keys(inputSchema(operation).properties ?? {})));
    });
  });
}

test("every other operation of the model is refused by name", async (t) => {
  const { call } = emrHttp(t);
  for (const name of MODEL.others) {
    const { status, body } = await call(name, {});
    const refused = {
      __type: "NotImplementedException",
      Message: `${name} is not implemented by this server.`,
    };
    assert.deepEqual([status, body], [501, refused]);
  }
});
