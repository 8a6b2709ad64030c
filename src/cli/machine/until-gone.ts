import { setTimeout as delay } from "node:timers/promises";
import { CliError, messageOf } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { processStartedAtMs } from "./process.ts";

/** Short enough that no machine gives the pid to another process in between. */
const LOOK_EVERY_MS = 500;

/** A signal that aborts once a process is gone, whatever way it ended; throws where there is none to begin with. */
export async function untilGone(pidText: string): Promise<AbortSignal> {
  const pid = /^[1-9]\d{0,9}$/.test(pidText) ? Number(pidText) : null;
  if (pid === null || (await processStartedAtMs(pid)) === null) {
    throw new CliError(`--exit-with ${pidText}: there is no such process`, { exitCode: EXIT_CODES.usage });
  }
  const gone = new AbortController();
  const watch = async (): Promise<void> => {
    while ((await processStartedAtMs(pid)) !== null) await delay(LOOK_EVERY_MS, undefined, { ref: false });
  };
  watch().then(
    () => gone.abort(new Error(`process ${pid} is gone`)),
    // Whoever cannot tell whether the process is there must not outlive it.
    (error: unknown) => gone.abort(new Error(`process ${pid} cannot be seen: ${messageOf(error)}`)),
  );
  return gone.signal;
}
