import assert from "node:assert/strict";
import { test } from "node:test";
import { hashPassword } from "../../core/access/password.ts";
import { PasswordCheck } from "./password-check.ts";

/** Passwords of this file are to be tried quickly. */
const CHEAP = 2;

function checker() {
  const waits: number[] = [];
  let nowMs = 0;
  const check = new PasswordCheck({
    key: Buffer.from("key"),
    now: () => nowMs,
    wait: async (ms) => {
      waits.push(ms);
    },
  });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { check, waits, pass };
}

test("wrong tries of one name are answered later and later, a right one never", async () => {
  const { check, waits, pass } = checker();
  const hash = await hashPassword("right", Buffer.from("salt"), CHEAP);
  for (let count = 1; count <= 5; count += 1) assert.equal(await check.isRight("ann", "wrong", hash), false);
  assert.deepEqual(waits, [250, 500]);
  assert.equal(await check.isRight("bob", "wrong", null), false);
  assert.deepEqual(waits, [250, 500]);
  assert.equal(await check.isRight("ann", "right", hash), true);
  assert.equal(await check.isRight("ann", "wrong", hash), false);
  assert.deepEqual(waits, [250, 500]);
  for (let count = 1; count <= 3; count += 1) await check.isRight("ann", "wrong", hash);
  assert.equal(waits.length, 3);
  pass(16 * 60_000);
  await check.isRight("ann", "wrong", hash);
  assert.equal(waits.length, 3);
});

test("a remembered password is one no more as soon as the stored hash is another", async () => {
  const { check } = checker();
  const [old, next] = [
    await hashPassword("old", Buffer.from("salt"), CHEAP),
    await hashPassword("new", Buffer.from("salt"), CHEAP),
  ];
  assert.equal(await check.isRight("ann", "old", old), true);
  assert.equal(await check.isRight("ann", "old", old), true);
  assert.equal(await check.isRight("ann", "old", next), false);
  assert.equal(await check.isRight("ann", "old", null), false);
  assert.equal(await check.isRight("ann", "new", next), true);
});

test("a thousand wrong tries of one name do not delay the right one of another", async () => {
  const { check } = checker();
  const hash = await hashPassword("right", Buffer.from("salt"), CHEAP);
  let answered = 0;
  const flood = Array.from({ length: 1000 }, async (_, at) => {
    await check.isRight("ann", `wrong ${at}`, hash);
    answered += 1;
  });
  assert.equal(await check.isRight("bob", "right", hash), true);
  assert.ok(answered < 10, `${answered} were answered before it`);
  await Promise.all(flood);
});
