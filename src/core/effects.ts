import type { ApplicationId, EffectId } from "./ids.ts";

/** What is to be done to the world because of a stored decision; done at least once, by the application's node. */
export const EFFECT_KINDS = ["launch", "kill", "settle-logs"] as const;
export type EffectKind = (typeof EFFECT_KINDS)[number];

export interface Effect {
  readonly id: EffectId;
  readonly kind: EffectKind;
  readonly application: ApplicationId;
  readonly node: string;
  readonly attempts: number;
  readonly dueAtMs: number;
  readonly createdAtMs: number;
  /** The last failure; null where there was none. */
  readonly lastError: string | null;
}
