import type { FlagValue } from "../config/load.ts";
import { flag, list, text } from "./command.ts";
import type { OutputFormat } from "./output/printer.ts";

/** Options that every command takes. */
export const COMMON_OPTIONS = {
  output: text("-o, --output <format>", "table for people or json for scripts (default: table)"),
  utc: flag("--utc", "show times in UTC instead of local time"),
  dataDir: text("--data-dir <dir>", "the server's data directory (FIRESTEEL_DATA_DIR)"),
  config: text("--config <file>", "YAML file with settings (FIRESTEEL_CONFIG)"),
  set: list("--set <name=value>", "set any setting that `firesteel config show` lists"),
} as const;

export interface CommonValues {
  readonly format: OutputFormat | { readonly unknown: string };
  readonly utc: boolean;
  readonly configFile: string | null;
  readonly flags: readonly FlagValue[];
}

/** Options of single commands that are settings under another name. */
export const SETTING_OPTIONS: Readonly<Record<string, string>> = {
  "--data-dir": "dataDir",
  "--port": "server.port",
  "--host": "server.host",
  "--domain": "server.domain",
  "--tls": "tls.enabled",
  "--log-level": "log.level",
};

/** Reads what the parser found, by long option name such as `--data-dir`. */
export function readCommonValues(given: ReadonlyMap<string, unknown>): CommonValues {
  const output = COMMON_OPTIONS.output.read(given.get("--output")) ?? "table";
  const flags = COMMON_OPTIONS.set.read(given.get("--set")).map((assignment) => {
    const at = assignment.indexOf("=");
    const [setting, value] = at < 0 ? [assignment, ""] : [assignment.slice(0, at), assignment.slice(at + 1)];
    return { setting, text: value, flag: "--set" };
  });
  for (const [flagName, setting] of Object.entries(SETTING_OPTIONS)) {
    const value = given.get(flagName);
    if (typeof value === "string" || value === true)
      flags.push({ setting, text: String(value), flag: flagName });
  }
  return {
    format: output === "table" || output === "json" ? output : { unknown: output },
    utc: COMMON_OPTIONS.utc.read(given.get("--utc")),
    configFile: COMMON_OPTIONS.config.read(given.get("--config")) ?? null,
    flags,
  };
}
