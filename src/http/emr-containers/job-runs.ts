import type { Static } from "typebox";
import type { ListedJobRun, JobRun as WireJobRun } from "../../contract/emr-containers/job-runs.ts";
import { invalid } from "../../core/errors.ts";
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

const MOST_ATTEMPTS = 2 ** 31 - 1;

/** One attempt is no retry (emr-b.md B28), and only retries would show in DescribeJobRun (B30). */
function refuseRetries(maxAttempts: number): void {
  if (maxAttempts < 1 || maxAttempts > MOST_ATTEMPTS) {
    // emr-b.md 4.4.
    throw invalid("Retry policy configuration's parameter value of maxAttempts is invalid");
  }
  if (maxAttempts > 1) {
    throw invalid(
      "Member 'retryPolicyConfiguration.maxAttempts' is not supported above 1: a failed driver is not started again",
    );
  }
}

export function jobRunHandlers(
  useCases: EmrContainersUseCases,
): Handlers<"StartJobRun" | "DescribeJobRun" | "ListJobRuns" | "CancelJobRun"> {
  return {
    async StartJobRun(context, input) {
      if (input.retryPolicyConfiguration !== undefined)
        refuseRetries(input.retryPolicyConfiguration.maxAttempts);
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
