import { invalid, notFound } from "../core/errors.ts";
import { jobRunId, virtualClusterId } from "../core/ids.ts";
import { isActive, type JobRun } from "../core/job-run/job-run.ts";
import type { Change } from "../core/ports/store.ts";
import type { VirtualCluster } from "../core/virtual-cluster/virtual-cluster.ts";
import type { Dependencies } from "./dependencies.ts";
import type { CallContext } from "./emr-containers.ts";
import { retryStale } from "./retry-stale.ts";
import { checkTags } from "./tags.ts";

type Tags = Readonly<Record<string, string>>;

/** Something that has tags, and how it is written with others. */
interface Taggable {
  readonly tags: Tags;
  /** Why its tags can no longer change; null where they can. */
  readonly frozen: string | null;
  withTags(tags: Tags): Change;
}

/**
 * TagResource: overwrites tags of the same keys (emr-d.md D-035). Throws `not-found`, or `invalid` for a resource that is
 * no longer active (D-036) and for tags beyond the limits.
 */
export async function tagResource(
  dependencies: Dependencies,
  context: CallContext,
  arn: string,
  tags: Tags,
): Promise<void> {
  checkTags(tags);
  return changeTags(dependencies, context, arn, (before) => ({ ...before, ...tags }));
}

/** UntagResource: a key that is not there is no error, so that a repeated call is none either. */
export function untagResource(
  dependencies: Dependencies,
  context: CallContext,
  arn: string,
  keys: readonly string[],
): Promise<void> {
  const without = (before: Tags) =>
    Object.fromEntries(Object.entries(before).filter(([key]) => !keys.includes(key)));
  return changeTags(dependencies, context, arn, without);
}

export async function listTags(dependencies: Dependencies, context: CallContext, arn: string): Promise<Tags> {
  return (await findTaggable(dependencies, context, arn)).tags;
}

function changeTags(
  dependencies: Dependencies,
  context: CallContext,
  arn: string,
  change: (before: Tags) => Tags,
): Promise<void> {
  return retryStale(async () => {
    const resource = await findTaggable(dependencies, context, arn);
    if (resource.frozen !== null) throw invalid(resource.frozen);
    const tags = change(resource.tags);
    checkTags(tags);
    await dependencies.store.commit([resource.withTags(tags)]);
  });
}

// emr-d.md X-5: what an ARN names stands behind `:/`.
const RESOURCE =
  /^arn:aws[a-zA-Z0-9-]*:emr-containers:([^:]+):(\d{12}):\/virtualclusters\/([^/]+)(?:\/jobruns\/([^/]+))?$/;

async function findTaggable({ store }: Dependencies, { scope }: CallContext, arn: string): Promise<Taggable> {
  const [, region, account, cluster, run] = RESOURCE.exec(arn) ?? [];
  const missing = notFound(`Resource ${arn} doesn't exist.`);
  if (cluster === undefined || region !== scope.region || account !== scope.account) throw missing;
  if (run === undefined) {
    const found = await store.virtualClusters.get(scope, virtualClusterId(cluster));
    if (found === null) throw missing;
    return taggableCluster(found);
  }
  const found = await store.jobRuns.get(scope, virtualClusterId(cluster), jobRunId(run));
  if (found === null) throw missing;
  return taggableRun(found);
}

function taggableCluster(cluster: VirtualCluster): Taggable {
  return {
    tags: cluster.tags,
    frozen:
      cluster.state === "TERMINATED"
        ? `Virtual cluster ${cluster.id} is terminated and cannot be tagged.`
        : null,
    withTags: (tags) => ({ kind: "virtual-cluster", row: { ...cluster, tags } }),
  };
}

function taggableRun(run: JobRun): Taggable {
  return {
    tags: run.tags,
    frozen: isActive(run.state)
      ? null
      : `Job run ${run.id} is ${run.state}: only active job runs can be tagged.`,
    withTags: (tags) => ({ kind: "job-run", row: { ...run, tags } }),
  };
}
