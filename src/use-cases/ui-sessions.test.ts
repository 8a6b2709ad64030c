import assert from "node:assert/strict";
import { test } from "node:test";
import { accessKeyId, accountId, jobRunId, region } from "../core/ids.ts";
import { type UiGrant, UiSessions } from "./ui-sessions.ts";

const grant = (run: string, account = "111111111111"): UiGrant => ({
  scope: { account: accountId(account), region: region("us-east-1") },
  run: jobRunId(run),
  accessKeyId: accessKeyId("AKIA"),
});

function open(mostPerAccount = 10) {
  let now = 0;
  let secrets = 0;
  const sessions = new UiSessions({ urlMs: 100, sessionMs: 1000, mostPerAccount }, { now: () => now }, () => {
    secrets += 1;
    return `secret-${secrets}`;
  });
  const opened = (run: string, account?: string) => {
    const redeemed = sessions.redeem(sessions.issue(grant(run, account)));
    assert.ok(redeemed, "a fresh token opens a session");
    return redeemed;
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { sessions, opened, pass };
}

test("a token opens its own run's session, once", () => {
  const { sessions } = open();
  const token = sessions.issue(grant("a"));
  const redeemed = sessions.redeem(token);
  assert.equal(redeemed?.session.run, "a");
  assert.equal(sessions.find(redeemed.session.id, redeemed.cookie)?.run, "a");
  assert.equal(sessions.redeem(token), null);
  assert.equal(sessions.redeem("secret-99"), null);
});

test("a token is worth nothing after its time", () => {
  const { sessions, pass } = open();
  const token = sessions.issue(grant("a"));
  pass(100);
  assert.equal(sessions.redeem(token), null);
});

test("a session needs its path and its cookie, and ends with its time or when it is told to", () => {
  const { sessions, opened, pass } = open();
  const mine = opened("a");
  const theirs = opened("b", "222222222222");
  assert.equal(sessions.find(mine.session.id, null), null);
  assert.equal(sessions.find(mine.session.id, ""), null);
  assert.equal(sessions.find(mine.session.id, theirs.cookie), null);
  assert.equal(sessions.find(theirs.session.id, mine.cookie), null);
  sessions.end(mine.session.id);
  assert.equal(sessions.find(mine.session.id, mine.cookie), null);
  pass(999);
  assert.ok(sessions.find(theirs.session.id, theirs.cookie));
  pass(1);
  assert.equal(sessions.find(theirs.session.id, theirs.cookie), null);
});

test("an account's oldest session makes room for its newest, and never another account's", () => {
  const { sessions, opened } = open(2);
  const theirs = opened("t", "222222222222");
  const [first, second, third] = [opened("1"), opened("2"), opened("3")];
  assert.equal(sessions.find(first.session.id, first.cookie), null);
  for (const { session, cookie } of [second, third, theirs]) assert.ok(sessions.find(session.id, cookie));
});
