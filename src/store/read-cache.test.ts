import assert from "node:assert/strict";
import { test } from "node:test";
import { ReadCache } from "./read-cache.ts";

/** A table of one row, whose text is what was committed last; counts what it was asked. */
function table() {
  const state = { text: "first", version: 1, rareChanges: 1, executed: 0 };
  const cache = new ReadCache({
    version: () => state.version,
    rareChanges: () => state.rareChanges,
    all: (_sql, [key]) => {
      state.executed += 1;
      const count = key === "many" ? 9 : 1;
      return Array.from({ length: count }, () => ({ key: key ?? null, text: state.text }));
    },
  });
  const commit = (text: string, { isOfRuns = false } = {}) => {
    state.text = text;
    state.version += 1;
    if (!isOfRuns) state.rareChanges += 1;
    cache.expire();
  };
  return { state, cache, commit, read: (key: string, sql = "select") => cache.read(sql, [key]) };
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test("an answer is kept while nothing is committed", async () => {
  const { state, read } = table();
  assert.deepEqual(read("a"), [{ key: "a", text: "first" }]);
  await nextTurn();
  assert.deepEqual(read("a"), [{ key: "a", text: "first" }]);
  assert.equal(state.executed, 1);
  assert.deepEqual(read("b"), [{ key: "b", text: "first" }]);
  assert.equal(state.executed, 2);
});

test("what came after a commit sees it, also within the same turn of the event loop", async () => {
  const { commit, read } = table();
  const seen = await new Promise((resolve) => {
    setImmediate(() => read("a"));
    // Another callback of the same phase, as that of a request or of the writer's word.
    setImmediate(() => {
      commit("second");
      Promise.resolve()
        .then(() => read("a"))
        .then(resolve);
    });
  });
  assert.deepEqual(seen, [{ key: "a", text: "second" }]);
});

test("long answers are not kept", async () => {
  const { state, read } = table();
  read("many");
  read("many");
  assert.equal(state.executed, 2);
});

test("what is kept has a limit", async () => {
  const { state, commit, read } = table();
  commit("x".repeat(1_500_000));
  for (const key of ["a", "b", "c"]) read(key);
  read("c");
  assert.equal(state.executed, 3);
  read("a");
  assert.equal(state.executed, 4, "the third made room for itself");
});

test("so have the texts of the statements that it is of", () => {
  const { state, read } = table();
  const statements = ["a", "b", "c"].map((letter) => `select ${letter.repeat(1_500_000)}`);
  for (const sql of statements) read("a", sql);
  read("a", statements[2]);
  assert.equal(state.executed, 3);
  read("a", statements[0]);
  assert.equal(state.executed, 4, "the third made room for itself");
});

test("a commit of runs changes nothing but what is read of runs", () => {
  const { state, cache, commit, read } = table();
  const ofRuns = 'select * from "job_runs" inner join "virtual_clusters"';
  const ofClusters = 'select * from "virtual_clusters"';
  for (const sql of [ofRuns, ofClusters]) read("a", sql);
  const before = cache.generation();
  commit("second", { isOfRuns: true });
  assert.equal(cache.generation(), before);
  assert.deepEqual(read("a", ofClusters), [{ key: "a", text: "first" }]);
  assert.deepEqual(read("a", ofRuns), [{ key: "a", text: "second" }]);
  assert.equal(state.executed, 3);
  commit("third");
  assert.notEqual(cache.generation(), before);
  for (const sql of [ofRuns, ofClusters]) assert.deepEqual(read("a", sql), [{ key: "a", text: "third" }]);
});

test("whoever has seen a commit is not answered from before it", () => {
  const { state, read } = table();
  read("application");
  // Another thread commits, and its word is still on the way.
  state.text = "second";
  state.version += 1;
  state.rareChanges += 1;
  assert.deepEqual(read("effects"), [{ key: "effects", text: "second" }]);
  assert.deepEqual(read("application"), [{ key: "application", text: "second" }]);
});
