"""Limits of virtual clusters, lists by every filter, tags, and deletions with active runs, by boto3 as it is."""
import datetime
import os
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT = os.environ["AWS_ACCOUNT_ID"]
emr = boto3.client("emr-containers", config=Config(retries={"max_attempts": 1}))


def show(title, value):
    value.pop("ResponseMetadata", None)
    print(f"# {title}\n{value}")


def attempt(title, call, **arguments):
    try:
        call(**arguments)
        print(f"{title}: accepted")
    except ClientError as error:
        print(f"{title}: {type(error).__name__}\n    {error.response['Error']['Message']}")


def create(name, eks="eks", **more):
    provider = {"id": eks, "type": "EKS", "info": {"eksInfo": {"namespace": name}}}
    return emr.create_virtual_cluster(name=name, containerProvider=provider, **more)["id"]


def start(cluster, name, **more):
    return emr.start_job_run(
        virtualClusterId=cluster,
        name=name,
        executionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/job",
        releaseLabel="emr-7.7.0-latest",
        jobDriver={"sparkSubmitJobDriver": {"entryPoint": f"s3://{os.environ['TEST_BUCKET']}/code/endless.py"}},
        **more,
    )["id"]


def wait(what, look, wanted):
    deadline = time.monotonic() + 300
    while (seen := look()) != wanted:
        if time.monotonic() > deadline:
            raise SystemExit(f"{what} is {seen}, not {wanted}")
        time.sleep(0.1)


def state_of(cluster):
    return emr.describe_virtual_cluster(id=cluster)["virtualCluster"]["state"]


def run_state(cluster, run):
    return emr.describe_job_run(virtualClusterId=cluster, id=run)["jobRun"]["state"]


def names(key, **filters):
    pages = emr.get_paginator("list_virtual_clusters" if key == "virtualClusters" else "list_job_runs")
    found = []
    for page in pages.paginate(PaginationConfig={"PageSize": 2}, **filters):
        found += [row["name"] for row in page[key]]
    return found


limited = create("limited", schedulerConfiguration={"maxConcurrentJobRuns": 1, "maxInQueueJobRuns": 2}, tags={"team": "data"})
show("describe_virtual_cluster", emr.describe_virtual_cluster(id=limited))
first = start(limited, "first", tags={"run": "one"})
wait("the first run", lambda: run_state(limited, first), "RUNNING")
second, third = start(limited, "second"), start(limited, "third")
attempt("a run that finds the queue full", start, cluster=limited, name="fourth")
details = lambda: emr.describe_job_run(virtualClusterId=limited, id=second)["jobRun"].get("stateDetails", "")
wait("why the second waits", lambda: details()[:16], "Waiting in line:")
print("why the second waits:", details())
status = emr.describe_virtual_cluster(id=limited)["virtualCluster"]["schedulerStatus"]
print("scheduler status:", sorted(status.items()))
updated = emr.update_virtual_cluster(id=limited, schedulerConfiguration={"maxInQueueJobRuns": 3, "maxConcurrentJobRuns": 1}, clientToken="u1")
show("update_virtual_cluster", {"schedulerConfiguration": sorted(updated["virtualCluster"]["schedulerConfiguration"].items())})
fourth = start(limited, "fourth")
emr.update_virtual_cluster(id=limited, schedulerConfiguration={"maxConcurrentJobRuns": 1})
emr.update_virtual_cluster(id=limited, schedulerConfiguration={"maxInQueueJobRuns": 3, "maxConcurrentJobRuns": 1}, clientToken="u1")
print("one limit after an update and a repeated one:", emr.describe_virtual_cluster(id=limited)["virtualCluster"]["schedulerConfiguration"])
attempt("a limit of nothing", emr.update_virtual_cluster, id=limited, schedulerConfiguration={"maxConcurrentJobRuns": 1001})
attempt("limits of an unknown cluster", emr.update_virtual_cluster, id="nope")

print("runs by name:", names("jobRuns", virtualClusterId=limited, name="second"))
print("runs by states:", names("jobRuns", virtualClusterId=limited, states=["PENDING", "RUNNING"]))
print("runs, all:", names("jobRuns", virtualClusterId=limited))
future = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
print("runs before an hour from now:", len(names("jobRuns", virtualClusterId=limited, createdBefore=future)))
print("runs after it:", names("jobRuns", virtualClusterId=limited, createdAfter=future))
token = emr.list_job_runs(virtualClusterId=limited, maxResults=1)["nextToken"]
attempt("a token under another filter", emr.list_job_runs, virtualClusterId=limited, maxResults=1, nextToken=token, name="first")
attempt("a token of another list", emr.list_virtual_clusters, nextToken=token)

arn = f"arn:aws:emr-containers:us-east-1:{ACCOUNT}:/virtualclusters/{limited}"
print("tags of the run alone:", emr.list_tags_for_resource(resourceArn=f"{arn}/jobruns/{first}")["tags"])
emr.delete_virtual_cluster(id=limited)
print("a deleted cluster with active runs:", state_of(limited))
attempt("a run in it", start, cluster=limited, name="fifth")
attempt("limits of it", emr.update_virtual_cluster, id=limited)
attempt("its name again", create, name="limited", eks="other")
attempt("its namespace again", create, name="limited")
attempt("deleting it again", emr.delete_virtual_cluster, id=limited)
print("its tags:", emr.list_tags_for_resource(resourceArn=arn)["tags"])
for run in (second, third, fourth, first):
    emr.cancel_job_run(virtualClusterId=limited, id=run)
wait("the cluster", lambda: state_of(limited), "TERMINATED")
print("its runs:", {run_state(limited, run) for run in (first, second, third, fourth)})
print("its tags:", emr.list_tags_for_resource(resourceArn=arn)["tags"])
attempt("deleting it again", emr.delete_virtual_cluster, id=limited)
attempt("a tag of its ended run", emr.tag_resource, resourceArn=f"{arn}/jobruns/{first}", tags={"a": "b"})
attempt("a tag of it", emr.tag_resource, resourceArn=arn, tags={"a": "b"})

create("limited")
for index in range(3):
    create(f"more-{index}", eks="other")
print("clusters, newest first:", names("virtualClusters"))
print("running ones of an EKS cluster:", names("virtualClusters", states=["RUNNING"], containerProviderId="other", containerProviderType="EKS"))
print("terminated ones:", names("virtualClusters", states=["TERMINATED"]))
print("integrated ones:", names("virtualClusters", eksAccessEntryIntegrated=True))
print("others:", len(names("virtualClusters", eksAccessEntryIntegrated=False)))
attempt("50 tags and one", create, name="tagged", tags={str(index): "" for index in range(51)})
