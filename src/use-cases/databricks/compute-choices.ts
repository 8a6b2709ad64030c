import { DATABRICKS_RUNTIMES, type DatabricksRuntime } from "../../core/compute/databricks-runtimes.ts";
import { zonesOf } from "../../core/workspace/regions.ts";
import type { WorkspaceContext } from "./context.ts";
import type { WorkspaceDependencies } from "./workspace-dependencies.ts";

/** `clusters.spark-versions`: those whose Spark is installed here or would be on its first use; newest first. */
export async function listDatabricksRuntimes({
  runtimes,
}: Pick<WorkspaceDependencies, "runtimes">): Promise<readonly DatabricksRuntime[]> {
  const sparks = [...new Set(DATABRICKS_RUNTIMES.map(({ spark }) => spark))];
  const running = await Promise.all(
    sparks.map(async (spark) =>
      (await runtimes.supports({ sparkVersion: spark, javaVersion: null })) ? [spark] : [],
    ),
  );
  const here = new Set(running.flat());
  return DATABRICKS_RUNTIMES.filter(({ spark }) => here.has(spark));
}

/** `clusters.list-zones`: the default one first. */
export async function listZones(
  _dependencies: unknown,
  { workspace }: WorkspaceContext,
): Promise<readonly string[]> {
  return zonesOf(workspace.body.region);
}
