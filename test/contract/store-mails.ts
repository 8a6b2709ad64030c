import assert from "node:assert/strict";
import { it } from "node:test";
import type { AccountObject } from "../../src/core/account-object/account-object.ts";
import { accountId, accountObjectId } from "../../src/core/ids.ts";
import type { AccountChange } from "../../src/core/ports/account-store.ts";
import { StaleVersionError } from "../../src/core/ports/store.ts";
import type { OutgoingMail } from "../../src/core/workspace/outgoing-mail.ts";
import type { WithStore } from "./store.ts";

const account = accountId("11111111-2222-3333-4444-555555555555");
const other = accountId("other");

/** Any object: what a mail is of must be there. */
function object(id: string): AccountChange {
  const row: AccountObject<"credentials"> = {
    id: accountObjectId(id),
    account,
    kind: "credentials",
    name: id,
    state: null,
    body: { roleArn: "arn:aws:iam::123456789012:role/r" },
    createdAtMs: 1,
    version: 0,
  };
  return { kind: "account-object", row, claims: [], needs: [], limits: [] };
}

function mail(id: string, patch: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    id,
    account,
    workspace: accountObjectId("7"),
    recipient: "ann@example.com",
    attempts: 0,
    dueAtMs: 10,
    createdAtMs: 1,
    lastError: null,
    ...patch,
  };
}

/** What holds of mails that are to be sent in every store. */
export function storeMailsContract(withStore: WithStore): void {
  it(
    "mails are due at their time, or at once where that is further away than any retry",
    withStore(async (store) => {
      const mails = [
        mail("late", { dueAtMs: 30 }),
        mail("soon", { dueAtMs: 20 }),
        mail("wrong", { dueAtMs: 999 }),
      ];
      await store.commit([...mails.map((row) => ({ kind: "outgoing-mail", row }) as const), object("7")]);
      const due = async (nowMs: number, limit = 10) =>
        (await store.outgoingMails.due(nowMs, 100, limit)).map(({ id }) => id);
      assert.deepEqual(await due(19), ["wrong"]);
      assert.deepEqual(await due(30), ["soon", "late", "wrong"]);
      assert.deepEqual(await due(30, 1), ["soon"]);
      assert.deepEqual(await store.outgoingMails.due(20, 10_000, 1), [mails[1]]);
    }),
  );

  it(
    "a mail is claimed once, by who knows when it is due",
    withStore(async (store) => {
      await store.commit([object("7"), { kind: "outgoing-mail", row: mail("a") }]);
      const claim = (dueAtMs: number, id = "a") =>
        store.commit([{ kind: "outgoing-mail-claimed", id, dueAtMs, untilMs: 60 }]);
      const claims = await Promise.allSettled([claim(10), claim(10), claim(9)]);
      assert.deepEqual(claims.map(({ status }) => status).toSorted(), ["fulfilled", "rejected", "rejected"]);
      await assert.rejects(claim(10, "gone"), StaleVersionError);
      assert.deepEqual(await store.outgoingMails.due(59, 100, 10), []);
      assert.deepEqual(
        (await store.outgoingMails.due(60, 100, 10)).map(({ id }) => id),
        ["a"],
      );
    }),
  );

  it(
    "a mail that failed is put off and shown to its account; one that is done or whose workspace goes is gone",
    withStore(async (store) => {
      await store.commit([
        object("7"),
        object("8"),
        { kind: "outgoing-mail", row: mail("a") },
        { kind: "outgoing-mail", row: mail("b", { workspace: accountObjectId("8") }) },
        { kind: "outgoing-mail", row: mail("c", { account: other, workspace: accountObjectId("8") }) },
      ]);
      const failed = { attempts: 1, dueAtMs: 50, lastError: "451" };
      for (const id of ["a", "b", "c", "gone"])
        await store.commit([{ kind: "outgoing-mail-failed", id, ...failed }]);
      assert.deepEqual(await store.outgoingMails.failed(account), [
        mail("a", failed),
        mail("b", { workspace: accountObjectId("8"), ...failed }),
      ]);
      assert.equal((await store.outgoingMails.failed(other)).length, 1);
      assert.deepEqual(
        (await store.outgoingMails.failed(account, accountObjectId("8"))).map(({ id }) => id),
        ["b"],
      );
      await store.commit([{ kind: "outgoing-mails-due", dueAtMs: 12 }]);
      assert.deepEqual(
        (await store.outgoingMails.due(12, 100, 10)).map(({ id, dueAtMs, attempts }) => [
          id,
          dueAtMs,
          attempts,
        ]),
        [
          ["a", 12, 1],
          ["b", 12, 1],
          ["c", 12, 1],
        ],
      );
      for (let count = 0; count < 2; count += 1)
        await store.commit([{ kind: "outgoing-mail-done", id: "a" }]);
      await store.commit([{ kind: "account-object-deleted", id: accountObjectId("8"), version: 1 }]);
      assert.deepEqual(await store.outgoingMails.due(99, 100, 10), []);
    }),
  );
}
