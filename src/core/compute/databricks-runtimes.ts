/** A Databricks Runtime: what a cluster's `spark_version` names. */
export interface DatabricksRuntime {
  /** `spark_version`, such as `15.4.x-scala2.12`. */
  readonly key: string;
  /** Clients read Spark's version and `LTS` from it (databricks-workspace-api.md C1.5). */
  readonly name: string;
  /** Major and minor version of the Spark that stands for it here. */
  readonly spark: string;
}

/**
 * The releases with long-term support, newest first: docs.databricks.com/aws/en/release-notes/runtime. Those with
 * Photon, with the vendor's machine-learning libraries or for GPUs are left out, since nothing here is like them; of 16.4
 * also the one for Scala 2.13, which the Spark 3.5 that is installed is not built for.
 */
export const DATABRICKS_RUNTIMES: readonly DatabricksRuntime[] = [
  longTerm("17.3", "4.0.0", "2.13"),
  longTerm("16.4", "3.5.2"),
  longTerm("15.4", "3.5.0"),
  longTerm("14.3", "3.5.0"),
  longTerm("13.3", "3.4.1"),
  longTerm("12.2", "3.3.2"),
  longTerm("11.3", "3.3.0"),
  longTerm("10.4", "3.2.1"),
  longTerm("9.1", "3.1.2"),
  longTerm("7.3", "3.0.1"),
];

function longTerm(version: string, spark: string, scala = "2.12"): DatabricksRuntime {
  return {
    key: `${version}.x-scala${scala}`,
    name: `${version} LTS (includes Apache Spark ${spark}, Scala ${scala})`,
    spark: spark.slice(0, spark.lastIndexOf(".")),
  };
}
