import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { aPrincipal } from "../../../test/support/principal-rows.ts";
import { accountId, accountObjectId } from "../ids.ts";
import type { Principal } from "../principal/principal.ts";
import { addressOf, composeMail, type OutgoingMail } from "./outgoing-mail.ts";

function user(name: string, emails: readonly { value: string; primary?: boolean }[] = []): Principal {
  const person = {
    givenName: null,
    familyName: null,
    emails: emails.map(({ value, primary = false }) => ({ value, primary, type: null })),
  };
  return aPrincipal("1", { name, person });
}

describe("a user's address", () => {
  it("is the primary one, else the first, else the user name", () => {
    const [one, two] = [{ value: "one@example.com" }, { value: "two@example.com", primary: true }];
    assert.equal(addressOf(user("ann@example.com", [one, two])), "two@example.com");
    assert.equal(addressOf(user("ann@example.com", [one])), "one@example.com");
    assert.equal(addressOf(user("ann@example.com")), "ann@example.com");
    assert.equal(addressOf(user("älva@bücher.example")), "älva@bücher.example");
  });

  it("is none where it could be more or less than one recipient", () => {
    for (const name of [
      "ann",
      "",
      "ann@",
      "@example.com",
      "ann@example.com, bob@example.com",
      "ann@example.com,bob@example.com",
      "ann@example.com;bob@example.com",
      "Ann <ann@example.com>",
      "ann@example.com\r\nBcc: bob@example.com",
      "ann@example.com\nDATA",
      "ann\0@example.com",
      "ann\u2028@example.com",
      "ann@exa\u200bmple.com",
      '"ann"@example.com',
      "ann@[127.0.0.1]",
      "ann@bob@example.com",
      `${"a".repeat(250)}@example.com`,
    ])
      assert.equal(addressOf(user(name)), null, JSON.stringify(name));
    assert.equal(addressOf(user("ann@example.com", [{ value: "no address" }])), "ann@example.com");
    assert.equal(addressOf({ ...user("ann@example.com"), kind: "service-principal", person: null }), null);
  });
});

describe("the mail of a workspace", () => {
  const mail: OutgoingMail = {
    id: "workspace-7-running",
    account: accountId("a"),
    workspace: accountObjectId("7"),
    recipient: "ann@example.com",
    attempts: 3,
    dueAtMs: 9,
    createdAtMs: 5,
    lastError: "later",
  };

  it("has the address, and a subject of one line whatever the workspace's name", () => {
    const name = "Sales\r\nBcc: bob@example.com\u0000\u2028.";
    const composed = composeMail(
      mail,
      { id: mail.workspace, name, region: "us-west-2" },
      "https://x.example",
    );
    assert.equal(composed.subject, "Workspace Sales Bcc: bob@example.com . is running");
    assert.deepEqual([composed.id, composed.to, composed.createdAtMs], [mail.id, mail.recipient, 5]);
    assert.match(composed.text, /^https:\/\/x\.example$/m);
    assert.match(composed.text, /^Name: Sales Bcc: bob@example\.com \.$/m);
  });
});
