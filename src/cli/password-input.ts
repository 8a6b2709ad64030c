import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text } from "./command.ts";
import type { Context } from "./context.ts";
import { CliError, messageOf } from "./errors.ts";
import { EXIT_CODES } from "./exit-codes.ts";

export const passwordFile = text(
  "--password-file <file>",
  "file whose first line is the password, - for standard input (else it is asked for)",
);

/** NIST SP 800-63B 5.1.1.2: eight characters at least, and no rules about which. */
const LEAST_CHARACTERS = 8;
const MOST_CHARACTERS = 1024;

/**
 * A new password: of the file, else typed twice without being shown, else the first line of standard input. Never of
 * the command line, which everybody on this machine can read. Throws with exit code 2 where there is none that will do.
 */
export async function readNewPassword(
  file: string | undefined,
  { io, machine }: Pick<Context, "io" | "machine">,
): Promise<string> {
  const password = await read();
  if (password.length < LEAST_CHARACTERS || password.length > MOST_CHARACTERS) {
    throw usage(
      password === "" ? "there is no password" : `the password has ${password.length} characters`,
      `It takes from ${LEAST_CHARACTERS} to ${MOST_CHARACTERS}, from --password-file or standard input.`,
    );
  }
  return password;

  async function read(): Promise<string> {
    if (file !== undefined && file !== "-") {
      const content = await readFile(resolve(machine.workingDirectory, file), "utf8").catch(
        (cause: unknown) => {
          throw usage(`--password-file: ${messageOf(cause)}`, "Name a file that you can read.");
        },
      );
      return firstLine(content);
    }
    if (file === "-" || io.hiddenInput === null) return firstLine(await untilLineEnd(io.stdin));
    const typed = await io.hiddenInput("New password: ");
    if (typed !== (await io.hiddenInput("Again: "))) throw usage("the passwords differ", "Try again.");
    return typed;
  }
}

async function untilLineEnd(stdin: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stdin) {
    pieces.push(piece);
    if (piece.includes(10) || pieces.length > MOST_CHARACTERS) break;
  }
  return Buffer.concat(pieces).toString("utf8");
}

function firstLine(content: string): string {
  return content.split(/\r?\n/)[0] ?? "";
}

function usage(message: string, hint: string): CliError {
  return new CliError(message, { exitCode: EXIT_CODES.usage, hint });
}
