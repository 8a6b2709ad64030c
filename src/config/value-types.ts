import { isAbsolute, resolve } from "node:path";

/** How the text of a setting becomes a value, and back. */
export interface ValueType<Value> {
  /** What is allowed, to follow "is not …", such as `a port from 0 to 65535`. */
  readonly expects: string;
  /** Null where the text is not one; `base` is the directory that relative paths start from. */
  parse(text: string, base: string): Value | null;
  format(value: Value): string;
}

const LIST_SEPARATOR = ":";
const BYTE_UNITS = ["", "k", "m", "g", "t", "p"] as const;

const plain = { format: (value: unknown) => String(value) };

export const text: ValueType<string> = { expects: "a text", parse: (value) => value, ...plain };

export const directory: ValueType<string> = {
  expects: "a path",
  parse: (value, base) => (value === "" ? null : resolve(base, value)),
  ...plain,
};

/** A path that may be left empty, which means "search". */
export const optionalPath: ValueType<string> = {
  expects: "a path",
  parse: (value, base) => (value === "" ? "" : resolve(base, value)),
  ...plain,
};

/** Absolute paths, separated by colons as in `PATH`. */
export const directoryList: ValueType<readonly string[]> = {
  expects: "a list of absolute paths separated by colons",
  parse(value) {
    const paths = value.split(LIST_SEPARATOR).filter((path) => path !== "");
    return paths.every((path) => isAbsolute(path)) ? paths.map((path) => resolve(path)) : null;
  },
  format: (value) => value.join(LIST_SEPARATOR),
};

export const boolean: ValueType<boolean> = {
  expects: "true or false",
  parse(value) {
    if (["true", "yes", "on", "1"].includes(value)) return true;
    return ["false", "no", "off", "0"].includes(value) ? false : null;
  },
  ...plain,
};

/** A text that matches a pattern as a whole. */
export function matching(pattern: RegExp, expects: string): ValueType<string> {
  return { expects, parse: (value) => (pattern.test(value) ? value : null), ...plain };
}

/** One of a few words. */
export function choice<const Word extends string>(words: readonly Word[]): ValueType<Word> {
  return {
    expects: `one of ${words.join(", ")}`,
    parse: (value) => words.find((word) => word === value) ?? null,
    ...plain,
  };
}

/** A number within bounds, both included. */
export function number(
  expects: string,
  bounds: { min: number; max?: number; whole?: boolean },
): ValueType<number> {
  return {
    expects,
    parse(value) {
      if (!/^\d+(\.\d+)?$/.test(value)) return null;
      const parsed = Number(value);
      if (parsed < bounds.min || parsed > (bounds.max ?? Number.MAX_SAFE_INTEGER)) return null;
      return bounds.whole === true && !Number.isInteger(parsed) ? null : parsed;
    },
    ...plain,
  };
}

/** A size in bytes; units are powers of 1024 as Java and Spark write them: `8g`, `512m`, `1.5g`, `8GiB`. */
export const bytes: ValueType<number> = {
  expects: "a size such as 8g, 512m or a number of bytes",
  parse(value) {
    const match = /^(\d+(?:\.\d+)?)\s*(?:([kmgtp]?)(?:i?b)?)$/i.exec(value);
    if (match?.[1] === undefined) return null;
    const power = BYTE_UNITS.findIndex((unit) => unit === (match[2] ?? "").toLowerCase());
    const size = Math.floor(Number(match[1]) * 1024 ** power);
    return size > 0 ? size : null;
  },
  format(value) {
    for (let power = BYTE_UNITS.length - 1; power > 0; power--) {
      const scaled = value / 1024 ** power;
      if (scaled >= 1) return `${Math.round(scaled * 10) / 10}${BYTE_UNITS[power]}`;
    }
    return String(value);
  },
};
