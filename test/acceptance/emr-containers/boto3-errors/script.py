"""What boto3 makes of every refusal: the exception's class, its status and its text."""
import os

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT = os.environ["AWS_ACCOUNT_ID"]
ROLE = f"arn:aws:iam::{ACCOUNT}:role/job"
emr = boto3.client("emr-containers", config=Config(retries={"max_attempts": 1}))


def attempt(title, call, **arguments):
    try:
        call(**arguments)
        print(f"{title}: accepted")
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        has_id = bool(error.response["ResponseMetadata"].get("RequestId"))
        print(f"{title}: {type(error).__name__} {error.response['Error']['Code']} {status} {has_id}\n    {error.response['Error']['Message']}")


def provider(namespace, cluster="eks"):
    return {"id": cluster, "type": "EKS", "info": {"eksInfo": {"namespace": namespace}}}


def job(**changes):
    request = {
        "virtualClusterId": cluster,
        "executionRoleArn": ROLE,
        "releaseLabel": "emr-7.7.0-latest",
        "jobDriver": {"sparkSubmitJobDriver": {"entryPoint": "s3://bucket/job.py"}},
    }
    return {key: value for key, value in {**request, **changes}.items() if value is not None}


def driver(**changes):
    return {"sparkSubmitJobDriver": {"entryPoint": "s3://bucket/job.py", **changes}}


def classification(name, properties):
    return {"applicationConfiguration": [{"classification": name, "properties": properties}]}


cluster = emr.create_virtual_cluster(name="first", containerProvider=provider("one"), clientToken="t1")["id"]
again = emr.create_virtual_cluster(name="first", containerProvider=provider("one"), clientToken="t1")["id"]
print("the same token and body give the same cluster:", cluster == again)
attempt("the same token, another body", emr.create_virtual_cluster, name="other", containerProvider=provider("one"), clientToken="t1")
attempt("a name that is held", emr.create_virtual_cluster, name="first", containerProvider=provider("two"))
attempt("a namespace that is held", emr.create_virtual_cluster, name="second", containerProvider=provider("one"))
attempt("a name of forbidden characters", emr.create_virtual_cluster, name="a b", containerProvider=provider("two"))
attempt("a namespace in capitals", emr.create_virtual_cluster, name="second", containerProvider=provider("TWO"))
attempt("a reserved tag", emr.create_virtual_cluster, name="second", containerProvider=provider("two"), tags={"AWS:x": "y"})
attempt("an unknown cluster", emr.describe_virtual_cluster, id="nope")
attempt("deleting an unknown cluster", emr.delete_virtual_cluster, id="nope")
attempt("an unknown page", emr.list_virtual_clusters, nextToken="nope")

attempt("a job run without anything", emr.start_job_run, virtualClusterId=cluster)
attempt("a job run in an unknown cluster", emr.start_job_run, **job(virtualClusterId="nope"))
attempt("an unknown release", emr.start_job_run, **job(releaseLabel="emr-9.9.9-latest"))
attempt("a role that is no ARN", emr.start_job_run, **job(executionRoleArn="iam_role_name_for_job_execution"))
attempt("a role of another account", emr.start_job_run, **job(executionRoleArn="arn:aws:iam::999999999999:role/job"))
attempt("two job drivers", emr.start_job_run, **job(jobDriver={"sparkSubmitJobDriver": {"entryPoint": "s3://b/k"}, "sparkSqlJobDriver": {"entryPoint": "s3://b/q.sql"}}))
attempt("unbalanced quotes", emr.start_job_run, **job(jobDriver=driver(sparkSubmitParameters='--name "x')))
attempt("an entry point without a scheme", emr.start_job_run, **job(jobDriver=driver(entryPoint="job.py")))
attempt("a reserved key", emr.start_job_run, **job(jobDriver=driver(sparkSubmitParameters="--conf spark.kubernetes.namespace=x")))
attempt("a reserved key in spark-defaults", emr.start_job_run, **job(configurationOverrides=classification("spark-defaults", {"spark.kubernetes.container.image": "x"})))
attempt("a master", emr.start_job_run, **job(jobDriver=driver(sparkSubmitParameters="--master local")))
attempt("a log address that is not s3://", emr.start_job_run, **job(configurationOverrides={"monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": "bucket/logs"}}}))
attempt("a retry policy", emr.start_job_run, **job(retryPolicyConfiguration={"maxAttempts": 2}))
attempt("an unknown job run", emr.describe_job_run, virtualClusterId=cluster, id="nope")
attempt("cancelling an unknown job run", emr.cancel_job_run, virtualClusterId=cluster, id="nope")
attempt("an operation that is not built", emr.list_job_templates)
arn = f"arn:aws:emr-containers:us-east-1:{ACCOUNT}:/virtualclusters/{cluster}"
emr.tag_resource(resourceArn=arn, tags={"team": "data", "env": "test"})
emr.untag_resource(resourceArn=arn, tagKeys=["env", "missing"])
print("tags of a cluster:", emr.list_tags_for_resource(resourceArn=arn)["tags"])
attempt("tags of an unknown resource", emr.list_tags_for_resource, resourceArn=f"{arn}/jobruns/nope")
attempt("tags of another account's resource", emr.list_tags_for_resource, resourceArn=arn.replace(ACCOUNT, "999999999999"))
attempt("tags of what takes none", emr.tag_resource, resourceArn=f"arn:aws:emr-containers:us-east-1:{ACCOUNT}:/jobtemplates/{cluster}", tags={"a": "b"})
attempt("more than 50 tags", emr.tag_resource, resourceArn=arn, tags={str(index): "" for index in range(50)})

unsupported = emr.start_job_run(**job(configurationOverrides=classification("jeg-config", {})))["id"]
run = emr.describe_job_run(virtualClusterId=cluster, id=unsupported)["jobRun"]
print("an unsupported classification:", run["state"], run["failureReason"], run["stateDetails"])
attempt("tagging what has ended", emr.tag_resource, resourceArn=f"{arn}/jobruns/{unsupported}", tags={"a": "b"})
attempt("cancelling what has ended", emr.cancel_job_run, virtualClusterId=cluster, id=unsupported)

emr.delete_virtual_cluster(id=cluster)
attempt("deleting it twice", emr.delete_virtual_cluster, id=cluster)
attempt("a job run in a terminated cluster", emr.start_job_run, **job())
print("its name and namespace are free:", bool(emr.create_virtual_cluster(name="first", containerProvider=provider("one"))["id"]))


def signed_by(title, **changes):
    credentials = {
        "aws_access_key_id": os.environ["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": os.environ["AWS_SECRET_ACCESS_KEY"],
        **changes,
    }
    attempt(title, boto3.client("emr-containers", config=Config(retries={"max_attempts": 1}), **credentials).list_virtual_clusters)


signed_by("a wrong secret", aws_secret_access_key="x" * 40)
signed_by("an unknown key", aws_access_key_id="AKIAAAAAAAAAAAAAAAAA")
signed_by("a session token", aws_session_token="token")
print("another region sees nothing:", boto3.client("emr-containers", region_name="eu-west-1").list_virtual_clusters()["virtualClusters"])
