package firesteel.spark;

import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.ExternalClusterManager;
import org.apache.spark.scheduler.SchedulerBackend;
import org.apache.spark.scheduler.TaskScheduler;
import org.apache.spark.scheduler.TaskSchedulerImpl;

/** Serves masters that begin with {@code local-executors}: executors are processes of this machine. */
public final class ExecutorProcessManager implements ExternalClusterManager {
  // SparkSubmit takes no master but those that begin with a word that it knows; "local" is one.
  private static final String MASTER = "local-executors";

  @Override
  public boolean canCreate(String masterUrl) {
    return masterUrl.startsWith(MASTER);
  }

  @Override
  public TaskScheduler createTaskScheduler(SparkContext context, String masterUrl) {
    return new TaskSchedulerImpl(context);
  }

  @Override
  public SchedulerBackend createSchedulerBackend(
      SparkContext context, String masterUrl, TaskScheduler scheduler) {
    return new ExecutorProcesses(context, (TaskSchedulerImpl) scheduler);
  }

  @Override
  public void initialize(TaskScheduler scheduler, SchedulerBackend backend) {
    ((TaskSchedulerImpl) scheduler).initialize(backend);
  }
}
