import { accountObjectId, effectId, jobRunId, principalId, virtualClusterId } from "../../src/core/ids.ts";
import type { Ids } from "../../src/core/ports/ids.ts";

/** Ids that count, over all lives of the server, in the forms of the real ones. */
export class CountingIds implements Ids {
  #last = 0;

  virtualCluster = () => virtualClusterId(`vc${this.#next(23)}`);
  jobRun = () => jobRunId(`0${this.#next(18)}`);
  sparkApplication = () => `spark-${this.#next(32)}`;
  effect = () => effectId(`effect-${this.#next(6)}`);
  principal = () => principalId(this.#next(15));
  workspace = () => accountObjectId(`1${this.#next(15)}`);
  uuid = () => `uuid-${this.#next(6)}`;

  #next(characters: number): string {
    this.#last += 1;
    return String(this.#last).padStart(characters, "0");
  }
}
