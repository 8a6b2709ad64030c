import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "./command.ts";

/** What of pip's own configuration says how to reach the package index. */
export interface PipConfiguration {
  readonly indexUrl: string;
  /** File of trusted authorities in PEM; null for the usual ones. */
  readonly certificates: string | null;
  readonly proxy: string | null;
}

/** pip's own default. */
const DEFAULT_INDEX = "https://pypi.org/simple";

/**
 * Reads pip's configuration as pip does: PIP_ variables, then the file that PIP_CONFIG_FILE names, the user's, the
 * machine's; `[install]` before `[global]` (pip.pypa.io, "Configuration").
 */
export function readPipConfiguration(environment: Environment): PipConfiguration {
  const files = configurationFiles(environment).filter((file) => existsSync(file));
  const sections = files.map((file) => parseIni(readFileSync(file, "utf8")));
  const find = (key: string): string | null => {
    const variable = environment[`PIP_${key.toUpperCase().replaceAll("-", "_")}`];
    if (variable !== undefined && variable !== "") return variable;
    for (const values of sections) {
      const value = values.get(`install.${key}`) ?? values.get(`global.${key}`);
      if (value !== undefined) return value;
    }
    return null;
  };
  const { REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, SSL_CERT_FILE } = environment;
  return {
    indexUrl: find("index-url") ?? DEFAULT_INDEX,
    certificates: find("cert") ?? REQUESTS_CA_BUNDLE ?? CURL_CA_BUNDLE ?? SSL_CERT_FILE ?? null,
    proxy: find("proxy"),
  };
}

/** From the strongest to the weakest. */
function configurationFiles(environment: Environment): string[] {
  const { HOME: home = "/", PIP_CONFIG_FILE: named } = environment;
  // pip reads no file at all then.
  if (named === "/dev/null") return [];
  const userDirectory = environment.XDG_CONFIG_HOME ?? join(home, ".config");
  const machineDirectories = (environment.XDG_CONFIG_DIRS ?? "/etc/xdg").split(":");
  return [
    ...(named === undefined || named === "" ? [] : [named]),
    join(userDirectory, "pip", "pip.conf"),
    join(home, "Library", "Application Support", "pip", "pip.conf"),
    join(home, ".pip", "pip.conf"),
    "/etc/pip.conf",
    ...machineDirectories.map((directory) => join(directory, "pip", "pip.conf")),
  ];
}

/** `section.key` to value; continuation lines, which none of our keys has, are left out. */
function parseIni(text: string): Map<string, string> {
  const values = new Map<string, string>();
  let section = "";
  for (const line of text.split(/\r?\n/)) {
    const header = /^\[([^\]]+)\]/.exec(line);
    const entry = /^([A-Za-z][\w-]*)\s*[=:]\s*(.*)$/.exec(line);
    if (header?.[1] !== undefined) section = header[1].trim();
    else if (entry?.[1] !== undefined && entry[2] !== undefined) {
      values.set(`${section}.${entry[1].replaceAll("_", "-").toLowerCase()}`, entry[2].trim());
    }
  }
  return values;
}
