import type { DomainEvent } from "../events.ts";
import type { VirtualCluster } from "./virtual-cluster.ts";

export function virtualClusterChanged(
  before: VirtualCluster | null,
  next: VirtualCluster,
  nowMs: number,
): DomainEvent {
  const moved = before?.state !== next.state;
  return {
    account: next.account,
    region: next.region,
    subject: { kind: "virtual-cluster", id: next.id },
    type: moved ? "virtual-cluster.state-changed" : "virtual-cluster.changed",
    atMs: nowMs,
    detail: {
      name: next.name,
      from: before?.state ?? null,
      to: next.state,
      ...(before === null || before.limits === next.limits ? {} : { limits: { ...next.limits } }),
    },
  };
}
