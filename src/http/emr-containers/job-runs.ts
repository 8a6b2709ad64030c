import type { Static } from "typebox";
import type { ListedJobRun, JobRun as WireJobRun } from "../../contract/emr-containers/job-runs.ts";
import { jobRunId, virtualClusterId } from "../../core/ids.ts";
import type { JobRun } from "../../core/job-run/job-run.ts";
import type { EmrContainersUseCases } from "../../use-cases/emr-containers.ts";
import type { Handlers } from "./handlers.ts";
import { jobRunArn, milliseconds, present, timestamp } from "./wire.ts";

function wireJobRun(run: JobRun): Static<typeof WireJobRun> {
  const { request } = run;
  return present({
    id: run.id,
    name: request.name,
    virtualClusterId: run.virtualClusterId,
    arn: jobRunArn(run, run.virtualClusterId, run.id),
    state: run.state,
    clientToken: run.clientToken,
    executionRoleArn: request.executionRoleArn,
    releaseLabel: request.releaseLabel,
    // Both were checked against the contract when the run was submitted and are echoed as they came.
    configurationOverrides: request.configurationOverrides as Static<
      typeof WireJobRun
    >["configurationOverrides"],
    jobDriver: request.jobDriver as Static<typeof WireJobRun>["jobDriver"],
    createdAt: timestamp(run.createdAtMs),
    createdBy: run.createdBy,
    finishedAt: run.finishedAtMs === null ? null : timestamp(run.finishedAtMs),
    stateDetails: run.stateDetails,
    failureReason: run.failureReason,
    tags: { ...run.tags },
  });
}

/**
 * What ListJobRuns shows of a run: the real service leaves out how it is to be done (recorded answers of
 * `aws emr-containers list-job-runs` hold neither member, although both were set).
 */
function listedJobRun(run: JobRun): Static<typeof ListedJobRun> {
  const { jobDriver: _driver, configurationOverrides: _overrides, ...listed } = wireJobRun(run);
  return listed;
}

export function jobRunHandlers(
  useCases: EmrContainersUseCases,
): Handlers<"StartJobRun" | "DescribeJobRun" | "ListJobRuns" | "CancelJobRun"> {
  return {
    async StartJobRun(context, input) {
      const {
        id,
        virtualClusterId: cluster,
        ...run
      } = await useCases.startJobRun(context, {
        virtualClusterId: virtualClusterId(input.virtualClusterId),
        clientToken: input.clientToken,
        request: {
          name: input.name ?? null,
          executionRoleArn: input.executionRoleArn,
          releaseLabel: input.releaseLabel,
          jobDriver: input.jobDriver,
          configurationOverrides: input.configurationOverrides ?? null,
        },
        tags: input.tags ?? {},
      });
      return present({
        id,
        name: run.request.name,
        arn: jobRunArn(run, cluster, id),
        virtualClusterId: cluster,
      });
    },

    async DescribeJobRun(context, input) {
      const cluster = virtualClusterId(input.virtualClusterId);
      return { jobRun: wireJobRun(await useCases.describeJobRun(context, cluster, jobRunId(input.id))) };
    },

    async ListJobRuns(context, input) {
      const filter = present({
        name: input.name,
        createdAfterMs: milliseconds(input.createdAfter),
        createdBeforeMs: milliseconds(input.createdBefore),
        states: input.states,
      });
      const page = { maxResults: input.maxResults ?? null, nextToken: input.nextToken ?? null };
      const cluster = virtualClusterId(input.virtualClusterId);
      const { rows, nextToken } = await useCases.listJobRuns(context, cluster, filter, page);
      return present({ jobRuns: rows.map(listedJobRun), nextToken });
    },

    async CancelJobRun(context, input) {
      const cluster = virtualClusterId(input.virtualClusterId);
      const run = await useCases.cancelJobRun(context, cluster, jobRunId(input.id));
      return { id: run.id, virtualClusterId: run.virtualClusterId };
    },
  };
}
