package firesteel.spark;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.scheduler.ExecutorExited;
import org.apache.spark.scheduler.TaskSchedulerImpl;
import org.apache.spark.scheduler.cluster.CoarseGrainedSchedulerBackend;
import org.apache.spark.scheduler.cluster.SchedulerBackendUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.JavaConverters;
import scala.concurrent.Future;
import scala.concurrent.Future$;

/**
 * Executors as child processes of the driver. One that dies is replaced, until too many have; those that dynamic
 * allocation no longer wants are ended. Compiled against one Spark for all that can be installed: where a method's
 * parameters have other types in some of them, there is one for each.
 */
final class ExecutorProcesses extends CoarseGrainedSchedulerBackend {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutorProcesses.class);
  private static final String APPLICATION_ID = "spark.app.id";
  private static final String REGISTERED_RATIO = "spark.scheduler.minRegisteredResourcesRatio";
  private static final double DEFAULT_REGISTERED_RATIO = 0.8;
  private static final long BETWEEN_STARTS_MS = 1000;
  private static final long TO_END_BY_THEMSELVES_MS = 5000;

  private final TaskSchedulerImpl scheduler;
  private final ExecutorCommand command;
  private final int initial;
  private final int cores;
  private final int mostFailures;
  private final Map<String, Process> running = new HashMap<>();
  private final Set<String> unwanted = new HashSet<>();
  private int wanted;
  private int lastId;
  private int failures;
  private boolean stopping;

  ExecutorProcesses(SparkContext context, TaskSchedulerImpl scheduler) {
    super(scheduler, context.env().rpcEnv());
    this.scheduler = scheduler;
    command = new ExecutorCommand(conf());
    initial = SchedulerBackendUtils.getInitialTargetExecutorNumber(conf(), SchedulerBackendUtils.DEFAULT_NUMBER_EXECUTORS());
    cores = conf().getInt("spark.executor.cores", 1);
    // As on YARN (ApplicationMaster.maxNumExecutorFailures).
    mostFailures = conf().getInt("spark.executor.maxNumFailures", Math.max(3, 2 * initial));
  }

  @Override
  public void start() {
    super.start();
    want(initial);
  }

  /** The id that was chosen before the launch, so that the logs are where they were said to be. */
  @Override
  public String applicationId() {
    return conf().get(APPLICATION_ID, super.applicationId());
  }

  @Override
  public double minRegisteredRatio() {
    return conf().contains(REGISTERED_RATIO) ? super.minRegisteredRatio() : DEFAULT_REGISTERED_RATIO;
  }

  @Override
  public boolean sufficientResourcesRegistered() {
    return totalRegisteredExecutors().get() >= initial * minRegisteredRatio();
  }

  @Override
  public Future<Object> doRequestTotalExecutors(
      scala.collection.immutable.Map<ResourceProfile, Object> totals) {
    int sum = 0;
    for (Object total : JavaConverters.mapAsJavaMap(totals).values()) sum += ((Integer) total).intValue();
    want(sum);
    return yes();
  }

  /** Spark 3.0. */
  public Future<Object> doRequestTotalExecutors(int total) {
    want(total);
    return yes();
  }

  @Override
  public Future<Object> doKillExecutors(scala.collection.Seq<String> ids) {
    for (String id : JavaConverters.seqAsJavaList(ids)) end(id);
    return yes();
  }

  /** Scala 2.13. */
  public Future<Object> doKillExecutors(scala.collection.immutable.Seq<String> ids) {
    for (String id : JavaConverters.seqAsJavaList(ids)) end(id);
    return yes();
  }

  @Override
  public void stop() {
    Set<Process> left;
    synchronized (this) {
      stopping = true;
      left = new HashSet<>(running.values());
    }
    super.stop();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TO_END_BY_THEMSELVES_MS);
    try {
      for (Process process : left)
        if (!process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) process.destroyForcibly();
    } catch (InterruptedException error) {
      for (Process process : left) process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static Future<Object> yes() {
    return Future$.MODULE$.successful((Object) Boolean.TRUE);
  }

  private synchronized void want(int total) {
    wanted = total;
    fill();
  }

  private synchronized void end(String id) {
    Process process = running.get(id);
    if (process == null) return;
    unwanted.add(id);
    process.destroy();
  }

  private synchronized void fill() {
    while (!stopping && running.size() - unwanted.size() < wanted) {
      String id = String.valueOf(++lastId);
      try {
        Process process = command.of(id, applicationId(), cores).start();
        running.put(id, process);
        daemon("executor-" + id, () -> watch(id, process));
      } catch (IOException error) {
        LOG.error("Executor " + id + " cannot be started", error);
        failed(id, error.getMessage());
        return;
      }
    }
  }

  private void watch(String id, Process process) {
    try {
      int code = process.waitFor();
      boolean wasUnwanted;
      synchronized (this) {
        running.remove(id);
        wasUnwanted = unwanted.remove(id);
        if (stopping) return;
      }
      String reason = "The process of executor " + id + " ended with code " + code + ".";
      removeExecutor(id, new ExecutorExited(code, !wasUnwanted, reason));
      if (wasUnwanted) return;
      LOG.warn(reason);
      failed(id, reason);
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void failed(String id, String reason) {
    if (stopping) return;
    failures++;
    if (failures > mostFailures) {
      wanted = 0;
      String message = "Max number of executor failures (" + mostFailures + ") reached: " + reason;
      LOG.error(message);
      daemon("executor-failures", () -> scheduler.error(message));
      return;
    }
    daemon("executor-after-" + id, this::fillLater);
  }

  private void fillLater() {
    try {
      Thread.sleep(BETWEEN_STARTS_MS);
      fill();
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
    }
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}
