import { nearest } from "./nearest.ts";
import { SETTING_NAMES, type SettingName } from "./settings.ts";

/** A configuration that cannot be used; the message says where and what would work. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export interface FileValue {
  readonly text: string;
  readonly line: number;
}

/**
 * Reads the settings out of a YAML file, as nested sections (`server:` over `port:`) or dotted names.
 * Throws {@link ConfigError} with path, line and the nearest known name.
 */
export async function parseConfigFile(
  path: string,
  source: string,
): Promise<ReadonlyMap<SettingName, FileValue>> {
  // Loaded only where there is a file: most commands have none.
  const { isMap, isScalar, isSeq, LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const lineOf = (node: unknown) => {
    const range = typeof node === "object" && node !== null && "range" in node ? node.range : null;
    return Array.isArray(range) ? lines.linePos(Number(range[0])).line : 1;
  };
  const fail = (node: unknown, problem: string): never => {
    throw new ConfigError(`${path}:${lineOf(node)}: ${problem}`);
  };

  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) {
    throw new ConfigError(
      `${path}:${syntaxError.linePos?.[0].line ?? 1}: not valid YAML: ${syntaxError.message.split("\n")[0]}`,
    );
  }

  const values = new Map<SettingName, FileValue>();
  const textOf = (name: string, node: unknown): string => {
    if (isScalar(node) && node.value !== null) return String(node.source ?? node.value);
    if (isSeq(node)) return node.items.map((item) => textOf(name, item)).join(":");
    return fail(node, `${name} has no value; remove the line to use the default`);
  };
  const visit = (prefix: string, node: unknown): void => {
    if (!isMap(node)) {
      fail(
        node,
        prefix === ""
          ? "expected sections such as `server:`"
          : `${prefix.slice(0, -1)} is a section: put its settings below it`,
      );
      return;
    }
    for (const { key, value } of node.items) {
      const name = prefix + String(isScalar(key) ? key.value : key);
      const known = SETTING_NAMES.find((candidate) => candidate === name);
      if (known !== undefined) {
        if (isMap(value)) fail(key, `${name} is a value, not a section`);
        // An empty value has no node of its own: the key's line is the place to look at.
        values.set(known, { text: textOf(name, value ?? key), line: lineOf(key) });
      } else if (SETTING_NAMES.some((candidate) => candidate.startsWith(`${name}.`)))
        visit(`${name}.`, value);
      else fail(key, unknownSetting(name));
    }
  };
  if (document.contents !== null) visit("", document.contents);
  return values;
}

/** Says that there is no such setting, and which one is near. */
export function unknownSetting(name: string): string {
  const guess = nearest(name, SETTING_NAMES);
  return `unknown setting "${name}"; ${
    guess === null ? "`firesteel config show` lists them all" : `did you mean "${guess}"?`
  }`;
}
