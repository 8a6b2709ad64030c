import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.emrcontainers.EmrContainersClient;
import software.amazon.awssdk.services.emrcontainers.model.ContainerProviderType;
import software.amazon.awssdk.services.emrcontainers.model.JobRun;
import software.amazon.awssdk.services.emrcontainers.model.JobRunState;
import software.amazon.awssdk.services.emrcontainers.model.PersistentAppUI;
import software.amazon.awssdk.services.emrcontainers.model.ResourceNotFoundException;
import software.amazon.awssdk.services.emrcontainers.model.SparkSubmitJobDriver;
import software.amazon.awssdk.services.emrcontainers.model.StartJobRunResponse;
import software.amazon.awssdk.services.emrcontainers.model.ValidationException;

/**
 * The whole life of a virtual cluster and its job runs, by the AWS SDK for Java 2 as it comes from Maven Central: only
 * the endpoint is set, in the environment.
 */
public class Life {
  static final String BUCKET = System.getenv("TEST_BUCKET");
  static final String ROLE = "arn:aws:iam::" + System.getenv("AWS_ACCOUNT_ID") + ":role/job-execution";
  static final EmrContainersClient EMR = EmrContainersClient.create();

  public static void main(String[] args) throws Exception {
    var created = EMR.createVirtualCluster(request -> request
        .name("analytics")
        .containerProvider(provider -> provider
            .id("eks")
            .type(ContainerProviderType.EKS)
            .info(info -> info.eksInfo(eks -> eks.namespace("spark"))))
        .tags(Map.of("env", "test")));
    var cluster = created.id();
    show("CreateVirtualCluster", created.id(), created.name(), created.arn());
    var described = EMR.describeVirtualCluster(request -> request.id(cluster)).virtualCluster();
    show("DescribeVirtualCluster", described.state(), described.containerProvider().info().eksInfo().namespace(),
        described.tags(), described.createdAt().isAfter(Instant.EPOCH));

    var pi = start(cluster, "pi", SparkSubmitJobDriver.builder()
        .entryPoint("local:///usr/lib/spark/examples/jars/spark-examples.jar")
        .entryPointArguments("2")
        .sparkSubmitParameters("--class org.apache.spark.examples.SparkPi --conf spark.executor.instances=1 "
            + "--conf spark.executor.memory=1G --conf spark.executor.cores=1 --conf spark.driver.cores=1")
        .build());
    show("StartJobRun", pi.id(), pi.name(), pi.virtualClusterId());
    var endless = start(cluster, "endless", SparkSubmitJobDriver.builder()
        .entryPoint("s3://" + BUCKET + "/code/endless.py")
        .build());
    var done = await(cluster, pi.id(), JobRunState.COMPLETED);
    show("DescribeJobRun", done.name(), done.state(), done.stateDetails(),
        done.configurationOverrides().applicationConfiguration().get(0).properties(), done.tags(), done.createdBy(),
        done.finishedAt().isAfter(done.createdAt()));

    await(cluster, endless.id(), JobRunState.RUNNING);
    EMR.cancelJobRun(request -> request.virtualClusterId(cluster).id(endless.id()));
    show("CancelJobRun", await(cluster, endless.id(), JobRunState.CANCELLED).state());

    System.out.println("# ListJobRuns, one a page");
    for (var run : EMR.listJobRunsPaginator(request -> request.virtualClusterId(cluster).maxResults(1)).jobRuns())
      System.out.println("  " + run.name() + " " + run.state());
    var cancelled = EMR.listJobRuns(request -> request
        .virtualClusterId(cluster)
        .states(JobRunState.CANCELLED)
        .createdAfter(Instant.now().minus(Duration.ofHours(1)))).jobRuns();
    show("ListJobRuns, cancelled", cancelled.size(), cancelled.get(0).name());

    EMR.tagResource(request -> request.resourceArn(created.arn()).tags(Map.of("owner", "me")));
    EMR.untagResource(request -> request.resourceArn(created.arn()).tagKeys("env"));
    show("ListTagsForResource", EMR.listTagsForResource(request -> request.resourceArn(created.arn())).tags());

    EMR.deleteVirtualCluster(request -> request.id(cluster));
    show("DeleteVirtualCluster", EMR.describeVirtualCluster(request -> request.id(cluster)).virtualCluster().state());

    try {
      EMR.describeVirtualCluster(request -> request.id("nothere"));
    } catch (ResourceNotFoundException error) {
      var details = error.awsErrorDetails();
      show("ResourceNotFoundException", error.statusCode(), details.errorCode(), details.errorMessage());
    }
    try {
      EMR.cancelJobRun(request -> request.virtualClusterId(cluster).id(pi.id()));
    } catch (ValidationException error) {
      show("ValidationException", error.statusCode(), error.awsErrorDetails().errorMessage());
    }
  }

  static StartJobRunResponse start(String cluster, String name, SparkSubmitJobDriver driver) {
    return EMR.startJobRun(request -> request
        .name(name)
        .virtualClusterId(cluster)
        .executionRoleArn(ROLE)
        .releaseLabel("emr-7.7.0-latest")
        .jobDriver(job -> job.sparkSubmitJobDriver(driver))
        .configurationOverrides(overrides -> overrides
            .applicationConfiguration(configuration -> configuration
                .classification("spark-defaults")
                .properties(Map.of("spark.driver.memory", "1G")))
            .monitoringConfiguration(monitoring -> monitoring
                .persistentAppUI(PersistentAppUI.ENABLED)
                .cloudWatchMonitoringConfiguration(logs -> logs
                    .logGroupName("my_log_group")
                    .logStreamNamePrefix("log_stream_prefix"))
                .s3MonitoringConfiguration(s3 -> s3.logUri("s3://" + BUCKET + "/logs"))))
        .tags(Map.of("team", "data")));
  }

  static JobRun await(String cluster, String run, JobRunState wanted) throws InterruptedException {
    var deadline = Instant.now().plus(Duration.ofMinutes(2));
    while (Instant.now().isBefore(deadline)) {
      var job = EMR.describeJobRun(request -> request.virtualClusterId(cluster).id(run)).jobRun();
      if (job.state() == wanted) return job;
      if (Set.of(JobRunState.FAILED, JobRunState.COMPLETED).contains(job.state()))
        throw new IllegalStateException(run + " is " + job.state() + ": " + job.stateDetails());
      Thread.sleep(300);
    }
    throw new IllegalStateException(run + " did not become " + wanted + " in time");
  }

  static void show(String title, Object... values) {
    System.out.println("# " + title);
    var words = List.of(values).stream().map(value -> value instanceof Map<?, ?> map ? new TreeMap<>(map) : value);
    System.out.println("  " + String.join(" ", words.map(String::valueOf).toList()));
  }
}
