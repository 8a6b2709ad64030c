import { availableParallelism, homedir, totalmem } from "node:os";
import { isAbsolute, join } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What defaults depend on. */
export interface Machine {
  readonly homeDirectory: string;
  readonly workingDirectory: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly environment: Environment;
}

/** The machine this process runs on. */
export function thisMachine(environment: Environment): Machine {
  return {
    homeDirectory: homedir(),
    workingDirectory: process.cwd(),
    cores: availableParallelism(),
    // A container's limit where there is one: the kernel would end a driver that outgrows it.
    memoryBytes: Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY),
    environment,
  };
}

/**
 * The XDG base directories, for data and for caches. A relative value is to be ignored:
 * XDG Base Directory Specification 0.8, "Basics".
 */
export function xdgDirectory(machine: Machine, variable: "XDG_DATA_HOME" | "XDG_CACHE_HOME"): string {
  const value = machine.environment[variable];
  if (value !== undefined && isAbsolute(value)) return join(value, "firesteel");
  const fallback = variable === "XDG_DATA_HOME" ? [".local", "share"] : [".cache"];
  return join(machine.homeDirectory, ...fallback, "firesteel");
}
