import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { hashPassword } from "../../core/access/password.ts";
import { PasswordCheck, type PasswordCheckOptions, type Trier } from "./password-check.ts";

/** Passwords of this file are to be tried quickly. */
const CHEAP = 2;

/** @param isPassword real work by default, which threads do in whatever order they come to it */
function checker(isPassword?: PasswordCheckOptions["isPassword"]) {
  const waits: number[] = [];
  let nowMs = 0;
  const passwords = new PasswordCheck({
    key: Buffer.from("key"),
    now: () => nowMs,
    wait: async (ms) => {
      waits.push(ms);
    },
    ...(isPassword !== undefined && { isPassword }),
  });
  const check = {
    isRight: (name: string, password: string, hash: string | null, from: Partial<Trier> = {}) =>
      passwords.isRight(name, password, hash, { network: "192.0.2.1", isGone: () => false, ...from }),
  };
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

/** Work that takes its turn of the event loop, so that who comes before whom is the same on every machine. */
const isRight = async (password: string): Promise<boolean> => {
  await nextTurn();
  return password === "right";
};
/** How many wrong tries of many may be answered before a right one. Two are worked on when it comes. */
const FEW = 8;

for (const [what, name, network] of [
  ["from elsewhere", "ann", (at: number) => `198.51.100.${at % 200}`],
  ["from the same network", "ann", () => "192.0.2.1"],
  ["for another name", "bob", () => "192.0.2.1"],
  ["for invented names", null, () => "192.0.2.1"],
] as const) {
  test(`a thousand wrong tries ${what} do not hold up a right password that nobody has seen yet`, async () => {
    const { check } = checker(isRight);
    const hash = "hash";
    let [answered, isOver] = [0, false];
    const flood = Array.from({ length: 1000 }, async (_, at) => {
      await check.isRight(name ?? `nobody ${at}`, `wrong ${at}`, name === null ? null : hash, {
        network: network(at),
        isGone: () => isOver,
      });
      answered += 1;
    });
    assert.equal(await check.isRight("ann", "right", hash), true);
    isOver = true;
    assert.ok(answered <= FEW, `${answered} were answered before it`);
    await Promise.all(flood);
  });
}

test("nor do tries from elsewhere that come faster than they are worked on", async () => {
  const { check } = checker(isRight);
  const hash = "hash";
  let [sent, answered, isOver] = [0, 0, false];
  /** For each that is answered two more come, each as the newest. */
  const attack = async (): Promise<void> => {
    sent += 1;
    await check.isRight("ann", `wrong ${sent}`, hash, { network: `198.51.100.${sent % 2}` });
    answered += 1;
    if (!isOver && sent < 5_000) await Promise.all([attack(), attack()]);
  };
  const many = () => Array.from({ length: 10 }, attack);
  const before = many();
  const right = check.isRight("ann", "right", hash);
  const attacks = [...before, ...many()];
  await right;
  isOver = true;
  assert.ok(answered <= 4 * FEW, `${answered} were answered before it`);
  await Promise.all(attacks);
});

test("the same try many times at once costs one, and one that nobody waits for costs nothing", async () => {
  const { check, waits } = checker(isRight);
  const hash = "hash";
  const wrong = Array.from({ length: 100 }, (_, at) => check.isRight("bob", `wrong ${at}`, hash));
  let right = 0;
  const same = Array.from({ length: 100 }, async () => {
    assert.equal(await check.isRight("ann", "right", hash), true);
    right += 1;
  });
  await same[0];
  await Promise.resolve();
  assert.equal(right, 100);
  await Promise.all([...wrong, ...same]);
  waits.length = 0;
  const isGone = () => true;
  const gone = Array.from({ length: 100 }, (_, at) => check.isRight("cat", `wrong ${at}`, hash, { isGone }));
  // Another waits for the very try that somebody has left.
  const stays = check.isRight("cat", "wrong 50", hash);
  assert.deepEqual(new Set(await Promise.all([...gone, stays])), new Set([false]));
  // Of the hundred: the two that were begun at once, and the two that made the try that somebody waited for.
  assert.deepEqual(waits, [250]);
});
