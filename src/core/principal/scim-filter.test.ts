import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DomainError } from "../errors.ts";
import { attributesOf, matchesScimFilter, parseScimFilter } from "./scim-filter.ts";

const ANN: Readonly<Record<string, readonly string[]>> = {
  username: ["Ann@Example.com"],
  displayname: ['Ann "the \\ hammer" O\'Neill'],
  externalid: [],
  active: ["true"],
  "emails.value": ["ann@example.com", "a@example.org"],
};

const matches = (filter: string) =>
  matchesScimFilter(parseScimFilter(filter), (attribute) => ANN[attribute] ?? null);

describe("a SCIM filter", () => {
  for (const [filter, expected] of [
    ['userName eq "ann@example.COM"', true],
    ["userName eq 'ann@example.com'", true],
    ["userName eq ann@example.com", true],
    ['USERNAME EQ "ann@example.com"', true],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ann@example.com"', true],
    ['userName ne "ann@example.com"', false],
    ['emails.value ne "a@example.org"', false],
    ['emails.value ew ".org"', true],
    ['userName sw "ann" and userName co "example"', true],
    ['userName sw "bob" or active eq true', true],
    ['userName sw "bob" or userName pr and active eq false', false],
    ['(userName sw "bob" or userName pr) and active eq "true"', true],
    ["not (externalId pr)", true],
    ["externalId pr", false],
    ['externalId ne "x"', true],
    ['displayName eq "ANN \\"the \\\\ hammer\\" o\'neill"', true],
    ['displayName co "\\u0041nn"', true],
    ['userName eq "and"', false],
    ['userName eq ""', false],
    [`userName eq "x\\" or userName pr or userName eq \\""`, false],
    ['userName co "%"', false],
  ] as const) {
    it(`${filter} is ${expected}`, () => assert.equal(matches(filter), expected));
  }

  for (const [filter, message] of [
    ["userName gt 1", "Given filter operator is not supported."],
    ["displayName+eq+my_group", "Given filter operator is not supported."],
    ["userName eq", "The filter lacks a value after 'userName eq'."],
    ['userName eq "a', `The filter cannot be read from '"a' on.`],
    ['userName eq "a" userName', "The filter does not end before 'userName'."],
    ['(userName eq "a"', "The filter lacks a closing parenthesis."],
    ['userName eq "a" and', "The filter lacks an attribute."],
    ['shoeSize eq "9"', "'shoesize' is not an attribute that can be filtered by."],
    ['userName eq "\\x"', "'\\x' is not a JSON string."],
    [`${"(".repeat(5000)}userName pr${")".repeat(5000)}`, "The filter is nested too deeply."],
    [`${"not (".repeat(5000)}userName pr${")".repeat(5000)}`, "The filter is nested too deeply."],
  ] as const) {
    it(`${filter.slice(0, 60)} is refused`, () => {
      assert.throws(
        () => matches(filter),
        (error) =>
          error instanceof DomainError && error.code === "invalidFilter" && error.message === message,
      );
    });
  }

  it("tells which attributes it looks at", () => {
    const filter = parseScimFilter('not (userName pr) or groups.value eq "1" and active eq true');
    assert.deepEqual(attributesOf(filter), ["username", "groups.value", "active"]);
  });
});
