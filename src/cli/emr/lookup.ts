import { nearest } from "../../config/nearest.ts";
import { CliError } from "../errors.ts";
import { type EmrClient, EmrError } from "./emr-client.ts";
import type { JobRun, VirtualCluster } from "./wire.ts";

export const DEFAULT_CLUSTER = "default";

export async function collect<Row>(
  rows: AsyncIterable<Row>,
  limit = Number.POSITIVE_INFINITY,
): Promise<Row[]> {
  const collected: Row[] = [];
  if (limit <= 0) return collected;
  for await (const row of rows) {
    collected.push(row);
    if (collected.length >= limit) break;
  }
  return collected;
}

/** The cluster with this id, else the live one with this name (terminated ones give their names up). */
export async function findCluster(client: EmrClient, nameOrId: string): Promise<VirtualCluster | null> {
  const clusters = await collect(client.listVirtualClusters());
  return (
    clusters.find(({ id }) => id === nameOrId) ??
    clusters.find(({ name, state }) => name === nameOrId && state !== "TERMINATED") ??
    null
  );
}

/** As {@link findCluster}, and an error that names the clusters there are. */
export async function requireCluster(client: EmrClient, nameOrId: string): Promise<VirtualCluster> {
  const cluster = await findCluster(client, nameOrId);
  if (cluster !== null) return cluster;
  const names = (await collect(client.listVirtualClusters({ states: ["RUNNING"] }))).map(({ name }) => name);
  const guess = nearest(nameOrId, names);
  throw new CliError(`no virtual cluster is called ${nameOrId}`, {
    hint:
      guess !== null
        ? `Did you mean ${guess}?`
        : names.length === 0
          ? `There is none yet: firesteel emr virtual-cluster create ${nameOrId}`
          : `There are: ${names.join(", ")}. Make it with: firesteel emr virtual-cluster create ${nameOrId}`,
  });
}

/** Finds a run by its id alone: the API wants the cluster too, people do not remember it. */
export async function requireRun(
  client: EmrClient,
  runId: string,
  cluster: string | undefined,
): Promise<JobRun> {
  const clusters =
    cluster === undefined
      ? await collect(client.listVirtualClusters())
      : [await requireCluster(client, cluster)];
  for (const { id } of clusters) {
    try {
      return await client.describeJobRun(id, runId);
    } catch (error) {
      if (
        !(error instanceof EmrError) ||
        !["ResourceNotFoundException", "ValidationException"].includes(error.code)
      )
        throw error;
    }
  }
  const where = cluster === undefined ? "any virtual cluster" : `the virtual cluster ${cluster}`;
  throw new CliError(`no run ${runId} in ${where}`, { hint: "List them with: firesteel emr list" });
}
