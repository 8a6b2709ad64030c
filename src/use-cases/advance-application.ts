import type { Application } from "../core/application/application.ts";
import { type ApplicationEvent, decideApplication } from "../core/application/decide.ts";
import type { EffectKind } from "../core/effects.ts";
import type { ApplicationId, EffectId } from "../core/ids.ts";
import type { Change } from "../core/ports/store.ts";
import type { Dependencies } from "./dependencies.ts";
import { ownerChanges } from "./owners.ts";
import { retryStale } from "./retry-stale.ts";

/**
 * Feeds an event to an application: loads, decides, and commits the application, its owner's new state, the events
 * and the effects in one transaction; `done` is the effect that this event is the result of, and ends with it. `claim`
 * answers what the commit must hold besides, asked anew for every attempt; null gives the event up.
 * Answers the application after it; null where there is no such application.
 */
export function advanceApplication(
  dependencies: Dependencies,
  id: ApplicationId,
  event: ApplicationEvent,
  done: EffectId | null = null,
  claim: (() => Promise<readonly Change[] | null>) | null = null,
): Promise<Application | null> {
  const { store, clock, wake } = dependencies;
  return retryStale(async () => {
    const application = await store.applications.get(id);
    const nowMs = clock.now();
    const decision = application === null ? null : decideApplication(application, event, nowMs);
    const changes: Change[] = done === null ? [] : [{ kind: "effect-done", id: done }];
    if (application !== null && decision !== null) {
      const claimed = claim === null ? [] : await claim();
      if (claimed === null) return application;
      changes.push(...claimed);
      changes.push({ kind: "application", row: decision.next });
      for (const happened of decision.events) changes.push({ kind: "event", event: happened });
      changes.push(...decision.effects.map((kind) => newEffect(dependencies, decision.next, kind, nowMs)));
      changes.push(...(await ownerChanges(store, decision.next, nowMs)));
    }
    if (changes.length > 0) await store.commit(changes);
    // That it waits gives nobody anything to do.
    if (decision !== null && event.type !== "waiting") wake();
    return decision?.next ?? application;
  });
}

/** What a decision asks to be done to the world, as a change of the commit that stores the decision. */
export function newEffect(
  { ids }: Dependencies,
  application: Application,
  kind: EffectKind,
  nowMs: number,
): Change {
  return {
    kind: "effect",
    effect: {
      id: ids.effect(),
      kind,
      application: application.id,
      node: application.node,
      attempts: 0,
      dueAtMs: nowMs,
      createdAtMs: nowMs,
      lastError: null,
    },
  };
}
