"""SQL jobs by boto3 as it comes from PyPI: the guide's request with -hivevar, a statement that fails, each refusal."""
import gzip
import os
import pathlib
import time

import boto3

BUCKET = os.environ["TEST_BUCKET"]
ROLE = f"arn:aws:iam::{os.environ['AWS_ACCOUNT_ID']}:role/job-execution"
# The JVM's first compiler alone: half of what a short run costs is the second one's work.
QUICK = "--driver-java-options -XX:TieredStopAtLevel=1"
# The guide's parameters (its lines 7137 to 7172), and an option of its table.
PARAMETERS = (
    "--conf spark.executor.instances=2 --conf spark.executor.memory=512M --conf spark.executor.cores=1 "
    f"--conf spark.driver.cores=1 {QUICK} -hivevar A=ou -hiveconf report.day=2026-11-22"
)
emr = boto3.client("emr-containers")
cluster = emr.create_virtual_cluster(
    name="sql", containerProvider={"id": "eks", "type": "EKS", "info": {"eksInfo": {"namespace": "sql"}}}
)["id"]


def start(entry_point, parameters, **changes):
    request = {
        "name": "myjob",
        "virtualClusterId": cluster,
        "executionRoleArn": ROLE,
        "releaseLabel": "emr-7.7.0-latest",
        "jobDriver": {"sparkSqlJobDriver": {"entryPoint": entry_point, "sparkSqlParameters": parameters}},
        "configurationOverrides": {
            "applicationConfiguration": [
                {"classification": "spark-defaults", "properties": {"spark.driver.memory": "512M"}}
            ],
            "monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": f"s3://{BUCKET}/logs"}},
        },
    }
    return emr.start_job_run(**{**request, **changes})["id"]


def ended(run):
    deadline = time.time() + 300
    while time.time() < deadline:
        job = emr.describe_job_run(virtualClusterId=cluster, id=run)["jobRun"]
        if job["state"] in {"COMPLETED", "FAILED", "CANCELLED"}:
            return job
        time.sleep(0.5)
    raise SystemExit(f"{run} did not end in time")


def stdout(run):
    """The log object in S3: a bucket is a folder of the data directory."""
    logs = pathlib.Path("data", "buckets", BUCKET, "logs", cluster, "jobs", run, "containers")
    (log,) = logs.glob(f"spark-*/spark-{run}-driver/stdout.gz")
    return gzip.decompress(log.read_bytes()).decode()


def attempt(title, *args, **changes):
    try:
        start(*args, **changes)
        print(f"{title}: taken")
    except emr.exceptions.ValidationException as error:
        print(f"{title}\n    {error.response['Error']['Message']}")


succeeds = start(f"s3://{BUCKET}/code/sql/words.sql", PARAMETERS)
fails = start(f"s3://{BUCKET}/code/sql/fails.sql", QUICK)
print("# a SQL job")
job = ended(succeeds)
print(job["state"], job["jobDriver"])
print(stdout(succeeds), end="")
print("# a SQL job whose second statement fails")
job = ended(fails)
print(job["state"], job["failureReason"], job["stateDetails"])
print(stdout(fails), end="")

print("# what is refused")
QUERY = "s3://b/q.sql"
attempt("-e", QUERY, "-e 'select 1'")
attempt("-f", QUERY, "-f q.sql")
attempt("-i", QUERY, "--name n -i init.sql")
attempt("--class", QUERY, "--class a.B")
attempt("-H", QUERY, "-H")
attempt("--master", QUERY, "--master local")
attempt("an unknown option", QUERY, "-hivevar A=B --nonsense")
attempt("a variable without a value", QUERY, "-hivevar A")
attempt("a word that is no option", QUERY, "select 1")
attempt("unbalanced quotes", QUERY, "-hivevar 'A=B")
attempt("a reserved key", QUERY, "--conf spark.kubernetes.namespace=x")
attempt("a file without a scheme", "query.sql", "-hivevar A=B")
attempt("a release before SQL jobs", QUERY, "-hivevar A=B", releaseLabel="emr-6.6.0-latest")
