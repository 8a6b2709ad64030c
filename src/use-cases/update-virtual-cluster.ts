import { notFound } from "../core/errors.ts";
import { decideVirtualCluster } from "../core/virtual-cluster/decide.ts";
import { findTokenResource, rememberToken, type TokenedRequest } from "./client-token.ts";
import type { Dependencies } from "./dependencies.ts";
import type { CallContext, DescribedVirtualCluster, UpdateVirtualClusterInput } from "./emr-containers.ts";
import { retryStale } from "./retry-stale.ts";
import { describeVirtualCluster } from "./virtual-clusters.ts";

/**
 * UpdateVirtualCluster. Limits that are given replace the ones there are as a whole, and hold from the next admission
 * on; a job run that was launched under others goes on. A request that comes again under its token changes nothing and
 * answers the cluster as it is by now (botocore 1.44.5: "the service ignores the request, but does not return an error").
 * Throws DomainErrors of kind `not-found`, and `invalid` for a cluster that is not RUNNING.
 */
export function updateVirtualCluster(
  dependencies: Dependencies,
  context: CallContext,
  { clientToken, ...body }: UpdateVirtualClusterInput,
): Promise<DescribedVirtualCluster> {
  const { store, clock, wake } = dependencies;
  const { scope } = context;
  const request: TokenedRequest = { scope, operation: "UpdateVirtualCluster", token: clientToken, body };
  return retryStale(async () => {
    if ((await findTokenResource(store, request)) === null) {
      const cluster = await store.virtualClusters.get(scope, body.id);
      if (cluster === null) throw notFound(`Virtual cluster ${body.id} doesn't exist.`);
      const nowMs = clock.now();
      const limits = body.limits ?? cluster.limits;
      const decision = decideVirtualCluster(cluster, { type: "limits-set", limits }, nowMs);
      await store.commit([
        rememberToken(request, body.id, nowMs),
        ...(decision === null ? [] : [{ kind: "virtual-cluster", row: decision.next } as const]),
        ...(decision?.events ?? []).map((event) => ({ kind: "event", event }) as const),
      ]);
      // Higher limits let waiting runs go.
      wake();
    }
    return describeVirtualCluster(dependencies, context, body.id);
  });
}
