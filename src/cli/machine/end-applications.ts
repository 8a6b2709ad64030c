import { setTimeout as delay } from "node:timers/promises";
import { CliError } from "../errors.ts";
import type { Host } from "../host.ts";

/** Beyond the grace: time for supervisors to write down how their drivers ended, also on a busy machine. */
const MARGIN_MS = 30_000;
const POLL_MS = 50;

/**
 * Ends every driver of a data directory whose server is gone, and waits until their processes are. Answers the
 * applications that it asked; throws where some have not ended in time.
 */
export async function endApplications(
  host: Pick<Host, "endApplications" | "processes">,
  graceMs: number,
): Promise<readonly string[]> {
  const ended = await host.endApplications(graceMs);
  const deadline = performance.now() + graceMs + MARGIN_MS;
  for (;;) {
    const left = await host.processes();
    if (left.length === 0) return ended;
    if (performance.now() > deadline) {
      throw new CliError(`these processes have not ended: ${left.map(({ pid }) => pid).join(" ")}`, {
        hint: "End them by force: kill -9, then `firesteel ps`.",
      });
    }
    await delay(POLL_MS);
  }
}
