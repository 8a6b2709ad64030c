import type { Clock } from "../../core/ports/clock.ts";

export const systemClock: Clock = { now: () => Date.now() };

/** Measures how long things last: it never jumps, and its zero means nothing. */
export const steadyClock: Clock = { now: () => performance.now() };
