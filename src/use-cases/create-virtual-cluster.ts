import { DomainError, invalid } from "../core/errors.ts";
import { virtualClusterId } from "../core/ids.ts";
import { virtualClusterChanged } from "../core/virtual-cluster/events.ts";
import { NO_LIMITS, type VirtualCluster } from "../core/virtual-cluster/virtual-cluster.ts";
import { makeOnce, rememberToken, type TokenedRequest } from "./client-token.ts";
import type { Dependencies } from "./dependencies.ts";
import type { CallContext, CreateVirtualClusterInput } from "./emr-containers.ts";
import { checkTags } from "./tags.ts";

/**
 * CreateVirtualCluster. The cluster is usable at once: on this machine a namespace is a name and nothing has to be
 * prepared. Throws DomainErrors of kind `invalid` for a name or namespace that another cluster holds.
 */
export async function createVirtualCluster(
  dependencies: Dependencies,
  context: CallContext,
  input: CreateVirtualClusterInput,
): Promise<VirtualCluster> {
  const { store, clock, ids } = dependencies;
  const { scope } = context;
  const { clientToken, ...body } = input;
  const request: TokenedRequest = { scope, operation: "CreateVirtualCluster", token: clientToken, body };
  checkTags(input.tags);
  const find = async (made: string): Promise<VirtualCluster> => {
    const cluster = await store.virtualClusters.get(scope, virtualClusterId(made));
    if (cluster === null)
      throw new DomainError("internal", `Virtual cluster ${made} of the client token is gone.`);
    return cluster;
  };
  const make = async (): Promise<VirtualCluster> => {
    await refuseHeldNames(dependencies, context, input);
    const nowMs = clock.now();
    const row: VirtualCluster = {
      ...scope,
      id: ids.virtualCluster(),
      name: input.name,
      state: "RUNNING",
      eksClusterId: input.eksClusterId,
      namespace: input.namespace,
      limits: input.limits ?? NO_LIMITS,
      tags: input.tags,
      createdAtMs: nowMs,
      terminatedAtMs: null,
      version: 0,
    };
    await store.commit([
      { kind: "virtual-cluster", row },
      rememberToken(request, row.id, nowMs),
      { kind: "event", event: virtualClusterChanged(null, row, nowMs) },
    ]);
    return row;
  };
  return makeOnce(store, request, { make, find });
}

async function refuseHeldNames(
  { store }: Dependencies,
  { scope }: CallContext,
  input: CreateVirtualClusterInput,
): Promise<void> {
  // The service's own words: astronomer-providers issue 410 shows the namespace's, emr-b.md B1 has the rule for names.
  if ((await store.virtualClusters.holdingNamespace(scope, input.eksClusterId, input.namespace)) !== null) {
    throw invalid("A virtual cluster already exists in the given namespace");
  }
  if ((await store.virtualClusters.holdingName(scope, input.name)) !== null) {
    throw invalid(`A virtual cluster with the name ${input.name} already exists`);
  }
}
