import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const FIXTURES = new URL("../fixtures/", import.meta.url);

/** Drivers that print, wait until they are let go, and then end. */
export interface WaitingDrivers {
  readonly name: string;
  /** Makes what the drivers need in a new data directory. */
  prepare(dataDir: string): Promise<void>;
  /** The job driver of a request; `name` is the run's own. */
  jobDriver(name: string): object;
  letGo(dataDir: string, name: string, run: string): Promise<void>;
  /** What a driver that was let go has printed to its standard output. */
  readonly printed: string;
}

const PARAMETERS = "--conf spark.driver.memory=512m";

/** A shell script in place of Java. */
export const shellDrivers: WaitingDrivers = {
  name: "shell",
  prepare: async () => undefined,
  jobDriver: () => ({
    sparkSubmitJobDriver: {
      entryPoint: "local:///usr/lib/spark/program.jar",
      entryPointArguments: ["echo one; while [ ! -e go ]; do sleep 0.05; done; echo two"],
      sparkSubmitParameters: PARAMETERS,
    },
  }),
  letGo: (dataDir, _name, run) => writeFile(join(dataDir, "runs", run, "work", "go"), ""),
  printed: "one\ntwo\n",
};

/** PySpark. */
export const sparkDrivers: WaitingDrivers = {
  name: "Spark",
  async prepare(dataDir) {
    const code = join(dataDir, "buckets", "code");
    await mkdir(code, { recursive: true });
    await writeFile(join(code, "slow.py"), await readFile(new URL("slow.py", FIXTURES)));
  },
  jobDriver: (name) => ({
    sparkSubmitJobDriver: {
      entryPoint: "s3://code/slow.py",
      entryPointArguments: [`s3://code/go-${name}`],
      sparkSubmitParameters: PARAMETERS,
    },
  }),
  letGo: (dataDir, name) => writeFile(join(dataDir, "buckets", "code", `go-${name}`), ""),
  printed: "done 10\n",
};
