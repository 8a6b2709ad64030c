// The whole life of a virtual cluster and its job runs, by the AWS SDK for Go as it comes from the module proxy: only
// the endpoint is set, in the environment.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	emr "github.com/aws/aws-sdk-go-v2/service/emrcontainers"
	"github.com/aws/aws-sdk-go-v2/service/emrcontainers/types"
)

var (
	ctx    = context.Background()
	bucket = os.Getenv("TEST_BUCKET")
	role   = "arn:aws:iam::" + os.Getenv("AWS_ACCOUNT_ID") + ":role/job-execution"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func start(client *emr.Client, cluster *string, name string, driver types.SparkSubmitJobDriver) *emr.StartJobRunOutput {
	return must(client.StartJobRun(ctx, &emr.StartJobRunInput{
		Name:             aws.String(name),
		VirtualClusterId: cluster,
		ExecutionRoleArn: aws.String(role),
		ReleaseLabel:     aws.String("emr-7.7.0-latest"),
		JobDriver:        &types.JobDriver{SparkSubmitJobDriver: &driver},
		ConfigurationOverrides: &types.ConfigurationOverrides{
			ApplicationConfiguration: []types.Configuration{{
				Classification: aws.String("spark-defaults"),
				Properties:     map[string]string{"spark.driver.memory": "1G"},
			}},
			MonitoringConfiguration: &types.MonitoringConfiguration{
				PersistentAppUI: types.PersistentAppUIEnabled,
				CloudWatchMonitoringConfiguration: &types.CloudWatchMonitoringConfiguration{
					LogGroupName:        aws.String("my_log_group"),
					LogStreamNamePrefix: aws.String("log_stream_prefix"),
				},
				S3MonitoringConfiguration: &types.S3MonitoringConfiguration{LogUri: aws.String("s3://" + bucket + "/logs")},
			},
		},
		Tags: map[string]string{"team": "data"},
	}))
}

func describe(client *emr.Client, cluster, run *string) *types.JobRun {
	return must(client.DescribeJobRun(ctx, &emr.DescribeJobRunInput{VirtualClusterId: cluster, Id: run})).JobRun
}

func wait(client *emr.Client, cluster, run *string, states ...types.JobRunState) *types.JobRun {
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(300 * time.Millisecond) {
		job := describe(client, cluster, run)
		for _, state := range states {
			if job.State == state {
				return job
			}
		}
		if job.State == types.JobRunStateFailed {
			must(0, fmt.Errorf("%s failed: %s", *run, aws.ToString(job.StateDetails)))
		}
	}
	return must[*types.JobRun](nil, fmt.Errorf("%s did not reach %v in time", *run, states))
}

func main() {
	client := emr.NewFromConfig(must(config.LoadDefaultConfig(ctx)))

	created := must(client.CreateVirtualCluster(ctx, &emr.CreateVirtualClusterInput{
		Name: aws.String("analytics"),
		ContainerProvider: &types.ContainerProvider{
			Id:   aws.String("eks"),
			Type: types.ContainerProviderTypeEks,
			Info: &types.ContainerInfoMemberEksInfo{Value: types.EksInfo{Namespace: aws.String("spark")}},
		},
		Tags: map[string]string{"env": "test"},
	}))
	cluster := created.Id
	fmt.Println("# CreateVirtualCluster\n", *created.Id, *created.Name, *created.Arn)
	described := must(client.DescribeVirtualCluster(ctx, &emr.DescribeVirtualClusterInput{Id: cluster})).VirtualCluster
	namespace := described.ContainerProvider.Info.(*types.ContainerInfoMemberEksInfo).Value.Namespace
	fmt.Println("# DescribeVirtualCluster\n", described.State, *namespace, described.Tags, !described.CreatedAt.IsZero())

	pi := start(client, cluster, "pi", types.SparkSubmitJobDriver{
		EntryPoint:          aws.String("local:///usr/lib/spark/examples/jars/spark-examples.jar"),
		EntryPointArguments: []string{"2"},
		SparkSubmitParameters: aws.String("--class org.apache.spark.examples.SparkPi --conf spark.executor.instances=1 " +
			"--conf spark.executor.memory=1G --conf spark.executor.cores=1 --conf spark.driver.cores=1"),
	})
	fmt.Println("# StartJobRun\n", *pi.Id, *pi.Name, *pi.VirtualClusterId)
	endless := start(client, cluster, "endless", types.SparkSubmitJobDriver{
		EntryPoint: aws.String("s3://" + bucket + "/code/endless.py"),
	})
	done := wait(client, cluster, pi.Id, types.JobRunStateCompleted)
	properties := done.ConfigurationOverrides.ApplicationConfiguration[0].Properties
	fmt.Println("# DescribeJobRun\n", *done.Name, done.State, *done.StateDetails, properties, done.Tags, *done.CreatedBy,
		done.FinishedAt.After(*done.CreatedAt))

	wait(client, cluster, endless.Id, types.JobRunStateRunning)
	must(client.CancelJobRun(ctx, &emr.CancelJobRunInput{VirtualClusterId: cluster, Id: endless.Id}))
	fmt.Println("# CancelJobRun\n", wait(client, cluster, endless.Id, types.JobRunStateCancelled).State)

	fmt.Println("# ListJobRuns, one a page")
	pages := emr.NewListJobRunsPaginator(client, &emr.ListJobRunsInput{VirtualClusterId: cluster, MaxResults: aws.Int32(1)})
	for pages.HasMorePages() {
		for _, run := range must(pages.NextPage(ctx)).JobRuns {
			fmt.Println("", *run.Name, run.State)
		}
	}
	cancelled := must(client.ListJobRuns(ctx, &emr.ListJobRunsInput{
		VirtualClusterId: cluster, States: []types.JobRunState{types.JobRunStateCancelled},
	}))
	fmt.Println("# ListJobRuns, cancelled\n", len(cancelled.JobRuns), *cancelled.JobRuns[0].Name)

	must(client.TagResource(ctx, &emr.TagResourceInput{ResourceArn: created.Arn, Tags: map[string]string{"owner": "me"}}))
	must(client.UntagResource(ctx, &emr.UntagResourceInput{ResourceArn: created.Arn, TagKeys: []string{"env"}}))
	tags := must(client.ListTagsForResource(ctx, &emr.ListTagsForResourceInput{ResourceArn: created.Arn}))
	fmt.Println("# ListTagsForResource\n", tags.Tags)

	must(client.DeleteVirtualCluster(ctx, &emr.DeleteVirtualClusterInput{Id: cluster}))
	fmt.Println("# DeleteVirtualCluster\n",
		must(client.DescribeVirtualCluster(ctx, &emr.DescribeVirtualClusterInput{Id: cluster})).VirtualCluster.State)

	_, err := client.DescribeVirtualCluster(ctx, &emr.DescribeVirtualClusterInput{Id: aws.String("nothere")})
	var missing *types.ResourceNotFoundException
	fmt.Println("# ResourceNotFoundException\n", errors.As(err, &missing), missing.ErrorMessage())
	_, err = client.CancelJobRun(ctx, &emr.CancelJobRunInput{VirtualClusterId: cluster, Id: pi.Id})
	var invalid *types.ValidationException
	fmt.Println("# ValidationException\n", errors.As(err, &invalid), invalid.ErrorMessage())
}
