import { type LabelGroup, labelsOf7WithLivy } from "./release-label-sets.ts";
import type { Release, ReleaseComponents } from "./release-label-table.ts";

function later(
  version: string,
  build: string,
  components: ReleaseComponents,
  more: Pick<Release, "python"> = {},
): Release {
  return { version, components, java: 17, labels: labelsOf7WithLivy(build), ...more };
}

/** AWS's runtime for Spark 4: no flavours. */
function labelsOfSpark8(build: string): LabelGroup[] {
  return [
    { programs: ["spark", "notebook-spark", "notebook-python", "livy"], flavours: [""], builds: [build] },
  ];
}

/**
 * Releases after the guide's last, newest first: docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide
 * (emr-eks-7.8.0 … emr-eks-7.13.0 and emr-eks-spark-8.0.0).
 */
export const LATER_RELEASES: readonly Release[] = [
  {
    version: "spark-8.0.0",
    components: {
      spark: "4.0.2-amzn-0",
      hudi: "1.1.0-amzn-0",
      iceberg: "1.10.1-amzn-0",
      delta: "4.0.0-amzn-1-spark",
      awsSdkForJava: "2.41.32",
    },
    java: 17,
    python: "3.11",
    labels: labelsOfSpark8("20260421"),
  },
  later(
    "7.13.0",
    "20260410",
    {
      spark: "3.5.6-amzn-2",
      hudi: "1.0.2-amzn-2",
      iceberg: "1.10.0-amzn-1",
      delta: "3.3.2-amzn-2",
      rapids: "25.04.0-amzn-0",
      flink: "1.20.0-amzn-7",
      awsSdkForJava: "2.42.12, 1.12.797",
    },
    { python: "3.11" },
  ),
  later("7.12.0", "20251111", {
    spark: "3.5.6-amzn-1",
    hudi: "1.0.2-amzn-1",
    iceberg: "1.10.0-amzn-0",
    delta: "3.3.2-amzn-1",
    rapids: "25.04.0-amzn-0",
    flink: "1.20.0-amzn-6",
    awsSdkForJava: "2.35.5, 1.12.792",
  }),
  later("7.11.0", "20251020", {
    spark: "3.5.6-amzn-0",
    hudi: "1.0.2-amzn-0",
    iceberg: "1.9.1-amzn-0",
    delta: "3.3.2-amzn-0",
    rapids: "25.04.0-amzn-0",
    flink: "1.20.0-amzn-5",
  }),
  later("7.10.0", "20250801", {
    spark: "3.5.5-amzn-1",
    hudi: "0.15.0-amzn-7",
    iceberg: "1.8.1-amzn-0",
    delta: "3.3.0-amzn-2",
    rapids: "25.04.0-amzn-0",
    flink: "1.20.0-amzn-4",
    flinkOperator: "1.10.0-amzn-4",
    awsSdkForJava: "2.31.48, 1.12.782",
  }),
  later("7.9.0", "20250425", {
    spark: "3.5.5",
    hudi: "0.15.0-amzn-6",
    iceberg: "1.7.1-amzn-2",
    delta: "3.3.0-amzn-1",
    rapids: "25.02.1-amzn-0",
    flink: "1.20.0-amzn-3",
    flinkOperator: "1.10.0-amzn-3",
    jupyterEnterpriseGateway: "2.6.0",
    awsSdkForJava: "2.31.16, 1.12.782",
  }),
  later("7.8.0", "20250228", {
    spark: "3.5.4",
    hudi: "0.15.0-amzn-5",
    iceberg: "1.7.1-amzn-1",
    delta: "3.3.0-amzn-0",
    rapids: "24.12.0-amzn-0",
    flink: "1.20.0-amzn-2",
    flinkOperator: "1.10.0-amzn-2",
    jupyterEnterpriseGateway: "2.6.0",
    awsSdkForJava: "2.29.52, 1.12.780",
  }),
];
