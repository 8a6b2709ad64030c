/** Resources in the units an engine accounts in. */
export interface Resources {
  /** Concurrent tasks: `N` of `local[N]`. */
  readonly cores: number;
  /** Heap of the driver and, where executors share its process, of the executors. */
  readonly memoryBytes: number;
}

/** What an application asked for and what it gets; `granted` is never more than asked. */
export interface Grant {
  readonly asked: Resources;
  readonly granted: Resources;
  /** One sentence for the user where another Spark runs it than it asked for. */
  readonly substitution?: string;
}

/** What the driver's runtime must bring. */
export interface RuntimeRequirement {
  /** Major and minor version of Spark, such as `3.5`. */
  readonly sparkVersion: string;
  /** Major version of Java that the label names; null where the runtime's default will do. */
  readonly javaVersion: number | null;
}

/** Where the driver's output goes besides the run's own directory. */
export interface LogTargets {
  /** `s3://bucket/prefix` under which the log objects are written. */
  readonly s3Uri: string | null;
  readonly cloudWatch: { readonly group: string; readonly streamPrefix: string } | null;
  /**
   * Path below the target for each container, without the trailing `stdout` or `stderr`. That of an executor is
   * `executors` with its number behind it; absent in rows of versions that had none.
   */
  readonly containers: { readonly driver: string; readonly submitter: string; readonly executors?: string };
  /** Absent where the driver's and executors' outputs are not rotated. */
  readonly rotation?: LogRotation;
}

/** How an output is cut into files. */
export interface LogRotation {
  /** A file is closed before it would grow beyond this. */
  readonly fileBytes: number;
  /** Of the closed ones and the current one together, as many stay in the run's directory. */
  readonly files: number;
}

/** Executors as a submission asks for them. */
export interface AskedExecutors {
  /** With dynamic allocation the most there may be at once. */
  readonly instances: number;
  /** Of each. */
  readonly cores: number;
  readonly memoryBytes: number;
}

/** How Spark's event log is cut into files (emr-b.md 3.7), where the run asks for that. */
export interface EventLogRotation {
  /** A file is closed once it has grown beyond this. */
  readonly fileBytes: number;
  readonly files: number;
}

/** What every application brings, whatever its program is. */
export interface ApplicationCommon {
  readonly runtime: RuntimeRequirement;
  /** Classification name to properties, such as `spark-defaults`, merged in the order given. */
  readonly configuration: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly resources: Resources;
  readonly logs: LogTargets;
  /** How long it may stay in `launching`. */
  readonly startTimeoutSeconds: number;
  /** The cluster it was submitted to, as messages name it; a stored row of an older server has none. */
  readonly clusterName?: string;
  /** What of the request has no effect, and why, for the user's log; a stored row of an older server has none. */
  readonly notes?: readonly string[];
}

/** An application that SparkSubmit starts, and that ends by itself. */
export interface SparkDriverCommon extends ApplicationCommon {
  /** The id Spark reports (`spark.app.id`), chosen before the launch so that log paths are known. */
  readonly sparkApplicationId: string;
  /** The program: a jar, a Python script, a file of SQL statements. */
  readonly entryPoint: string;
  /** Tokens of spark-submit options as the user gave them. */
  readonly options: readonly string[];
  /** Whether Spark's event log is kept for a history server. */
  readonly eventLog: boolean;
  readonly eventLogRotation?: EventLogRotation;
  /** Counted in `resources`; absent where none are asked for. An engine without processes for them shares the driver's. */
  readonly executors?: AskedExecutors;
}

/** The members of each kind besides the kind itself. Rows of these shapes are stored: members may be added only. */
interface ApplicationShapes {
  "spark-submit": SparkDriverCommon & { readonly arguments: readonly string[] };
  "spark-sql": SparkDriverCommon & {
    /** Tokens of the Spark SQL CLI's own options, such as `--hivevar` and `A=B`. */
    readonly cliOptions: readonly string[];
  };
  /** Spark's history server: shows the event logs of ended applications, and runs until it is ended. */
  "history-server": ApplicationCommon;
}

export type ApplicationKind = keyof ApplicationShapes;

/**
 * What is to be executed, in terms that any engine understands. It names no path of this host: files are URIs
 * (`s3://`, `local://` for what the runtime brings, `file://` for shared roots). Engines hold one total table by kind.
 */
export type ApplicationSpec<Kind extends ApplicationKind = ApplicationKind> = {
  [K in Kind]: { readonly kind: K } & ApplicationShapes[K];
}[Kind];

/** The kinds that SparkSubmit starts. */
export type SparkDriverSpec = Extract<ApplicationSpec, SparkDriverCommon>;
