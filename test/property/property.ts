import { test } from "node:test";
import { inspect } from "node:util";
import { Random } from "./random.ts";

/** How many inputs each property is tried on. */
export const INPUTS = Number(process.env.INPUTS ?? 100_000);
/** Where the inputs start; a failure names the seed that makes its input the first and only one. */
export const SEED = Number(process.env.SEED ?? 1);

/** Longer than any property takes on a busy machine; one that takes this long has found something slow. */
const TIMEOUT_MS = 60_000;

/**
 * A test that something holds for every input made. It is told the first input for which it does not, and how to
 * make that one again.
 */
export function property<Input>(
  name: string,
  make: (random: Random) => Input,
  holds: (input: Input) => void,
  inputs = INPUTS,
): void {
  test(`${name} (${inputs} inputs)`, { timeout: TIMEOUT_MS }, () => {
    for (let seed = SEED; seed < SEED + inputs; seed += 1) {
      const input = make(new Random(seed));
      try {
        holds(input);
      } catch (cause) {
        const shown = inspect(input, { depth: 6, maxStringLength: 2_000, breakLength: 120 });
        const problem = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`SEED=${seed} INPUTS=1 breaks it: ${problem}\n${shown}`, { cause });
      }
    }
  });
}
