import { DomainError, invalid, notFound } from "../core/errors.ts";
import { applicationIdOf, type JobRunId, type VirtualClusterId } from "../core/ids.ts";
import { isActive, type JobRun } from "../core/job-run/job-run.ts";
import { advanceApplication } from "./advance-application.ts";
import type { Dependencies } from "./dependencies.ts";
import type { CallContext } from "./emr-containers.ts";

/**
 * CancelJobRun. A run that waits is cancelled at once; one that was launched becomes CANCEL_PENDING until its driver
 * is gone. Repeating it is harmless. Throws `not-found`, or `invalid` for a run that has ended (the words of
 * aws-controllers-k8s issue 2594).
 */
export async function cancelJobRun(
  dependencies: Dependencies,
  { scope }: CallContext,
  cluster: VirtualClusterId,
  id: JobRunId,
): Promise<JobRun> {
  const { store } = dependencies;
  const run = await store.jobRuns.get(scope, cluster, id);
  if (run === null) throw notFound(`Job run ${id} doesn't exist.`);
  if (!isActive(run.state)) throw invalid(`Job run ${id} is not in a cancellable state`);
  await advanceApplication(dependencies, applicationIdOf(id, 1), {
    type: "kill-requested",
    reason: "cancelled",
  });
  const after = await store.jobRuns.byId(id);
  if (after === null) throw new DomainError("internal", `Job run ${id} is gone.`);
  return after;
}
