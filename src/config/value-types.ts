import { isIP } from "node:net";
import { isAbsolute, resolve } from "node:path";
import { isIssuerUrl } from "../core/federation/address.ts";

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

/** URLs of identity providers as their tokens name them, separated by commas. */
export const issuerList: ValueType<readonly string[]> = {
  expects: "a list of https:// URLs separated by commas",
  parse(value) {
    const issuers = value
      .split(",")
      .map((issuer) => issuer.trim())
      .filter((issuer) => issuer !== "");
    return issuers.every(isIssuerUrl) ? issuers : null;
  },
  format: (value) => value.join(","),
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

/** An address with one of these schemes, or nothing. */
export function optionalUrl(protocols: readonly string[]): ValueType<string> {
  return {
    expects: `an address with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}, or nothing`,
    parse(value) {
      const url = URL.parse(value);
      const isOne = url !== null && protocols.includes(url.protocol) && url.hostname !== "";
      return value === "" || (isOne && isDecodable(url.username + url.password)) ? value : null;
    },
    ...plain,
  };
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    // A percent sign that stands for itself, or bytes that are no UTF-8.
    return false;
  }
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

/** A host name in lower case without its last dot; empty for none. An address has no names below it. */
export const optionalDomain: ValueType<string> = {
  expects: "a domain such as spark.example.com",
  parse(value) {
    const name = value.toLowerCase().replace(/\.$/, "");
    const labels = name.split(".");
    const isName = labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
    // A deployment name of 63 characters and a dot come before it (RFC 1035 2.3.4).
    return name === "" || (isName && name.length <= 189 && isIP(name) === 0) ? name : null;
  },
  ...plain,
};

/** Scheme, host and port of a server; empty for none. */
export const optionalOrigin: ValueType<string> = {
  expects: "an address such as https://accounts.example.com",
  parse(value) {
    if (value === "") return "";
    const url = URL.parse(value);
    if (url === null || !/^https?:$/.test(url.protocol)) return null;
    return url.href === `${url.origin}/` ? url.origin : null;
  },
  ...plain,
};

/** Addresses and ranges in CIDR notation, separated by commas. */
export const addressList: ValueType<readonly string[]> = {
  expects: "a list of addresses and ranges such as 10.0.0.0/8,::1, separated by commas",
  parse(value) {
    const ranges = value
      .split(",")
      .map((range) => range.trim())
      .filter((range) => range !== "");
    return ranges.every(isRange) ? ranges : null;
  },
  format: (value) => value.join(","),
};

function isRange(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
