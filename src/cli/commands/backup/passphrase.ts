import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text } from "../../command.ts";
import type { Context } from "../../context.ts";
import { CliError, messageOf } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";

const VARIABLE = "FIRESTEEL_BACKUP_PASSPHRASE";

export const passphraseFile = text(
  "--passphrase-file <file>",
  `file whose first line is the passphrase of the keys (else ${VARIABLE})`,
);

/** The passphrase of the option's file, else of the environment; null where neither gives one. */
export async function readPassphrase(file: string | undefined, { machine }: Context): Promise<string | null> {
  if (file === undefined) return machine.environment[VARIABLE] || null;
  const content = await readFile(resolve(machine.workingDirectory, file), "utf8").catch((cause: unknown) => {
    throw new CliError(`--passphrase-file: ${messageOf(cause)}`, { exitCode: EXIT_CODES.usage, cause });
  });
  const [passphrase = ""] = content.split(/\r?\n/);
  if (passphrase !== "") return passphrase;
  throw new CliError(`--passphrase-file: the first line of ${file} is empty`, { exitCode: EXIT_CODES.usage });
}

/** The refusal of a command that needs a passphrase and has none. */
export function passphraseMissing(withoutOne: string): CliError {
  return new CliError("the keys need a passphrase", {
    exitCode: EXIT_CODES.usage,
    hint: `Give one with --passphrase-file or ${VARIABLE}, or ${withoutOne} with --without-keys.`,
  });
}
