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

it("what is told of a stack trace is what happened, and little of where", () => {
  const lines = new LastLines(5);
  const frames = Array.from({ length: 20 }, (_, at) => `\tat some.Class.method(Class.java:${at})`);
  lines.add(
    Buffer.from(
      ["java.lang.Exception: x", ...frames, "Caused by: y", ...frames, "\t... 8 more", ""].join("\n"),
    ),
  );
  assert.equal(
    lines.text,
    ["Caused by: y"]
      .flatMap((line) => [`${frames[0]}\n${frames[1]}`, line, `${frames[0]}\n${frames[1]}`])
      .join("\n"),
  );
});
