import type { Capacity } from "../ports/engine.ts";
import type { Grant, Resources } from "./spec.ts";

/** How a machine's capacity is given out. */
export interface AdmissionPolicy {
  readonly capacity: Capacity;
  /** How many times each core may be promised at once: cores are a share, memory is a claim. */
  readonly coreShare: number;
  /** Whether asking for more memory than there is fails instead of being granted less. */
  readonly strictMemory: boolean;
}

/** What an application gets of this machine; null where it asks for more memory than there is and that must fail. */
export function grantFor(asked: Resources, { capacity, strictMemory }: AdmissionPolicy): Grant | null {
  if (strictMemory && asked.memoryBytes > capacity.memoryBytes) return null;
  const granted: Resources = {
    cores: Math.min(asked.cores, capacity.cores),
    memoryBytes: Math.min(asked.memoryBytes, capacity.memoryBytes),
  };
  return { asked, granted };
}

/** Whether a grant fits beside what is given out already. An idle machine fits any grant. */
export function fits(used: Resources, { granted }: Grant, { capacity, coreShare }: AdmissionPolicy): boolean {
  const cores = used.cores + granted.cores <= Math.max(capacity.cores * coreShare, granted.cores);
  const memory = used.memoryBytes + granted.memoryBytes <= capacity.memoryBytes;
  return cores && memory;
}

export function plus(used: Resources, more: Resources): Resources {
  return { cores: used.cores + more.cores, memoryBytes: used.memoryBytes + more.memoryBytes };
}
