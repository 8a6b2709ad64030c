import type { Clock } from "../core/ports/clock.ts";
import type { Ids } from "../core/ports/ids.ts";
import type { Store } from "../core/ports/store.ts";

/** `in-line`: nothing happened but that the waiting line got longer. */
export type News = "in-line" | "anything";

/** What the use cases are made of. */
export interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The server that owns the applications accepted here, and the engine that runs them. */
  readonly node: string;
  readonly engine: string;
  /** Executors of a request that says nothing of them; absent where the driver does their work. */
  readonly executorsByDefault?: number;
  /** Called after a commit that made an application or an effect: there is work now. */
  readonly wake: (news?: News) => void;
}
