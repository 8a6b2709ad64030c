import type { InstalledRuntime } from "../../core/ports/runtimes.ts";
import type { Tool } from "../host.ts";
import { formatBytes } from "../output/time.ts";
import { type Check, fail, ok, warn } from "./check.ts";

/** Oldest Node that runs TypeScript as it is: DESIGN 2. */
export const OLDEST_NODE = 24;
const GIB = 1024 ** 3;
/** A Spark runtime with its Java takes about 0.6 GiB, and twice that while it is unpacked. */
const ROOM_FOR_RUNTIME = 2 * GIB;
const ROOM_FOR_RUNS = GIB / 2;
/** Spark's default driver memory, and the JVM around it. */
const LEAST_MEMORY = 1.5 * GIB;

export function judgeNode(version: string, path: string): Check {
  const finding = `${version} at ${path}`;
  if (Number.parseInt(version, 10) >= OLDEST_NODE) return ok("Node", finding);
  return fail("Node", finding, `Node ${OLDEST_NODE} or newer is needed: run npm ci again, it brings one.`);
}

export interface PythonFacts extends Tool {
  readonly hasVenv: boolean;
  readonly hasPip: boolean;
}

export function judgePython(python: PythonFacts | null): Check {
  if (python === null) {
    return fail(
      "Python",
      "none",
      "Install Python 3 (Debian and Ubuntu: apt-get install python3), or set runtimes.python.",
    );
  }
  const finding = `${python.version} at ${python.path}`;
  // Debian splits both off; the installer brings pip's wheel and does without ensurepip.
  const missing = [...(python.hasVenv ? [] : ["venv"]), ...(python.hasPip ? [] : ["pip"])];
  return missing.length === 0
    ? ok("Python", finding)
    : ok("Python", `${finding}, without ${missing.join(" and ")}: not needed, pip is fetched`);
}

/** A Java is wanted, not needed: the runtime brings one. */
export function judgeJava(javas: readonly Tool[]): Check {
  const [first] = javas;
  if (first === undefined) return ok("Java", "none on this machine: one comes with the runtime");
  return ok("Java", javas.map(({ version, path }) => `${version} at ${path}`).join(", "));
}

export function judgeRuntimes(runtimes: readonly InstalledRuntime[], autoInstall: boolean): Check {
  if (runtimes.length > 0) {
    const finding = runtimes.map(
      ({ sparkVersion, javaVersion }) => `Spark ${sparkVersion} on Java ${javaVersion}`,
    );
    return ok("Runtimes", finding.join(", "));
  }
  const command = "firesteel runtime install";
  return autoInstall
    ? warn("Runtimes", "none yet: the first run installs one (about 400 MB)", `To have it ready: ${command}`)
    : fail("Runtimes", "none, and runtimes.autoInstall is off", `Run: ${command}`);
}

export interface DirectoryFacts {
  readonly path: string;
  /** Why it cannot be written to; null where it can. */
  readonly problem: string | null;
  /** Permission bits; null where it does not exist yet. */
  readonly mode: number | null;
  readonly freeBytes: number;
}

export function judgeDataDirectory(facts: DirectoryFacts): Check {
  const name = "Data directory";
  if (facts.problem !== null)
    return fail(name, `${facts.path}: ${facts.problem}`, "Name one that you can write to with --data-dir.");
  const finding = `${facts.path}${facts.mode === null ? " (made on first start)" : ""}, ${formatBytes(facts.freeBytes)} free`;
  if (facts.mode !== null && (facts.mode & 0o077) !== 0) {
    return warn(name, `${finding}; others may look into it`, `Run: chmod 700 ${facts.path}`);
  }
  if (facts.freeBytes < ROOM_FOR_RUNS) return warn(name, finding, "Runs may fill the disk: free some space.");
  return ok(name, finding);
}

export function judgeCacheDirectory(facts: DirectoryFacts, hasRuntime: boolean): Check {
  const name = "Cache directory";
  if (facts.problem !== null)
    return fail(
      name,
      `${facts.path}: ${facts.problem}`,
      "Name one that you can write to with FIRESTEEL_CACHE_DIR.",
    );
  const finding = `${facts.path}, ${formatBytes(facts.freeBytes)} free`;
  if (!hasRuntime && facts.freeBytes < ROOM_FOR_RUNTIME) {
    return fail(
      name,
      finding,
      `A runtime needs ${formatBytes(ROOM_FOR_RUNTIME)}: free some space, or name another disk with FIRESTEEL_CACHE_DIR.`,
    );
  }
  return ok(name, finding);
}

export type PortFacts =
  | { readonly kind: "free" }
  | { readonly kind: "ours"; readonly url: string }
  | { readonly kind: "taken"; readonly reason: string };

export function judgePort(host: string, port: number, facts: PortFacts): Check {
  const address = `${host}:${port}`;
  if (facts.kind === "free") return ok("Port", `${address} is free`);
  if (facts.kind === "ours") return ok("Port", `the server of this data directory answers at ${facts.url}`);
  return fail(
    "Port",
    `${address} cannot be used: ${facts.reason}`,
    "Take another with --port, or stop what uses it.",
  );
}

const SANDBOX_REMEDY =
  "Run only code that you trust. A sandbox needs Linux 5.12 and user namespaces: on Ubuntu " +
  "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, in a container the rights to mount " +
  "(docker run --privileged).";

/** `problem` is why drivers cannot be sandboxed here; null where they can. */
export function judgeIsolation(setting: "auto" | "required" | "off", problem: string | null): Check {
  const name = "Isolation";
  const exposed = "drivers run as your user and see its files";
  if (setting === "off") {
    const remedy = "Run only code that you trust, or set it to auto.";
    return warn(name, `${exposed}: engine.process.sandbox is off`, remedy);
  }
  if (problem === null)
    return ok(name, "drivers see their run, their account's buckets and engine.fileRoots only");
  if (setting === "required")
    return fail(name, `runs fail: a sandbox is required and cannot be had: ${problem}`, SANDBOX_REMEDY);
  return warn(name, `${exposed}: ${problem}`, SANDBOX_REMEDY);
}

export function judgeCapacity(cores: number, memoryBytes: number): Check {
  const finding = `${cores} core${cores === 1 ? "" : "s"} and ${formatBytes(memoryBytes)} of memory for runs`;
  if (memoryBytes >= LEAST_MEMORY) return ok("Capacity", finding);
  return warn(
    "Capacity",
    finding,
    "Runs with Spark's default memory get less: raise engine.process.memoryBudget.",
  );
}
