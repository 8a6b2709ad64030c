"""The whole life of a virtual cluster and its job runs, by boto3 as it comes from PyPI: only the endpoint is set."""
import os
import time

import boto3

BUCKET = os.environ["TEST_BUCKET"]
ROLE = f"arn:aws:iam::{os.environ['AWS_ACCOUNT_ID']}:role/job-execution"
TERMINAL = {"COMPLETED", "FAILED", "CANCELLED"}
emr = boto3.client("emr-containers")


def show(title, response):
    response.pop("ResponseMetadata")
    print(f"# {title}")
    print(response)


def start(name, driver, cluster):
    return emr.start_job_run(
        name=name,
        virtualClusterId=cluster,
        executionRoleArn=ROLE,
        releaseLabel="emr-7.7.0-latest",
        jobDriver={"sparkSubmitJobDriver": driver},
        configurationOverrides={
            "applicationConfiguration": [
                {"classification": "spark-defaults", "properties": {"spark.driver.memory": "1G"}},
                # What places pods on the service has no effect here, and harms no run.
                {
                    "classification": "emr-job-submitter",
                    "properties": {"jobsubmitter.node.selector.eks.amazonaws.com/capacityType": "ON_DEMAND"},
                },
                {"classification": "emr-containers-defaults", "properties": {"job-start-timeout": "1800"}},
            ],
            "monitoringConfiguration": {
                "persistentAppUI": "ENABLED",
                "cloudWatchMonitoringConfiguration": {
                    "logGroupName": "/emr-containers/jobs",
                    "logStreamNamePrefix": "demo",
                },
                "s3MonitoringConfiguration": {"logUri": f"s3://{BUCKET}/logs"},
            },
        },
        tags={"team": "data"},
    )


def wait(cluster, run, states):
    deadline = time.time() + 300
    while time.time() < deadline:
        job = emr.describe_job_run(virtualClusterId=cluster, id=run)["jobRun"]
        if job["state"] in states:
            return job
        if job["state"] in TERMINAL:
            raise SystemExit(f"{run} is {job['state']}: {job.get('stateDetails')}")
        time.sleep(0.5)
    raise SystemExit(f"{run} did not reach {states} in time")


created = emr.create_virtual_cluster(
    name="analytics",
    containerProvider={"id": "eks", "type": "EKS", "info": {"eksInfo": {"namespace": "spark"}}},
    tags={"env": "test"},
)
cluster = created["id"]
show("create_virtual_cluster", created)
show("describe_virtual_cluster", emr.describe_virtual_cluster(id=cluster))
show("list_virtual_clusters", emr.list_virtual_clusters(states=["RUNNING"], containerProviderId="eks"))

jar = start(
    "pi",
    {
        "entryPoint": "local:///usr/lib/spark/examples/jars/spark-examples.jar",
        "entryPointArguments": ["2"],
        "sparkSubmitParameters": "--class org.apache.spark.examples.SparkPi --conf spark.executor.instances=1",
    },
    cluster,
)
show("start_job_run (JAR)", jar)
python = start(
    "wordcount",
    {
        "entryPoint": "s3://us-east-1.elasticmapreduce/emr-containers/samples/wordcount/scripts/wordcount.py",
        "entryPointArguments": [f"s3://{BUCKET}/wordcount_output"],
        "sparkSubmitParameters": "--conf spark.executor.instances=1 --conf\nspark.kubernetes.pyspark.pythonVersion=3 "
        "--conf spark.kubernetes.driver.label.team=data",
    },
    cluster,
)
wait(cluster, jar["id"], {"COMPLETED"})
wait(cluster, python["id"], {"COMPLETED"})
show("describe_job_run (JAR)", emr.describe_job_run(virtualClusterId=cluster, id=jar["id"]))
show("describe_job_run (PySpark)", emr.describe_job_run(virtualClusterId=cluster, id=python["id"]))

endless = start(
    "endless", {"entryPoint": f"s3://{BUCKET}/code/endless.py", "sparkSubmitParameters": "--conf spark.executor.instances=1"}, cluster
)
wait(cluster, endless["id"], {"RUNNING"})
show("cancel_job_run", emr.cancel_job_run(virtualClusterId=cluster, id=endless["id"]))
cancelled = wait(cluster, endless["id"], {"CANCELLED"})
print("# after the cancel")
print(cancelled["state"], cancelled.get("failureReason"))

pages = emr.get_paginator("list_job_runs").paginate(virtualClusterId=cluster, PaginationConfig={"PageSize": 2})
print("# list_job_runs, two a page")
for page in pages:
    print([(run["name"], run["state"]) for run in page["jobRuns"]])
completed = emr.list_job_runs(virtualClusterId=cluster, states=["COMPLETED", "FAILED"])
print("# list_job_runs, completed or failed")
print(sorted(run["name"] for run in completed["jobRuns"]))

show("delete_virtual_cluster", emr.delete_virtual_cluster(id=cluster))
print("# describe_virtual_cluster, state")
print(emr.describe_virtual_cluster(id=cluster)["virtualCluster"]["state"])
