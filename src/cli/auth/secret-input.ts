import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";

/** Longer is no password. */
const LIMIT_BYTES = 64 * 1024;
const NEWLINE = 10;

/**
 * A secret from a variable, else the first line of stdin: command lines are for everybody on this machine to read.
 * Throws with exit code 2 where there is none.
 */
export async function readSecret(variable: string, { machine, io, print }: Context): Promise<string> {
  const given = machine.environment[variable];
  if (given) return given;
  if (io.stdout.isTerminal)
    print.note(`${variable} is not set. Type its value and press Enter; it is shown.`);
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of io.stdin) {
    pieces.push(piece);
    length += piece.length;
    if (length > LIMIT_BYTES || piece.includes(NEWLINE)) break;
  }
  const [line = ""] = Buffer.concat(pieces).toString("utf8").split(/\r?\n/);
  if (line !== "") return line;
  throw new CliError(`${variable} is not set, and stdin has no line`, {
    exitCode: EXIT_CODES.usage,
    hint: `Set ${variable}, or send the secret to stdin: \`… < FILE\`.`,
  });
}
