import assert from "node:assert/strict";
import { DomainError } from "../../src/core/errors.ts";
import { readSparkOptions } from "../../src/core/job-run/spark-options.ts";
import { tokenise } from "../../src/core/job-run/tokenise.ts";
import { splitOptionString } from "../../src/engines/process/option-string.ts";
import { property } from "./property.ts";
import type { Random } from "./random.ts";
import { awkwardText } from "./texts.ts";

const SAFE = /^[\w./=:,@%+-]+$/;
const SEPARATORS = [" ", "  ", "\t", "\n", " \\\n", "\r\n", " \\\r\n "];

/** One piece of a token as some shell user would write it. */
function quotedPiece(random: Random, piece: string): string {
  const ways = [`"${piece.replace(/["\\]/g, "\\$&")}"`];
  if (!piece.includes("'")) ways.push(`'${piece}'`);
  if (SAFE.test(piece)) ways.push(piece);
  // A backslash before a line break is nothing, so breaks need quotes.
  if (piece !== "" && !/[\r\n]/.test(piece)) ways.push([...piece].map((unit) => `\\${unit}`).join(""));
  return random.pick(ways);
}

function quotedToken(random: Random, token: string): string {
  const at = random.between(0, token.length);
  return [token.slice(0, at), token.slice(at)].map((piece) => quotedPiece(random, piece)).join("");
}

property(
  "tokens that were quoted come back as they were",
  (random) => {
    const tokens = random.list(random.between(0, 6), () => awkwardText(random, 4));
    const text = tokens.map((token) => quotedToken(random, token) + random.pick(SEPARATORS)).join("");
    return { tokens, text };
  },
  ({ tokens, text }) => assert.deepEqual(tokenise(text, "member"), tokens),
);

property(
  "any text is tokens or a refusal",
  (random) => awkwardText(random, 30),
  (text) => {
    try {
      const tokens = tokenise(text, "member");
      assert.ok(tokens.reduce((sum, token) => sum + token.length, 0) <= text.length);
    } catch (error) {
      assert.ok(error instanceof DomainError && error.kind === "invalid", String(error));
    }
  },
);

const OPTIONS = [
  "--conf",
  "-c",
  "--class",
  "--jars",
  "--driver-memory",
  "--verbose",
  "--master",
  "--conf=a=b",
];

property(
  "any tokens are spark-submit's options or a refusal in words",
  (random) =>
    random.list(random.between(0, 8), () =>
      random.chance(0.5) ? random.pick(OPTIONS) : awkwardText(random, 4),
    ),
  (tokens) => {
    try {
      assert.deepEqual(readSparkOptions(tokens, "member").tokens, tokens);
    } catch (error) {
      assert.ok(error instanceof DomainError && error.kind === "invalid", String(error));
      assert.doesNotMatch(error.message, /native code/);
    }
  },
);

property(
  "any text is JVM options or an invalid option string",
  (random) => awkwardText(random, 20),
  (text) => {
    try {
      splitOptionString(text);
    } catch (error) {
      assert.ok(error instanceof Error && error.message.startsWith("Invalid option string"), String(error));
    }
  },
);
