import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ConfigError, type FileValue, parseConfigFile, unknownSetting } from "./config-file.ts";
import type { Machine } from "./machine.ts";
import { nearest } from "./nearest.ts";
import {
  SETTING_NAMES,
  SETTINGS,
  type Setting,
  type SettingName,
  type Settings,
  variableOf,
} from "./settings.ts";

/** Where a value came from. */
export type Source =
  | { readonly kind: "flag"; readonly flag: string }
  | { readonly kind: "environment"; readonly variable: string }
  | { readonly kind: "file"; readonly path: string; readonly line: number }
  | { readonly kind: "default" };

/** A value given on the command line, with the flag that gave it. */
export interface FlagValue {
  readonly setting: string;
  readonly text: string;
  readonly flag: string;
}

export interface LoadedSettings {
  readonly settings: Settings;
  readonly sources: Readonly<Record<SettingName, Source>>;
  /** Variables that look like settings and are none. */
  readonly warnings: readonly string[];
}

interface Given {
  readonly text: string;
  readonly source: Source;
  /** The directory that a relative path starts from. */
  readonly base: string;
}

/** Variables that start like a setting's and mean something else. */
const OTHER_VARIABLES = /^FIRESTEEL_(CONFIG|BACKUP_PASSPHRASE|INSTANCE|APPLICATION|TEST_.*)$/;

/**
 * Takes each setting from the first source that has it: flags, environment, file, default.
 * Throws {@link ConfigError} where a value or a name is wrong, saying which source gave it.
 */
export async function loadSettings(options: {
  readonly machine: Machine;
  readonly flags?: readonly FlagValue[];
  /** Path of the YAML file; null for none. */
  readonly configFile?: string | null;
}): Promise<LoadedSettings> {
  const { machine, flags = [], configFile = machine.environment.FIRESTEEL_CONFIG || null } = options;
  for (const { setting, flag } of flags) {
    if (!SETTING_NAMES.some((name) => name === setting))
      throw new ConfigError(`${flag}: ${unknownSetting(setting)}`);
  }
  const file =
    configFile === null ? null : await readConfigFile(resolve(machine.workingDirectory, configFile));

  const values: Partial<Record<SettingName, unknown>> = {};
  const sources: Partial<Record<SettingName, Source>> = {};
  for (const name of SETTING_NAMES) {
    // The table's rows have different value types; each row parses and formats its own.
    const setting = SETTINGS[name] as Setting<unknown>;
    const given =
      fromFlags(name, flags, machine) ?? fromEnvironment(name, setting, machine) ?? fromFile(name, file);
    values[name] = given === null ? setting.defaultFor(machine) : parse(name, setting, given);
    sources[name] = given?.source ?? { kind: "default" };
  }
  return {
    // Every name of the table was filled by the loop, from the row of that name.
    settings: values as Settings,
    sources: sources as Record<SettingName, Source>,
    warnings: strangeVariables(machine),
  };
}

/** Such as `environment FIRESTEEL_SERVER_PORT` or `file /etc/firesteel.yaml:3`. */
export function describeSource(source: Source): string {
  switch (source.kind) {
    case "flag":
      return `flag ${source.flag}`;
    case "environment":
      return `environment ${source.variable}`;
    case "file":
      return `file ${source.path}:${source.line}`;
    case "default":
      return "default";
  }
}

/** The value as it would be written in a file; passwords in URLs are hidden where the setting may hold one. */
export function formatSetting(name: SettingName, value: unknown): string {
  const setting = SETTINGS[name] as Setting<unknown>;
  const formatted = setting.type.format(value);
  return setting.secret === true ? formatted.replace(/:\/\/([^:@/]*):[^@]*@/, "://$1:***@") : formatted;
}

function parse(name: SettingName, setting: Setting<unknown>, given: Given): unknown {
  const value = setting.type.parse(given.text, given.base);
  if (value !== null) return value;
  throw new ConfigError(
    `${name}: "${given.text}" is not ${setting.type.expects} (from ${describeSource(given.source)})`,
  );
}

function fromFlags(name: SettingName, flags: readonly FlagValue[], machine: Machine): Given | null {
  const given = flags.findLast((value) => value.setting === name);
  if (given === undefined) return null;
  return { text: given.text, source: { kind: "flag", flag: given.flag }, base: machine.workingDirectory };
}

function fromEnvironment(name: SettingName, setting: Setting<unknown>, machine: Machine): Given | null {
  for (const variable of [variableOf(name), ...(setting.furtherVariables ?? [])]) {
    // An empty variable counts as unset, as everywhere in the XDG and AWS families.
    const text = machine.environment[variable] || null;
    if (text !== null)
      return { text, source: { kind: "environment", variable }, base: machine.workingDirectory };
  }
  return null;
}

interface ConfigFile {
  readonly path: string;
  readonly values: ReadonlyMap<SettingName, FileValue>;
}

function fromFile(name: SettingName, file: ConfigFile | null): Given | null {
  const value = file?.values.get(name);
  if (file === null || value === undefined) return null;
  return {
    text: value.text,
    source: { kind: "file", path: file.path, line: value.line },
    base: dirname(file.path),
  };
}

async function readConfigFile(path: string): Promise<ConfigFile> {
  let source: string;
  try {
    source = await readFile(path, "utf8");
  } catch (error) {
    throw new ConfigError(
      `cannot read the configuration file ${path}: ${error instanceof Error ? error.message : error}`,
    );
  }
  return { path, values: await parseConfigFile(path, source) };
}

function strangeVariables(machine: Machine): string[] {
  const known = new Set(SETTING_NAMES.map(variableOf));
  return Object.keys(machine.environment)
    .filter(
      (variable) =>
        variable.startsWith("FIRESTEEL_") && !known.has(variable) && !OTHER_VARIABLES.test(variable),
    )
    .map((variable) => {
      const guess = nearest(variable, known);
      return `the variable ${variable} is no setting and has no effect${guess === null ? "" : `; did you mean ${guess}?`}`;
    });
}
