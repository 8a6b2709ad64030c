import type { Logger } from "pino";
import type { Settings } from "./config/settings.ts";
import { refuseUnsandboxed, unsandboxedReason } from "./engines/process/refuse-unsandboxed.ts";
import type { SandboxSupport } from "./engines/process/sandbox.ts";
import type { EmrContainersUseCases } from "./use-cases/emr-containers.ts";

/**
 * Throws where drivers have no sandbox and that endangers somebody else (see `refuseUnsandboxed`); where it only
 * endangers this machine's own user the log says so, without holding up the start.
 */
export async function checkSandbox(
  settings: Settings,
  support: Promise<SandboxSupport>,
  accounts: number,
  logger: Logger,
): Promise<void> {
  const warned = support.then((sandbox) => {
    const reason = unsandboxedReason(settings, sandbox);
    if (reason !== null)
      logger.warn({ reason }, "drivers are not sandboxed: submit only code that you would run yourself");
    return refuseUnsandboxed(settings, sandbox, accounts);
  });
  const matters =
    refuseUnsandboxed(settings, { works: false, reason: "it was not tried" }, accounts) !== null;
  if (!matters) {
    warned.catch((error: unknown) =>
      logger.warn({ err: error }, "whether drivers can be sandboxed could not be tried"),
    );
    return;
  }
  const refusal = await warned;
  if (refusal !== null) throw new Error(refusal);
}

/** Says in the log when a second virtual cluster comes to be whose jobs nothing keeps from the first one's. */
export function warnOfSharedMachine(
  useCases: EmrContainersUseCases,
  settings: Settings,
  support: Promise<SandboxSupport>,
  logger: Logger,
): EmrContainersUseCases {
  return {
    ...useCases,
    async createVirtualCluster(context, input) {
      const cluster = await useCases.createVirtualCluster(context, input);
      if (unsandboxedReason(settings, await support) !== null) {
        const page = { maxResults: 2, nextToken: null };
        const { rows } = await useCases.listVirtualClusters(context, { states: ["RUNNING"] }, page);
        if (rows.length > 1)
          logger.warn(
            { virtualCluster: cluster.id },
            "jobs of several virtual clusters share this machine without a sandbox",
          );
      }
      return cluster;
    },
  };
}
