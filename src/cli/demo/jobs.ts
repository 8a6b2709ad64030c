import { DEFAULT_RELEASE_LABEL } from "../emr/submission.ts";
import type { StartJobRunRequest } from "../emr/wire.ts";

export const DEMO_BUCKET = "firesteel-demo";
export const WORD_COUNT_OUTPUT = `s3://${DEMO_BUCKET}/wordcount_output`;

/** What the SQL run runs, to be put into the demo's bucket first. */
export const DEMO_SQL = {
  bucket: DEMO_BUCKET,
  key: "sql/revenue.sql",
  text: `-- Which fruit brought most? The variable comes from -hivevar.
CREATE TABLE sales (fruit STRING, sold INT, price DECIMAL(5, 2)) USING parquet;
INSERT INTO sales VALUES ('pears', 5, 0.90), ('plums', 8, 0.35), ('apples', 3, 1.20);
SELECT fruit, sold * price AS revenue FROM sales WHERE fruit <> '\${EXCEPT}' ORDER BY revenue DESC;
`,
} as const;

/**
 * The JAR and the PySpark run of the EMR on EKS guide (emr-a.md 2), as it prints them but for a newer release and this
 * account, and a SQL run with its option `-hivevar` (emr-b.md 3.4).
 */
export function demoJobs({
  account,
  region,
}: {
  account: string;
  region: string;
}): readonly StartJobRunRequest[] {
  const common = {
    executionRoleArn: `arn:aws:iam::${account}:role/firesteel-demo`,
    releaseLabel: DEFAULT_RELEASE_LABEL,
    configurationOverrides: {
      monitoringConfiguration: {
        s3MonitoringConfiguration: { logUri: `s3://${DEMO_BUCKET}/logs` },
        cloudWatchMonitoringConfiguration: {
          logGroupName: "/emr-containers/demo",
          logStreamNamePrefix: "demo",
        },
      },
    },
  };
  return [
    {
      ...common,
      name: "spark-pi",
      jobDriver: {
        sparkSubmitJobDriver: {
          entryPoint: "local:///usr/lib/spark/examples/jars/spark-examples.jar",
          entryPointArguments: ["10"],
          sparkSubmitParameters: "--class org.apache.spark.examples.SparkPi --conf spark.driver.memory=1G",
        },
      },
    },
    {
      ...common,
      name: "word-count",
      jobDriver: {
        sparkSubmitJobDriver: {
          entryPoint: `s3://${region}.elasticmapreduce/emr-containers/samples/wordcount/scripts/wordcount.py`,
          entryPointArguments: [WORD_COUNT_OUTPUT],
          sparkSubmitParameters: "--conf spark.driver.memory=1G",
        },
      },
    },
    {
      ...common,
      name: "spark-sql",
      jobDriver: {
        sparkSqlJobDriver: {
          entryPoint: `s3://${DEMO_SQL.bucket}/${DEMO_SQL.key}`,
          sparkSqlParameters: "-hivevar EXCEPT=plums --conf spark.driver.memory=1G",
        },
      },
    },
  ];
}

/** How to do the same by hand: shell lines, which the guide's own clients run unchanged. */
export function nextSteps(account: string): string {
  return `Do the same with your own clients

  firesteel server           # keeps a server on 127.0.0.1:7070 (in a clone: npm start)
  eval "$(firesteel env)"    # in another terminal: points AWS clients at it

  # AWS CLI
  aws emr-containers create-virtual-cluster --name demo \\
    --container-provider '{"type":"EKS","id":"local","info":{"eksInfo":{"namespace":"demo"}}}'
  aws emr-containers start-job-run --virtual-cluster-id ID --name pi \\
    --release-label ${DEFAULT_RELEASE_LABEL} --execution-role-arn arn:aws:iam::${account}:role/demo \\
    --job-driver '{"sparkSubmitJobDriver":{
      "entryPoint":"local:///usr/lib/spark/examples/jars/spark-examples.jar",
      "sparkSubmitParameters":"--class org.apache.spark.examples.SparkPi"}}'
  aws emr-containers list-job-runs --virtual-cluster-id ID

  # boto3
  import boto3
  emr = boto3.client("emr-containers")
  print(emr.list_virtual_clusters()["virtualClusters"])

  # your own script on your own file, without any client
  firesteel emr run my.py --input data.csv`;
}
