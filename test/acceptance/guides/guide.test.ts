import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { blocksOf, matches, stepsOf } from "./guide.ts";

const GUIDE = `# A guide

\`\`\`sh
echo one
\`\`\`

\`\`\`text
one
\`\`\`

<!-- file: a.py -->
\`\`\`python
print(1)
\`\`\`

<!-- not run: it takes a year -->

\`\`\`sh
sleep 31536000
\`\`\`
`;

describe("a guide", () => {
  it("gives commands with their output, files to save and what is not run", () => {
    assert.deepEqual(
      stepsOf(GUIDE).map(({ block, expected }) => [
        block.line,
        block.text,
        expected?.text,
        block.file,
        block.notRun,
      ]),
      [
        [3, "echo one\n", "one\n", null, null],
        [12, "print(1)\n", undefined, "a.py", null],
        [18, "sleep 31536000\n", undefined, null, "it takes a year"],
      ],
    );
  });
  it("has no fence that stays open, and no output without a command", () => {
    assert.throws(() => blocksOf("```sh\necho\n"), /line 1 stays open/);
    assert.throws(() => stepsOf("```text\nx\n```\n"), /line 1 follows no command/);
  });
});

describe("printed output", () => {
  const cases: [printed: string, expected: string, same: boolean][] = [
    ["a\nb\n", "a\nb\n", true],
    ["a\nb\n", "a\n", false],
    ["run 000abc is done\n", "run <id> is done\n", true],
    ["a\nb\nc\n", "a\n...\n", true],
    ["a\n", "a\n...\n", true],
    ["x\ny\na\n", "...\na\n", true],
    ["x\ny\n", "...\na\n", false],
    ["ID    NAME\n", "ID NAME\n", true],
    ["1.5\n", "1+5\n", false],
  ];
  for (const [printed, expected, same] of cases) {
    it(`${JSON.stringify(printed)} is ${same ? "" : "not "}what ${JSON.stringify(expected)} says`, () =>
      assert.equal(matches(printed, expected), same));
  }
});
