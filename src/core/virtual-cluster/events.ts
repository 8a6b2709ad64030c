import type { DomainEvent } from "../events.ts";
import type { VirtualCluster } from "./virtual-cluster.ts";

export function virtualClusterChanged(
  before: VirtualCluster | null,
  next: VirtualCluster,
  nowMs: number,
): DomainEvent {
  return {
    account: next.account,
    region: next.region,
    subject: { kind: "virtual-cluster", id: next.id },
    type: "virtual-cluster.state-changed",
    atMs: nowMs,
    detail: { name: next.name, from: before?.state ?? null, to: next.state },
  };
}
