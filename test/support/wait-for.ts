import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 50;

/** Asks until there is an answer, and fails by name when there is none in time. */
export async function waitFor<Answer>(
  what: string,
  timeoutMs: number,
  ask: () => Promise<Answer | null | undefined | false>,
): Promise<Answer> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
    await delay(POLL_MS);
  }
}
