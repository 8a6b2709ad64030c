import { realpathSync } from "node:fs";
import { delimiter, isAbsolute, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Machine } from "../config/machine.ts";
import { hasCode } from "./errors.ts";

const LAUNCHER = fileURLToPath(new URL("../../bin/firesteel", import.meta.url));

/**
 * What somebody at this shell types to start this very program: `firesteel` where the PATH finds it under that name,
 * else a path from the working directory, such as `bin/firesteel` in a clone.
 */
export function typedName(
  { environment, workingDirectory }: Pick<Machine, "environment" | "workingDirectory">,
  launcher = LAUNCHER,
): string {
  const target = realPath(launcher) ?? launcher;
  for (const directory of (environment.PATH ?? "").split(delimiter)) {
    if (!isAbsolute(directory)) continue;
    const found = realPath(join(directory, "firesteel"));
    // The shell takes the first that it finds: another program of this name hides ours.
    if (found !== null) {
      if (found === target) return "firesteel";
      break;
    }
  }
  const path = relative(workingDirectory, target);
  if (path.startsWith("..") && path.length > target.length) return target;
  return path.includes("/") ? path : `./${path}`;
}

/** Writes each command that a text names as `firesteel <command>` the way it is typed here. */
export type Spell = (text: string) => string;

/** `words` are the first words of the commands: prose that only mentions the name stays as it is. */
export function spelling(name: string, words: Iterable<string>): Spell {
  const choices = [...new Set(words)].map((word) => word.replace(/\W/g, "\\$&")).join("|");
  const command = new RegExp(`(?<![\\w/.-])firesteel(?= (?:${choices})(?![\\w-]))`, "g");
  return (text) => text.replace(command, () => name);
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR") || hasCode(error, "EACCES")) return null;
    throw error;
  }
}
