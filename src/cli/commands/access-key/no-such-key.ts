import { nearest } from "../../../config/nearest.ts";
import { CliError } from "../../errors.ts";
import type { AccessKeys } from "../../host.ts";

/** The end of a command that was given an id which no key has. */
export async function noSuchKey(keys: AccessKeys, id: string): Promise<CliError> {
  const known = (await keys.list()).map((key) => key.id);
  const guess = nearest(id, known);
  return new CliError(`no access key ${id}`, {
    hint: guess === null ? "List them with: firesteel access-key list" : `Did you mean ${guess}?`,
  });
}
