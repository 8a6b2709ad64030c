import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Command, command, flag, list, required, rest, text } from "./command.ts";
import { COMMANDS, GROUPS } from "./commands.ts";
import { COMMON_OPTIONS } from "./common-options.ts";
import type { Io } from "./io.ts";
import { parseArguments } from "./program.ts";

const copy = command({
  path: ["file", "copy"],
  summary: "Copy",
  arguments: { source: required("source", "what"), args: rest("args...", "rest") },
  options: {
    force: flag("-f, --force", "force"),
    target: text("--to <dir>", "where"),
    skip: list("--skip <name>", "not these"),
  },
  examples: [{ command: "tool file copy a", explanation: "copy it" }],
  run: async () => 0,
});

function parse(argv: readonly string[], commands: readonly Command[] = [copy]) {
  const output = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") => ({
    write: (piece: string | Uint8Array) => {
      output[name] += String(piece);
    },
    isTerminal: false,
    columns: 80,
    drained: async () => undefined,
  });
  const io: Io = {
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    stdin: (async function* () {})(),
    hiddenInput: null,
  };
  const definition = {
    name: "tool",
    spell: (text: string) => text.replaceAll("firesteel", "tool"),
    version: "1.2.3",
    summary: "A tool",
    commands,
    groups: { file: "Files" },
    examples: [],
  };
  return { result: parseArguments(definition, argv, io, { stdout: false, stderr: false }), ...output };
}

describe("the command line", () => {
  it("gives a command its typed values, options before and after arguments", () => {
    const { result } = parse([
      "file",
      "copy",
      "--skip",
      "a",
      "x",
      "one",
      "-f",
      "--skip",
      "b",
      "--",
      "--to",
      "two",
    ]);
    assert.equal(result.kind, "invocation");
    assert.deepEqual(result.kind === "invocation" && result.invocation.values, {
      source: "x",
      args: ["one", "--to", "two"],
      force: true,
      target: undefined,
      skip: ["a", "b"],
    });
  });

  const mistakes: [argv: string, stderr: RegExp][] = [
    ["file cpoy", /unknown command 'cpoy'\n\(Did you mean copy\?\)/],
    ["flie", /unknown command 'flie'\n\(Did you mean file\?\)/],
    ["file copy", /missing required argument 'source'/],
    ["file copy a --fource", /unknown option '--fource'\n\(Did you mean --force\?\)/],
    ["file copy a --verbose", /Options for the script itself go after --\. Try: tool file copy --help/],
    ["file", /Usage: tool file/],
  ];
  for (const [argv, stderr] of mistakes) {
    it(`refuses "${argv}" with exit code 2`, () => {
      const parsed = parse(argv.split(" "));
      assert.deepEqual(parsed.result, { kind: "done", exitCode: 2 });
      assert.match(parsed.stderr, stderr);
      assert.equal(parsed.stdout, "");
    });
  }

  for (const argv of [
    [],
    ["--help"],
    ["file", "--help"],
    ["file", "copy", "--help"],
    ["help", "file"],
    ["help", "file", "copy"],
    ["--version"],
  ]) {
    it(`answers "${argv.join(" ")}" on stdout with exit code 0`, () => {
      const parsed = parse(argv);
      assert.deepEqual(parsed.result, { kind: "done", exitCode: 0 });
      assert.notEqual(parsed.stdout, "");
      assert.equal(parsed.stderr, "");
    });
  }

  it("shows a command's examples, and the exit codes", () => {
    assert.match(parse(["file", "copy", "--help"]).stdout, /Examples:\n {2}# copy it\n {2}tool file copy a/);
    assert.equal(parse(["help", "file", "copy"]).stdout, parse(["file", "copy", "--help"]).stdout);
    assert.match(parse(["--help"]).stdout, /130 +interrupted/);
  });
});

describe("every command of firesteel", () => {
  const nameOf = ({ path }: Command) => path.join(" ");

  it("has a path of its own", () => {
    assert.equal(new Set(COMMANDS.map(nameOf)).size, COMMANDS.length);
  });

  for (const each of COMMANDS) {
    it(`${nameOf(each)}: has examples, a summary that fits a line, and groups that are explained`, () => {
      assert.ok(each.examples.length > 0);
      assert.ok(each.summary.length <= 72 && !each.summary.endsWith("."), each.summary);
      for (let depth = 1; depth < each.path.length; depth += 1) {
        assert.ok(GROUPS[each.path.slice(0, depth).join(" ")], each.path.slice(0, depth).join(" "));
      }
    });

    it(`${nameOf(each)}: has no option that hides a common one`, () => {
      const flags = (syntax: string) => syntax.split(/[ ,]+/).filter((word) => word.startsWith("-"));
      const common = new Set(Object.values(COMMON_OPTIONS).flatMap(({ syntax }) => flags(syntax)));
      const own = Object.values(each.options).flatMap(({ syntax }) => flags(syntax));
      assert.deepEqual(
        own.filter((word) => common.has(word)),
        [],
      );
    });
  }
});
