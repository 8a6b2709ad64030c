"""Release labels by boto3 as it comes from PyPI: two runs at once, and labels that are refused."""
import os
import time

import boto3
from botocore.exceptions import ClientError

BUCKET = os.environ["TEST_BUCKET"]
ROLE = f"arn:aws:iam::{os.environ['AWS_ACCOUNT_ID']}:role/job-execution"
TERMINAL = {"COMPLETED", "FAILED", "CANCELLED"}
emr = boto3.client("emr-containers")
cluster = emr.create_virtual_cluster(
    name="labels",
    containerProvider={"id": "eks", "type": "EKS", "info": {"eksInfo": {"namespace": "labels"}}},
)["id"]


def start(label, own, partner):
    return emr.start_job_run(
        name=own,
        virtualClusterId=cluster,
        executionRoleArn=ROLE,
        releaseLabel=label,
        jobDriver={
            "sparkSubmitJobDriver": {
                "entryPoint": f"s3://{BUCKET}/job.py",
                "entryPointArguments": [f"s3://{BUCKET}", own, partner],
                "sparkSubmitParameters": "--conf spark.driver.memory=512m --conf spark.executor.memory=512m"
                " --conf spark.executor.instances=1 --conf spark.executor.cores=1",
            }
        },
        configurationOverrides={
            "monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": f"s3://{BUCKET}/logs"}}
        },
    )["id"]


runs = [
    start("emr-7.7.0-latest", "new", "old"),
    start("emr-6.15.0-latest", "old", "new"),
]
for run in runs:
    while True:
        job = emr.describe_job_run(virtualClusterId=cluster, id=run)["jobRun"]
        if job["state"] in TERMINAL:
            break
        time.sleep(0.5)
    print(run, job["name"], job["releaseLabel"], job["state"], job.get("stateDetails"))

for label in [
    "emr-7.7.0-20250132",
    "emr-5.31.0-latest",
    "emr-6.1.0-latest",
    "emr-7.7.0-flink-latest",
    "emr-6.9.0-spark-rapids-latest",
    "livy/emr-7.7.0-java11-latest",
    "notebook-spark/emr-6.9.0-latest",
]:
    try:
        start(label, "refused", "refused")
        print("accepted", label)
    except ClientError as error:
        print(error)
