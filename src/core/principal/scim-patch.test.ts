import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DomainError } from "../errors.ts";
import { applyScimPatch, type ScimAttributes, type ScimPatchOperation } from "./scim-patch.ts";

const BEFORE: ScimAttributes = {
  userName: "ann@example.com",
  applicationId: null,
  displayName: "Ann",
  externalId: null,
  active: true,
  givenName: "Ann",
  familyName: null,
  emails: [],
  roles: [{ value: "r1" }, { value: "r2" }],
  entitlements: [],
  groups: [],
  members: [{ value: "1" }, { value: "2" }],
};

describe("a SCIM patch", () => {
  const cases: readonly (readonly [
    ScimPatchOperation | readonly ScimPatchOperation[],
    Partial<ScimAttributes>,
  ])[] = [
    [
      { op: "Add", path: "members", value: [{ value: "2" }, { value: "3" }] },
      { members: [{ value: "1" }, { value: "2" }, { value: "3" }] },
    ],
    [
      { op: "add", value: { roles: [{ value: "r3" }] } },
      { roles: [{ value: "r1" }, { value: "r2" }, { value: "r3" }] },
    ],
    [{ op: "add", path: "entitlements", value: [{ value: "" }] }, {}],
    [{ op: "add", path: "entitlements", value: [{}] }, {}],
    [{ op: "remove", path: 'members[value eq "2"]' }, { members: [{ value: "1" }] }],
    [{ op: "remove", path: 'members[value eq "9"]' }, {}],
    [{ op: "remove", path: 'entitlements[value eq "x"]' }, {}],
    [{ op: "remove", path: "members", value: [{ value: "1" }] }, { members: [{ value: "2" }] }],
    [{ op: "remove", path: "roles" }, { roles: [] }],
    [{ op: "replace", path: "members", value: [{ value: "9" }] }, { members: [{ value: "9" }] }],
    [{ op: "replace", path: "active", value: [{ value: "false" }] }, { active: false }],
    [{ op: "replace", path: "active", value: "False" }, { active: false }],
    [{ op: "replace", path: "displayName", value: [{ value: "A" }] }, { displayName: "A" }],
    [{ op: "replace", path: "name.familyName", value: "Oak" }, { familyName: "Oak" }],
    [
      { op: "replace", value: { active: false, name: { givenName: "A" } } },
      { active: false, givenName: "A" },
    ],
    [{ op: "replace", path: "name", value: { givenName: "A" } }, { givenName: "A" }],
    [{ op: "remove", path: "displayName" }, { displayName: null }],
    [
      [
        { op: "add", path: "roles", value: "r3" },
        { op: "remove", path: 'roles[value sw "r" and value ne "r2"]' },
      ],
      { roles: [{ value: "r2" }] },
    ],
  ];
  for (const [given, changed] of cases) {
    const operations = "op" in given ? [given] : given;
    it(JSON.stringify(operations), () =>
      assert.deepEqual(applyScimPatch(BEFORE, operations), { ...BEFORE, ...changed }),
    );
  }

  for (const [operation, type, message] of [
    [
      { op: "move", path: "roles" },
      "invalidSyntax",
      "'move' is not an operation of a patch: add, remove or replace.",
    ],
    [{ op: "remove" }, null, "A remove operation needs a path."],
    [{ op: "add", value: [1] }, "invalidValue", "An operation without a path needs an object as its value."],
    [
      { op: "remove", path: "entitlements" },
      "invalidPath",
      "No such attribute with the name : entitlements in the current resource",
    ],
    [
      { op: "replace", path: "shoes", value: "9" },
      "invalidPath",
      "No such attribute with the name : shoes in the current resource",
    ],
    [{ op: "replace", path: "members[", value: [] }, "invalidPath", "The path 'members[' cannot be read."],
    [{ op: "remove", path: "members[value]" }, "invalidFilter", "Given filter operator is not supported."],
    [{ op: "replace", path: "active", value: "maybe" }, "invalidValue", "active takes true or false."],
    [
      { op: "add", path: "members", value: [{ value: { x: 1 } }] },
      "invalidValue",
      "members takes values that are texts.",
    ],
    [
      { op: "replace", path: "__proto__", value: "x" },
      "invalidPath",
      "No such attribute with the name : __proto__ in the current resource",
    ],
  ] as const) {
    it(`${JSON.stringify(operation)} is refused`, () => {
      assert.throws(
        () => applyScimPatch(BEFORE, [operation]),
        (error) => error instanceof DomainError && error.code === type && error.message === message,
      );
    });
  }
});
