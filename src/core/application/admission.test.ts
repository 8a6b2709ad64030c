import assert from "node:assert/strict";
import { test } from "node:test";
import { type AdmissionPolicy, fits, grantFor } from "./admission.ts";

const policy: AdmissionPolicy = {
  capacity: { cores: 2, memoryBytes: 100 },
  coreShare: 2,
  strictMemory: false,
};

test("less is granted than the machine has not", () => {
  assert.deepEqual(grantFor({ cores: 4, memoryBytes: 300 }, policy)?.granted, { cores: 2, memoryBytes: 100 });
  assert.deepEqual(grantFor({ cores: 1, memoryBytes: 50 }, policy)?.granted, { cores: 1, memoryBytes: 50 });
});

test("strict memory refuses what the machine has not, and only that", () => {
  assert.equal(grantFor({ cores: 1, memoryBytes: 101 }, { ...policy, strictMemory: true }), null);
  assert.notEqual(grantFor({ cores: 9, memoryBytes: 100 }, { ...policy, strictMemory: true }), null);
});

const table: readonly [usedCores: number, usedMemory: number, cores: number, memory: number, fit: boolean][] =
  [
    [0, 0, 2, 100, true],
    [2, 40, 2, 60, true],
    [2, 41, 2, 60, false],
    [3, 0, 2, 10, false],
    [4, 0, 1, 10, false],
  ];
for (const [usedCores, usedMemory, cores, memoryBytes, expected] of table) {
  test(`${cores} cores and ${memoryBytes} beside ${usedCores} and ${usedMemory}: ${expected}`, () => {
    const grant = { asked: { cores, memoryBytes }, granted: { cores, memoryBytes } };
    assert.equal(fits({ cores: usedCores, memoryBytes: usedMemory }, grant, policy), expected);
  });
}
