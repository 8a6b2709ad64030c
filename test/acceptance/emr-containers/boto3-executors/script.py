"""A job run with two executors and every place for its logs, by boto3 as it comes from PyPI."""
import os
import time

import boto3

BUCKET = os.environ["TEST_BUCKET"]
emr = boto3.client("emr-containers")

cluster = emr.create_virtual_cluster(
    name="executors",
    containerProvider={"id": "eks", "type": "EKS", "info": {"eksInfo": {"namespace": "executors"}}},
)["id"]
run = emr.start_job_run(
    name="speaks",
    virtualClusterId=cluster,
    executionRoleArn=f"arn:aws:iam::{os.environ['AWS_ACCOUNT_ID']}:role/job-execution",
    releaseLabel="emr-7.7.0-latest",
    jobDriver={
        "sparkSubmitJobDriver": {
            "entryPoint": f"s3://{BUCKET}/code/speaks.py",
            "entryPointArguments": [os.environ["TEST_GO"]],
            "sparkSubmitParameters": "--conf spark.executor.instances=2 --conf spark.executor.memory=512m"
            " --conf spark.executor.cores=1 --conf spark.driver.memory=512m"
            " --conf spark.eventLog.rotation.enabled=true"
            # On a busy machine an executor may take longer to come than Spark waits for it by itself.
            " --conf spark.scheduler.maxRegisteredResourcesWaitingTime=300s",
        }
    },
    configurationOverrides={
        "monitoringConfiguration": {
            "managedLogs": {"allowAWSToRetainLogs": "DISABLED"},
            "persistentAppUI": "ENABLED",
            "cloudWatchMonitoringConfiguration": {"logGroupName": "/jobs", "logStreamNamePrefix": "demo"},
            "s3MonitoringConfiguration": {"logUri": f"s3://{BUCKET}/logs"},
            "containerLogRotationConfiguration": {"rotationSize": "4KB", "maxFilesToKeep": 3},
        }
    },
)["id"]
deadline = time.time() + 300
while time.time() < deadline:
    job = emr.describe_job_run(virtualClusterId=cluster, id=run)["jobRun"]
    if job["state"] in {"COMPLETED", "FAILED", "CANCELLED"}:
        break
    time.sleep(0.2)
print(cluster, run, job["state"], job.get("stateDetails"), sep="\n")
