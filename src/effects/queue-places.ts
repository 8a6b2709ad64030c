import type { Application } from "../core/application/application.ts";
import { type VirtualClusterId, virtualClusterId } from "../core/ids.ts";
import type { Change, Store } from "../core/ports/store.ts";
import { concurrencyLimit, PLACED_JOB_RUN_STATES } from "../core/virtual-cluster/scheduler.ts";
import type { VirtualCluster } from "../core/virtual-cluster/virtual-cluster.ts";

interface Places {
  readonly limit: number;
  free: number;
}

/** What one pass over the line knows of the places that queues have for job runs at work. */
export class QueuePlaces {
  readonly #store: Store;
  readonly #places = new Map<string, Places>();
  /** Queues without a free place: a walk over the line passes over what waits in them. */
  readonly full = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Why an application's queue holds it back, in words for the user; null where it does not. */
  async reasonToWait(application: Application): Promise<string | null> {
    const { queue } = application;
    if (queue === null) return null;
    let places = this.#places.get(queue);
    if (places === undefined) {
      const read = await this.#read(application, virtualClusterId(queue));
      if (read === null) return null;
      places = read.places;
      this.#places.set(queue, places);
    }
    if (places.free > 0) return null;
    this.full.add(queue);
    const { limit } = places;
    return `Waiting in line: virtual cluster ${queue} has ${limit} job run${limit === 1 ? "" : "s"} at work, its most at once (maxConcurrentJobRuns).`;
  }

  /**
   * What the commit that admits an application must hold besides: it is stale where the place was taken by another
   * server, or the limits were changed, since this read them. Null where there is no place any more.
   */
  async claim(application: Application): Promise<readonly Change[] | null> {
    const { queue } = application;
    const read = queue === null ? null : await this.#read(application, virtualClusterId(queue));
    if (read === null) return [];
    const { cluster, places } = read;
    if (places.free <= 0) return null;
    return [
      { kind: "virtual-cluster-unchanged", id: cluster.id, version: cluster.version },
      { kind: "job-runs-below", cluster: cluster.id, states: PLACED_JOB_RUN_STATES, limit: places.limit },
    ];
  }

  taken({ queue }: Application): void {
    const places = queue === null ? undefined : this.#places.get(queue);
    if (places !== undefined) places.free -= 1;
  }

  /** What was read is not so any more. */
  forget({ queue }: Application): void {
    if (queue !== null) this.#places.delete(queue);
  }

  async #read(
    scope: Application,
    id: VirtualClusterId,
  ): Promise<{ cluster: VirtualCluster; places: Places } | null> {
    const cluster = await this.#store.virtualClusters.get(scope, id);
    if (cluster === null) return null;
    const limit = concurrencyLimit(cluster.limits);
    const taken = await this.#store.jobRuns.count(id, PLACED_JOB_RUN_STATES, limit);
    return { cluster, places: { limit, free: limit - taken } };
  }
}
