import assert from "node:assert/strict";
import { it } from "node:test";
import { LastLines } from "./attached-run.ts";

it("what is told of a failed driver's stderr leaves Spark's everyday lines out", () => {
  const lines = new LastLines(2);
  lines.add(Buffer.from("first\n26/11/22 07:24:13 INFO ShutdownHookManager: Shutdown hook called\nExcep"));
  lines.add(
    Buffer.from("tion: x\n\tat y\n26/11/22 07:24:13 WARN Foo: bar\n26/11/22 07:24:14 ERROR Baz: kept\nlast"),
  );
  assert.equal(lines.text, "\tat y\n26/11/22 07:24:14 ERROR Baz: kept\nlast");
});
