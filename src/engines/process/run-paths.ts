import { join } from "node:path";

/** What lies where in a run's directory. */
export function runPaths(runDirectory: string) {
  const at = (name: string) => join(runDirectory, name);
  return {
    configuration: at("conf"),
    /** What a history server shows: links to event logs. */
    history: at("conf/history"),
    /** The driver's working directory. */
    work: at("work"),
    /** `java.io.tmpdir`, `TMPDIR` and Spark's scratch space. */
    temporary: at("tmp"),
    home: at("home"),
    eventLogs: at("event-logs"),
    /** A folder for each executor, by its number: its logs and `process.json`. */
    executors: at("executors"),
    /** Where executors introduce themselves to the supervisor. */
    executorSocket: at("executors.sock"),
    version: at("version.json"),
    launch: at("launch.json"),
    supervisor: at("supervisor.json"),
    started: at("started.json"),
    exit: at("exit.json"),
    kill: at("kill.json"),
  } as const;
}
