import type { Call } from "./signed.ts";

/** A request as users send it: a script with arguments, options and a place for its logs. */
export function startJobRun(cluster: string, clientToken: string): Call {
  return {
    method: "POST",
    path: `/virtualclusters/${cluster}/jobruns`,
    body: {
      clientToken,
      name: "bench",
      executionRoleArn: "arn:aws:iam::123456789012:role/job",
      releaseLabel: "emr-7.7.0-latest",
      jobDriver: {
        sparkSubmitJobDriver: {
          entryPoint: "s3://bucket/job.py",
          entryPointArguments: ["s3://bucket/input", "s3://bucket/output"],
          sparkSubmitParameters: "--conf spark.executor.instances=2 --conf spark.executor.memory=2G",
        },
      },
      configurationOverrides: {
        monitoringConfiguration: { s3MonitoringConfiguration: { logUri: "s3://logs/prefix" } },
      },
    },
  };
}

export function createVirtualCluster(name: string): Call {
  const containerProvider = { type: "EKS", id: "eks", info: { eksInfo: { namespace: name } } };
  return { method: "POST", path: "/virtualclusters", body: { name, clientToken: name, containerProvider } };
}

export function describeJobRun(cluster: string, run: string): Call {
  return { method: "GET", path: `/virtualclusters/${cluster}/jobruns/${run}` };
}
