import { completeDeletions } from "../use-cases/delete-virtual-cluster.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import type { Chore } from "./control-loop.ts";

/** Ends virtual clusters that are being deleted, once the last of their job runs has ended. */
export class Deletions implements Chore {
  readonly name = "deletions";
  readonly intervalMs: number;
  readonly onWake = true;
  readonly #dependencies: Dependencies;

  constructor(dependencies: Dependencies, intervalMs: number) {
    this.#dependencies = dependencies;
    this.intervalMs = intervalMs;
  }

  run(): Promise<void> {
    return completeDeletions(this.#dependencies);
  }
}
