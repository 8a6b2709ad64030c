# The whole life by the AWS CLI as it comes from PyPI: only the endpoint is set.
set -eu
ROLE="arn:aws:iam::$AWS_ACCOUNT_ID:role/job-execution"

run() {
  echo "\$ aws $1 $2"
  aws "$@"
}

wait_for() {
  tries=0
  while state=$(aws emr-containers describe-job-run --virtual-cluster-id "$CLUSTER" --id "$1" --query jobRun.state --output text); do
    case "$state" in
      "$2") return 0 ;;
      COMPLETED | FAILED | CANCELLED) echo "run is $state instead of $2"; exit 1 ;;
    esac
    tries=$((tries + 1))
    [ "$tries" -lt 120 ] || { echo "run stayed $state"; exit 1; }
  done
}

cat >create-virtual-cluster-request.json <<JSON
{"name": "cli", "containerProvider": {"type": "EKS", "id": "eks", "info": {"eksInfo": {"namespace": "cli"}}}}
JSON
CLUSTER=$(aws emr-containers create-virtual-cluster --cli-input-json file://./create-virtual-cluster-request.json --query id --output text)
run emr-containers describe-virtual-cluster --id "$CLUSTER"

# The guide's first job (its lines 671 to 697), with our names in the places of its placeholders.
RUN=$(aws emr-containers start-job-run \
  --virtual-cluster-id "$CLUSTER" \
  --name sample-job-name \
  --execution-role-arn "$ROLE" \
  --release-label emr-7.7.0-latest \
  --job-driver '{
    "sparkSubmitJobDriver": {
      "entryPoint": "s3://us-east-1.elasticmapreduce/emr-containers/samples/wordcount/scripts/wordcount.py",
      "entryPointArguments": ["s3://'"$TEST_BUCKET"'/wordcount_output"],
      "sparkSubmitParameters": "--conf spark.executor.instances=2 --conf spark.executor.memory=1G --conf spark.executor.cores=1 --conf spark.driver.cores=1"}}' \
  --configuration-overrides '{
    "monitoringConfiguration": {
      "cloudWatchMonitoringConfiguration": {"logGroupName": "my_log_group_name", "logStreamNamePrefix": "my_log_stream_prefix"},
      "s3MonitoringConfiguration": {"logUri": "s3://'"$TEST_BUCKET"'/logs"}}}' \
  --query id --output text)
wait_for "$RUN" COMPLETED
run emr-containers describe-job-run --virtual-cluster-id "$CLUSTER" --id "$RUN"
run emr-containers list-job-runs --virtual-cluster-id "$CLUSTER" --states COMPLETED --query 'jobRuns[].name'

RUN=$(aws emr-containers start-job-run --virtual-cluster-id "$CLUSTER" --name endless --execution-role-arn "$ROLE" \
  --release-label emr-7.7.0-latest \
  --job-driver '{"sparkSubmitJobDriver": {"entryPoint": "s3://'"$TEST_BUCKET"'/code/endless.py"}}' --query id --output text)
wait_for "$RUN" RUNNING
run emr-containers cancel-job-run --virtual-cluster-id "$CLUSTER" --id "$RUN"
wait_for "$RUN" CANCELLED
run emr-containers delete-virtual-cluster --id "$CLUSTER"
run emr-containers describe-virtual-cluster --id "$CLUSTER" --query virtualCluster.state

CLUSTER=$(aws emr-containers create-virtual-cluster --name limited --query id --output text \
  --container-provider '{"id": "eks", "type": "EKS", "info": {"eksInfo": {"namespace": "limited"}}}' \
  --scheduler-configuration maxConcurrentJobRuns=2,maxInQueueJobRuns=100)
run emr-containers update-virtual-cluster --id "$CLUSTER" --scheduler-configuration maxConcurrentJobRuns=3
run emr-containers list-virtual-clusters --container-provider-id eks --states RUNNING --no-eks-access-entry-integrated \
  --query 'virtualClusters[].schedulerConfiguration'
