# A SQL job by the AWS CLI as it comes from PyPI: the guide's request file, with an option of its table.
set -eu
CLUSTER=$(aws emr-containers create-virtual-cluster --name sql --query id --output text \
  --container-provider '{"id": "eks", "type": "EKS", "info": {"eksInfo": {"namespace": "sql"}}}')

cat >start-job-run-request.json <<JSON
{
  "name": "myjob",
  "virtualClusterId": "$CLUSTER",
  "executionRoleArn": "arn:aws:iam::$AWS_ACCOUNT_ID:role/job-execution",
  "releaseLabel": "emr-7.7.0-latest",
  "jobDriver": {
    "sparkSqlJobDriver": {
      "entryPoint": "s3://$TEST_BUCKET/code/sql/words.sql",
      "sparkSqlParameters": "--conf spark.executor.instances=2 --conf spark.executor.memory=512M --driver-java-options -XX:TieredStopAtLevel=1 -hivevar A=B"
    }
  },
  "configurationOverrides": {
    "applicationConfiguration": [
      {"classification": "spark-defaults", "properties": {"spark.driver.memory": "512M"}}
    ],
    "monitoringConfiguration": {
      "persistentAppUI": "ENABLED",
      "cloudWatchMonitoringConfiguration": {"logGroupName": "my_log_group", "logStreamNamePrefix": "log_stream_prefix"},
      "s3MonitoringConfiguration": {"logUri": "s3://$TEST_BUCKET/logs"}
    }
  }
}
JSON
RUN=$(aws emr-containers start-job-run --cli-input-json file://./start-job-run-request.json --query id --output text)

tries=0
while state=$(aws emr-containers describe-job-run --virtual-cluster-id "$CLUSTER" --id "$RUN" --query jobRun.state --output text); do
  case "$state" in COMPLETED | FAILED | CANCELLED) break ;; esac
  tries=$((tries + 1))
  [ "$tries" -lt 120 ] || { echo "run stayed $state"; exit 1; }
done
aws emr-containers describe-job-run --virtual-cluster-id "$CLUSTER" --id "$RUN" \
  --query 'jobRun.[state, stateDetails, jobDriver]'
# A bucket is a folder of the data directory.
gunzip -c "data/buckets/$TEST_BUCKET/logs/$CLUSTER/jobs/$RUN/containers"/spark-*/"spark-$RUN-driver/stdout.gz"
