import type { DomainEvent } from "../events.ts";
import { NO_REGION, type PrincipalId } from "../ids.ts";
import type { AccountObject } from "./account-object.ts";

/** Such as `credentials.created`. `by` is null where the server itself did it. */
export function accountObjectChanged(
  what: "created" | "changed" | "deleted",
  { account, kind, id, name, state }: AccountObject,
  by: PrincipalId | null,
  nowMs: number,
): DomainEvent {
  return {
    account,
    region: NO_REGION,
    subject: { kind, id },
    type: `${kind}.${what}`,
    atMs: nowMs,
    detail: { name, state, by },
  };
}
