import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { constants, setPriority } from "node:os";
import { dirname, join } from "node:path";
import type { InstalledRuntime } from "../../core/ports/runtimes.ts";
import { moduleOptions } from "./java-options.ts";

export interface ClassArchivesOptions {
  /** Jars of ours that come before Spark's on every driver's class path. */
  readonly helperJars: readonly string[];
  /** Path of `drivers/class-archive/training.py`. */
  readonly trainingScript: string;
  /** How long after a driver that had no archive one is made, so that the two do not compete. */
  readonly delayMs: number;
  /** Told of an archive that could not be made; drivers start without it. */
  readonly onProblem: (message: string, cause: unknown) => void;
  /** Of the training run, as `os.setPriority` takes it; the lowest by default, which on a busy machine is next to never. */
  readonly priority?: number;
}

/** JEP 350: a Java before it cannot write an archive when a run ends. */
const FIRST_JAVA = 13;
/** Each is some 120 MB; a changed Java or helper jar makes a new one. */
const KEPT_ARCHIVES = 2;
/** Another process that has not finished its archive by then is not going to. */
const STALE_PARTIAL_MS = 10 * 60_000;

/**
 * Class data archives (AppCDS) of runtimes: the JVM maps loaded classes instead of parsing jars, which halves the time to
 * the first line of user code (`benchmarks/job-start.ts`). An archive is made in the background, once a runtime, from
 * a training run at the lowest priority; the JVM itself ignores one that does not fit its class path or its jars.
 */
export class ClassArchives {
  readonly #options: ClassArchivesOptions;
  readonly #seen = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #training = new Set<ChildProcess>();
  /** By archive: those that this process is making. */
  readonly #building = new Map<string, Promise<void>>();
  #closed = false;

  constructor(options: ClassArchivesOptions) {
    this.#options = options;
  }

  /** The runtime's archive; null where its Java knows none, or there is none yet, which makes one some time later. */
  find(runtime: InstalledRuntime): string | null {
    if (runtime.javaVersion < FIRST_JAVA) return null;
    const archive = this.#path(runtime);
    if (existsSync(archive)) return archive;
    if (!this.#seen.has(archive) && !this.#closed) {
      this.#seen.add(archive);
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        this.build(runtime).catch((error: unknown) => this.#problem(runtime, error));
      }, this.#options.delayMs).unref();
      this.#timers.add(timer);
    }
    return null;
  }

  /** Makes the archive now, unless it is there or another process is making it. */
  async build(runtime: InstalledRuntime): Promise<void> {
    const archive = this.#path(runtime);
    const building = this.#building.get(archive) ?? this.#build(runtime, archive);
    this.#building.set(archive, building);
    await building.finally(() => this.#building.delete(archive));
  }

  async #build(runtime: InstalledRuntime, archive: string): Promise<void> {
    if (this.#closed || existsSync(archive) || (await isBeingMade(archive))) return;
    await mkdir(dirname(archive), { recursive: true });
    const work = await mkdtemp(`${archive}.partial-`);
    try {
      await this.#train(runtime, work);
      await rename(join(work, "classes.jsa"), archive);
      await removeOld(dirname(archive));
    } finally {
      await rm(work, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  /** Ends training runs; their archives are made another time. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const training of this.#training) training.kill("SIGKILL");
  }

  async #train(runtime: InstalledRuntime, work: string): Promise<void> {
    const child = spawn(
      join(runtime.javaHome, "bin", "java"),
      [
        `-XX:ArchiveClassesAtExit=${join(work, "classes.jsa")}`,
        "-Xlog:disable",
        "-Xmx512m",
        `-Djava.io.tmpdir=${work}`,
        "-cp",
        sharedClassPath(runtime, this.#options.helperJars),
        ...moduleOptions(runtime.sparkVersion),
        "org.apache.spark.deploy.SparkSubmit",
        ...["--master", "local[1]", "--conf", "spark.ui.port=0", "--conf", "spark.sql.shuffle.partitions=1"],
        this.#options.trainingScript,
        `file://${work}/data`,
      ],
      {
        cwd: work,
        stdio: "ignore",
        env: {
          PATH: "/usr/bin:/bin",
          LC_ALL: "C.UTF-8",
          HOME: work,
          JAVA_HOME: runtime.javaHome,
          SPARK_HOME: runtime.sparkHome,
          SPARK_LOCAL_IP: "127.0.0.1",
          PYSPARK_PYTHON: runtime.python,
        },
      },
    );
    this.#training.add(child);
    try {
      const { priority = constants.priority.PRIORITY_LOW } = this.#options;
      if (child.pid !== undefined) setPriority(child.pid, priority);
      const [code, signal] = await once(child, "exit");
      if (code !== 0) throw new Error(`the training run ended with ${signal ?? `code ${code}`}`);
    } finally {
      this.#training.delete(child);
    }
  }

  #problem(runtime: InstalledRuntime, error: unknown): void {
    if (!this.#closed) this.#options.onProblem(`No class archive could be made for ${runtime.name}`, error);
  }

  /** One archive for each Java and each state of our jars; Spark's own never change within a runtime. */
  #path({ javaHome, sparkHome }: InstalledRuntime): string {
    const identity = createHash("sha256").update(javaHome);
    for (const jar of this.#options.helperJars) {
      const { size, mtimeMs } = statSync(jar);
      identity.update(`\0${jar}\0${size}\0${mtimeMs}`);
    }
    return join(dirname(sparkHome), "archives", `classes-${identity.digest("hex").slice(0, 16)}.jsa`);
  }
}

/** What every driver's class path has in common: an archive serves only those that start with it. */
export function sharedClassPath({ sparkHome }: InstalledRuntime, helperJars: readonly string[]): string {
  return [...helperJars, join(sparkHome, "jars", "*")].join(":");
}

async function isBeingMade(archive: string): Promise<boolean> {
  const folder = dirname(archive);
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    if (!path.startsWith(`${archive}.partial-`)) continue;
    const found = await stat(path).catch(() => null);
    if (found === null) continue;
    if (Date.now() - found.mtimeMs < STALE_PARTIAL_MS) return true;
    await rm(path, { recursive: true, force: true });
  }
  return false;
}

async function removeOld(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".jsa"));
  const archives = await Promise.all(
    names.map(async (name) => ({
      path: join(folder, name),
      modifiedMs: (await stat(join(folder, name))).mtimeMs,
    })),
  );
  archives.sort((a, b) => b.modifiedMs - a.modifiedMs);
  for (const { path } of archives.slice(KEPT_ARCHIVES)) await rm(path, { force: true });
}
