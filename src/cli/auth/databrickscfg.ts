import { CliError } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";

/** A section of `.databrickscfg`: what its SDKs call a profile. */
export interface Profile {
  readonly name: string;
  readonly values: ReadonlyMap<string, string>;
}

interface Section {
  readonly name: string;
  /** Index of the line with its name, and of the one after its last. */
  readonly from: number;
  readonly to: number;
}

/** Of the vendor's CLI, and no profile (databricks-account-api.md A10). */
const NO_PROFILE = "__settings__";

/** The profiles of a configuration file, in its order. */
export function profilesOf(text: string): Profile[] {
  const lines = text.split("\n");
  return sectionsOf(lines)
    .filter(({ name }) => name !== NO_PROFILE)
    .map(({ name, from, to }) => ({
      name,
      values: new Map(lines.slice(from + 1, to).flatMap((line) => pairOf(line) ?? [])),
    }));
}

/**
 * Writes a profile into a configuration file: `values` are set, `others` are removed where they are not among them, and
 * every other line stays as it is. Throws where a value cannot be written so that all of its readers read the same.
 */
export function withProfile(
  text: string,
  name: string,
  values: Readonly<Record<string, string>>,
  others: readonly string[],
): string {
  checkProfileName(name);
  for (const [key, value] of Object.entries(values)) checkValue(key, value);
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  const section = sectionsOf(lines).find((each) => each.name === name);
  const written = Object.entries(values).map(([key, value]) => `${key} = ${value}`);
  if (section === undefined)
    return `${[...lines, ...(lines.length > 0 && lines.at(-1) !== "" ? [""] : []), `[${name}]`, ...written].join("\n")}\n`;
  const isReplaced = (line: string) => {
    const [[key = ""] = []] = pairOf(line) ?? [];
    return key in values || others.includes(key);
  };
  const kept = lines.slice(section.from + 1, section.to).filter((line) => !isReplaced(line));
  const body = [lines[section.from] ?? "", ...written, ...kept];
  return `${[...lines.slice(0, section.from), ...body, ...lines.slice(section.to)].join("\n")}\n`;
}

/** Removes a profile, with the comments inside it. */
export function withoutProfile(text: string, name: string): string {
  const lines = text.split("\n");
  const section = sectionsOf(lines).find((each) => each.name === name);
  if (section === undefined) return text;
  return [...lines.slice(0, section.from), ...lines.slice(section.to)].join("\n");
}

function sectionsOf(lines: readonly string[]): Section[] {
  const starts = lines.flatMap((line, from) => {
    const name = /^\s*\[([^\]]*)\]/.exec(line)?.[1]?.trim();
    return name === undefined ? [] : [{ name, from }];
  });
  return starts.map(({ name, from }, index) => {
    let to = starts[index + 1]?.from ?? lines.length;
    // Blank lines and comments right above a section are read as its own.
    while (index + 1 < starts.length && to > from + 1 && /^\s*([#;].*)?$/.test(lines[to - 1] ?? "")) to -= 1;
    return { name, from, to };
  });
}

/** A list of one pair, for `flatMap`; null for a line that is none. */
function pairOf(line: string): [[string, string]] | null {
  const [, key, value] = /^\s*([^#;=:\s][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
  return key === undefined || value === undefined ? null : [[key.toLowerCase(), value]];
}

/** Throws where no file can have a profile of this name. */
export function checkProfileName(name: string): void {
  if (/^[^\s[\]](?:[^[\]\n\r]*[^\s[\]])?$/.test(name) && name !== NO_PROFILE) return;
  throw unwritable(`'${name}' cannot be the name of a profile`, "Use letters, digits, dots and hyphens.");
}

/**
 * Python's reader takes a value as it stands, Go's takes quotes away and ends it at a `#` or `;` after a space
 * (gopkg.in/ini.v1): what they would read differently is refused.
 */
function checkValue(key: string, value: string): void {
  const isPlain = value !== "" && value === value.trim() && /^[^"'`#;]/.test(value);
  const isOneLine = ![...value].some((character) => character < " " || character === "\x7f");
  if (isPlain && isOneLine && !/\s[#;]/.test(value) && !value.endsWith("\\")) return;
  throw unwritable(
    `${key} cannot be written to a profile so that every SDK reads the same`,
    "It is empty, or has quotes at its beginning, ` #` or ` ;` in it, or spaces, line breaks or a backslash at an end.",
  );
}

function unwritable(message: string, hint: string): CliError {
  return new CliError(message, { exitCode: EXIT_CODES.usage, hint });
}
