import assert from "node:assert/strict";
import { test } from "node:test";
import { CLASSIFICATIONS, type Classification, findClassification, type KeyRule } from "./classifications.ts";
import { readApplicationConfiguration } from "./configuration.ts";

const WHERE = "configurationOverrides.applicationConfiguration";

/** A release that has the classification. */
const labelFor = ({ releases: { from, to } }: Classification) => {
  const [major, minor] = to ?? from ?? [7, 7];
  return `emr-${major}.${minor}.0-latest`;
};

const read = (classification: Classification, properties: Record<string, string>) =>
  readApplicationConfiguration(
    [{ classification: classification.name, properties }],
    labelFor(classification),
  );

for (const classification of CLASSIFICATIONS) {
  const { name, keys, outcome } = classification;
  if (keys === null) {
    test(`${name}: any key is ${outcome}`, () => {
      const { byClassification, notes, unsupported } = read(classification, { any: "value" });
      assert.equal(unsupported, null);
      assert.deepEqual(Object.values(byClassification), [{ any: "value" }]);
      assert.equal(notes.length, outcome === "ignored" ? 1 : 0);
    });
    continue;
  }
  for (const rule of keys) testKey(classification, rule);
  test(`${name}: another key is refused by name`, () => {
    assert.throws(() => read(classification, { "not.a.key": "x" }), {
      kind: "invalid",
      message: `${WHERE}: ${name} has no property 'not.a.key'.`,
    });
  });
}

function testKey(classification: Classification, rule: KeyRule): void {
  const { name } = classification;
  const key = rule.key.replace("*", "example.com/name");
  const { example, wording, expression } = rule.form;
  test(`${name}: ${key} is ${rule.outcome}`, () => {
    const given = read(classification, { [key]: example });
    assert.equal(given.notes.length, rule.outcome === "ignored" ? 1 : 0);
    if (rule.outcome === "honoured")
      assert.notDeepEqual({ ...given, notes: [] }, { ...read(classification, {}), notes: [] });
    if (expression.test(" ")) return;
    assert.throws(() => read(classification, { [key]: " " }), {
      kind: "invalid",
      message: `${WHERE}: ${name}: ${key} must be ${wording}.`,
    });
  });
}

test("a node selector's key must be one of Kubernetes", () => {
  const submitter = findClassification("emr-job-submitter", [7, 7]);
  assert.ok(submitter !== null);
  for (const key of ["", "/x", "a b", "-x", "x".repeat(64), "a/b/c"]) {
    assert.throws(() => read(submitter, { [`jobsubmitter.node.selector.${key}`]: "x" }), { kind: "invalid" });
  }
});
