import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { CommandError, type Environment, runCommand } from "./command.ts";

/** An interpreter of Python 3 that environments can be made from. */
export interface Python {
  /** Real path, never that of a virtual environment. */
  readonly executable: string;
  /** Such as `3.11.7`. */
  readonly version: string;
  /** 11 of 3.11.7. */
  readonly minor: number;
}

// The plain name first: it is the one that the user chose. Then the newest that any release knows.
const NAMES = ["python3", ...[14, 13, 12, 11, 10, 9, 8].map((minor) => `python3.${minor}`), "python"];

const PROBE = `
import json, os, sys
executable = getattr(sys, "_base_executable", None) or sys.executable
print(json.dumps({"executable": os.path.realpath(executable), "version": list(sys.version_info[:3])}))
`;

/** Finds the machine's Pythons, the user's choice first. Those that do not start (a pyenv shim, say) are left out. */
export async function findPythons(explicit: string | null, environment: Environment): Promise<Python[]> {
  if (explicit !== null) return [await probePython(explicit, environment)];
  const found = new Map<string, Python>();
  for (const candidate of NAMES.flatMap((name) => executablesOnPath(name, environment))) {
    const python = await probePython(candidate, environment).catch(unlessNoPython);
    if (python !== null && !found.has(python.executable)) found.set(python.executable, python);
  }
  return [...found.values()];
}

/** Asks an interpreter what it is. Throws {@link CommandError} where it is no Python 3. */
export async function probePython(executable: string, environment: Environment): Promise<Python> {
  const answer = await runCommand(executable, ["-I", "-c", PROBE], { environment });
  // The probe above prints exactly this.
  const { executable: real, version } = JSON.parse(answer) as { executable: string; version: number[] };
  const [major, minor] = version;
  if (major !== 3 || minor === undefined)
    throw new CommandError(`${executable} is Python ${version.join(".")}`);
  return { executable: real, version: version.join("."), minor };
}

/** Every executable of that name in the directories of PATH, in their order. */
export function executablesOnPath(name: string, environment: Environment): string[] {
  const directories = (environment.PATH ?? "").split(delimiter).filter((directory) => directory !== "");
  return directories.map((directory) => join(directory, name)).filter(isExecutable);
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function unlessNoPython(error: unknown): null {
  if (error instanceof CommandError || error instanceof SyntaxError) return null;
  throw error;
}
