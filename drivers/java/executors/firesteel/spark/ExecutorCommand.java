package firesteel.spark;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkConf$;
import scala.Tuple2;

/** How an executor is started: what the server wrote down, and what only the running driver knows. */
final class ExecutorCommand {
  /** Names the file that src/engines/process/executors.ts writes: a word and a URL-encoded value a line. */
  private static final String FILE = "firesteel.executors";

  private static final String ENVIRONMENT_PREFIX = "spark.executorEnv.";
  /** What decides which program runs for whom is not a job's to say. */
  private static final Set<String> HELD =
      new HashSet<>(
          Arrays.asList(
              "FIRESTEEL_INSTANCE", "FIRESTEEL_APPLICATION", "FIRESTEEL_ATTEMPT", "JAVA_HOME", "SPARK_HOME",
              "SPARK_CONF_DIR", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));

  private final SparkConf conf;
  private final List<String> launcher = new ArrayList<>();
  private final List<String> java = new ArrayList<>();
  private final Map<String, String> environment = new TreeMap<>();
  private String directory = "";

  ExecutorCommand(SparkConf conf) {
    this.conf = conf;
    String file = System.getProperty(FILE);
    if (file == null) throw new IllegalStateException("The system property " + FILE + " is not set.");
    try {
      for (String line : Files.readAllLines(Paths.get(file), StandardCharsets.UTF_8)) {
        int space = line.indexOf(' ');
        if (space > 0) add(line.substring(0, space), URLDecoder.decode(line.substring(space + 1), "UTF-8"));
      }
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  private void add(String word, String value) {
    switch (word) {
      case "launcher":
        launcher.add(value);
        break;
      case "java":
        java.add(value);
        break;
      case "directory":
        directory = value;
        break;
      case "environment":
        int equals = value.indexOf('=');
        environment.put(value.substring(0, equals), value.substring(equals + 1));
        break;
      default:
        throw new IllegalStateException("Unknown word in the executors' file: " + word);
    }
  }

  /** The process is not started yet; what it prints before it has told the supervisor is the driver's. */
  ProcessBuilder of(String id, String applicationId, int cores) {
    List<String> argv = new ArrayList<>(launcher);
    argv.add(id);
    argv.add(directory + File.separator + "executor-" + id);
    for (String argument : java)
      // The two placeholders that Spark fills in, in an executor's Java options (Utils.substituteAppNExecIds).
      argv.add(argument.replace("{{APP_ID}}", applicationId).replace("{{EXECUTOR_ID}}", id));
    for (Tuple2<String, String> entry : conf.getAll())
      if (SparkConf$.MODULE$.isExecutorStartupConf(entry._1())) argv.add("-D" + entry._1() + "=" + entry._2());
    argv.add("org.apache.spark.executor.CoarseGrainedExecutorBackend");
    String host = conf.get("spark.driver.host");
    option(argv, "--driver-url", "spark://CoarseGrainedScheduler@" + host + ":" + conf.get("spark.driver.port"));
    option(argv, "--executor-id", id);
    option(argv, "--hostname", host);
    option(argv, "--cores", String.valueOf(cores));
    option(argv, "--app-id", applicationId);
    ProcessBuilder builder = new ProcessBuilder(argv);
    builder.redirectInput(new File("/dev/null"));
    builder.redirectOutput(ProcessBuilder.Redirect.INHERIT).redirectError(ProcessBuilder.Redirect.INHERIT);
    Map<String, String> variables = builder.environment();
    variables.putAll(environment);
    for (Tuple2<String, String> entry : conf.getAllWithPrefix(ENVIRONMENT_PREFIX))
      if (!HELD.contains(entry._1())) variables.put(entry._1(), entry._2());
    if (conf.contains("spark.authenticate.secret"))
      // SecurityManager.ENV_AUTH_SECRET: a command line can be read by others.
      variables.put("_SPARK_AUTH_SECRET", conf.get("spark.authenticate.secret"));
    return builder;
  }

  private static void option(List<String> argv, String name, String value) {
    argv.add(name);
    argv.add(value);
  }
}
