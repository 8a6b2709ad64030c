import { CliError, messageOf } from "./errors.ts";
import { EXIT_CODES } from "./exit-codes.ts";

/** An answer's JSON; an empty body counts as `{}`. Throws with exit code 3 where it is something else. */
export async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch {
    throw notOurs(response);
  }
}

/** What answered is no server of ours. */
export function notOurs(response: Response): CliError {
  return new CliError(`${response.url} answered ${response.status} with something that is not JSON`, {
    exitCode: EXIT_CODES.unreachable,
    hint: "Is this the address of a Firesteel server? `firesteel doctor` tells what listens on its port.",
  });
}

/** What to throw where `fetch` has got no answer. */
export function unreachable(endpoint: string, error: unknown): CliError {
  // fetch says only "fetch failed"; the reason is in the cause.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason =
    messageOf(cause) || (cause instanceof Error && "code" in cause ? String(cause.code) : "no answer");
  return new CliError(`cannot reach the server at ${endpoint}: ${reason}`, {
    exitCode: EXIT_CODES.unreachable,
    hint: "Start one with `firesteel server`, or name another with --endpoint-url.",
    cause: error,
  });
}
