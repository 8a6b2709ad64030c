import type { ApplicationSpec, Resources } from "../../src/core/application/spec.ts";
import { type ApplicationId, accountId, region } from "../../src/core/ids.ts";
import type { LaunchRequest } from "../../src/core/ports/engine.ts";

const RESOURCES: Resources = { cores: 2, memoryBytes: 2 ** 30 };

/** A request to launch SparkPi of the runtime's examples, with what a test wants different. */
export function launchRequest(
  tag: ApplicationId,
  spec: Partial<ApplicationSpec<"spark-submit">> = {},
): LaunchRequest & { readonly spec: ApplicationSpec<"spark-submit"> } {
  return {
    tag,
    account: accountId("123456789012"),
    region: region("us-east-1"),
    ownerId: tag,
    grant: { asked: { cores: 4, memoryBytes: 2 ** 32 }, granted: RESOURCES },
    spec: {
      kind: "spark-submit",
      runtime: { sparkVersion: "3.5", javaVersion: null },
      sparkApplicationId: `spark-${tag}`,
      entryPoint: "local:///usr/lib/spark/examples/src/main/python/pi.py",
      arguments: [],
      options: [],
      configuration: {},
      resources: RESOURCES,
      eventLog: false,
      logs: { s3Uri: null, cloudWatch: null, containers: { driver: "driver", submitter: "submitter" } },
      startTimeoutSeconds: 900,
      ...spec,
    },
  };
}

/** A request to launch a file of SQL statements. */
export function sqlRequest(
  tag: ApplicationId,
  spec: Pick<ApplicationSpec<"spark-sql">, "entryPoint"> & Partial<ApplicationSpec<"spark-sql">>,
): LaunchRequest & { readonly spec: ApplicationSpec<"spark-sql"> } {
  const { spec: submit, ...request } = launchRequest(tag);
  const { arguments: _none, ...common } = submit;
  return { ...request, spec: { ...common, kind: "spark-sql", cliOptions: [], ...spec } };
}
