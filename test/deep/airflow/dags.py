"""Airflow's operators for EMR on EKS as they come from PyPI: only the connection's endpoint_url leads elsewhere.

Run with the connection in AIRFLOW_CONN_AWS_DEFAULT and a bucket in TEST_BUCKET; prints what each task saw.
"""

import os
import threading
import time
from datetime import datetime

from airflow.providers.amazon.aws.hooks.emr import EmrContainerHook
from airflow.providers.amazon.aws.operators.emr import EmrContainerOperator, EmrEksCreateClusterOperator
from airflow.providers.amazon.aws.sensors.emr import EmrContainerSensor
from airflow.sdk import DAG, task

BUCKET = os.environ["TEST_BUCKET"]
CLUSTER = "{{ ti.xcom_pull(task_ids='create') }}"
RUN = "{{ ti.xcom_pull(task_ids='submit') }}"


def submission(driver):
    return {
        "execution_role_arn": "arn:aws:iam::123456789012:role/job-execution",
        "release_label": "emr-7.7.0-latest",
        "job_driver": {"sparkSubmitJobDriver": driver},
        "configuration_overrides": {
            "applicationConfiguration": [
                {"classification": "spark-defaults", "properties": {"spark.driver.memory": "1G"}}
            ],
            "monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": f"s3://{BUCKET}/logs"}},
        },
        "poll_interval": 1,
    }


PI = {
    "entryPoint": "local:///usr/lib/spark/examples/jars/spark-examples.jar",
    "entryPointArguments": ["2"],
    "sparkSubmitParameters": "--class org.apache.spark.examples.SparkPi --conf spark.executor.instances=1",
}

with DAG("submits_and_waits", schedule=None, start_date=datetime(2026, 1, 1)) as submits_and_waits:
    create = EmrEksCreateClusterOperator(
        task_id="create", virtual_cluster_name="airflow", eks_cluster_name="eks", eks_namespace="airflow"
    )
    submit = EmrContainerOperator(
        task_id="submit",
        name="pi",
        virtual_cluster_id=CLUSTER,
        tags={"dag": "submits_and_waits"},
        wait_for_completion=False,
        **submission(PI),
    )
    wait = EmrContainerSensor(task_id="wait", virtual_cluster_id=CLUSTER, job_id=RUN, poll_interval=1)

    @task
    def read(ti=None):
        hook = EmrContainerHook(virtual_cluster_id=ti.xcom_pull(task_ids="create"))
        run = ti.xcom_pull(task_ids="submit")
        job = hook.conn.describe_job_run(virtualClusterId=hook.virtual_cluster_id, id=run)["jobRun"]
        print("READ", hook.check_query_status(run), job["name"], job["tags"], flush=True)

    create >> submit >> wait >> read()

with DAG("fails", schedule=None, start_date=datetime(2026, 1, 1)) as fails:
    EmrContainerOperator(
        task_id="submit",
        name="exit-3",
        virtual_cluster_id="{{ dag_run.conf['cluster'] }}",
        **submission({"entryPoint": f"s3://{BUCKET}/code/exit_3.py"}),
    )


def show_run(title, dag, **options):
    dag_run = dag.test(**options)
    states = sorted((ti.task_id, str(ti.state)) for ti in dag_run.get_task_instances())
    print(title, dag_run.state, states, flush=True)


def kill(cluster):
    """What a worker does with a task that is to end: on_kill, from another thread than the one that executes."""
    hook = EmrContainerHook(virtual_cluster_id=cluster)
    driver = {"entryPoint": f"s3://{BUCKET}/code/endless.py"}
    operator = EmrContainerOperator(task_id="kill", name="endless", virtual_cluster_id=cluster, **submission(driver))
    outcome = []

    def execute():
        try:
            outcome.append(operator.execute({}))
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=execute)
    thread.start()
    deadline = time.time() + 60
    while operator.job_id is None or hook.check_query_status(operator.job_id) != "RUNNING":
        assert time.time() < deadline and not outcome, outcome
        time.sleep(0.2)
    operator.on_kill()
    thread.join(60)
    print("KILLED", hook.check_query_status(operator.job_id), type(outcome[0]).__name__, outcome[0], flush=True)


if __name__ == "__main__":
    show_run("SUBMITTED", submits_and_waits)
    clusters = EmrContainerHook().conn.list_virtual_clusters(states=["RUNNING"])["virtualClusters"]
    print("CLUSTERS", [cluster["name"] for cluster in clusters], flush=True)
    show_run("FAILED", fails, run_conf={"cluster": clusters[0]["id"]})
    kill(clusters[0]["id"])
