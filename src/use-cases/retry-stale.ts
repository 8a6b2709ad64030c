import { DomainError } from "../core/errors.ts";
import { DuplicateError, StaleVersionError } from "../core/ports/store.ts";

/** More than any honest contention on one row needs; past it something is wrong. */
const ATTEMPTS = 50;

/**
 * Runs load, decide and commit again for as long as somebody else commits in between. Throws a DomainError of kind
 * `conflict` when that never ends.
 */
export async function retryStale<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      const stale = error instanceof StaleVersionError || error instanceof DuplicateError;
      if (!stale) throw error;
      if (count === ATTEMPTS)
        throw new DomainError("conflict", "Too many concurrent changes; try again.", { cause: error });
    }
  }
}
