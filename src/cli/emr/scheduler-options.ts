import { text } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import type { SchedulerConfiguration } from "./wire.ts";

/** The limits of a virtual cluster, for the commands that set them. */
export const SCHEDULER_OPTIONS = {
  maxConcurrentJobRuns: text("--max-concurrent-job-runs <number>", "runs at work at once; none for no limit"),
  maxInQueueJobRuns: text("--max-in-queue-job-runs <number>", "runs that may wait; none for no limit"),
};

type LimitName = keyof typeof SCHEDULER_OPTIONS;

/** What the options make of the limits there are: one that is not given stays, `none` takes one away. */
export function schedulerConfiguration(
  values: Readonly<Record<LimitName, string | undefined>>,
  before: SchedulerConfiguration = {},
): SchedulerConfiguration {
  return {
    ...limit("maxConcurrentJobRuns", "--max-concurrent-job-runs", values, before),
    ...limit("maxInQueueJobRuns", "--max-in-queue-job-runs", values, before),
  };
}

function limit(
  name: LimitName,
  option: string,
  { [name]: value }: Readonly<Record<LimitName, string | undefined>>,
  { [name]: before }: SchedulerConfiguration,
): SchedulerConfiguration {
  if (value === undefined) return before === undefined ? {} : { [name]: before };
  if (value === "none") return {};
  if (!/^\d{1,9}$/.test(value)) {
    throw new CliError(`${option} ${value}: expected a whole number, or none`, {
      exitCode: EXIT_CODES.usage,
    });
  }
  return { [name]: Number(value) };
}
