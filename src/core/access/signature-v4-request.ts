/** A request as it arrived, before anything decoded it. */
export interface RequestHead {
  readonly method: string;
  /** The request target up to `?`, percent-encoding kept. */
  readonly path: string;
  /** The request target after `?`; empty where there is none. */
  readonly query: string;
  /** Every header line in order, repeated names included. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export type HeaderMap = ReadonlyMap<string, readonly string[]>;

/** Headers by lower-case name, all values kept. */
export function headerMap(headers: RequestHead["headers"]): HeaderMap {
  const map = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const values = map.get(key);
    if (values === undefined) map.set(key, [value]);
    else values.push(value);
  }
  return map;
}

/**
 * Name and value pairs of a raw query, decoded; null where it is not valid percent-encoded UTF-8. A `+` is a space, as
 * the Go SDK signs it. Signature and handler must read the same pairs, so both use this function.
 */
export function queryPairs(query: string): [name: string, value: string][] | null {
  if (query === "") return [];
  try {
    return query.split("&").map((pair) => {
      const split = pair.indexOf("=");
      return split === -1
        ? [decode(pair), ""]
        : [decode(pair.slice(0, split)), decode(pair.slice(split + 1))];
    });
  } catch {
    return null;
  }
}

const decode = (text: string) => decodeURIComponent(text.replaceAll("+", " "));

/** RFC 3986: everything but letters, digits and `-._~` becomes `%XX` of its UTF-8 bytes. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The canonical query: encoded, sorted by name and then value. */
export function canonicalQuery(pairs: readonly (readonly [string, string])[]): string {
  if (pairs.length === 0) return "";
  return pairs
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The canonical path: the raw path encoded once more, as every service but S3 wants it (botocore
 * `SigV4Auth._normalize_url_path`). Null for a path with dot or empty segments: signers normalise those away, so a
 * signature would hold for a path that is not the one being served.
 */
export function canonicalPath(path: string): string | null {
  if (/^\/[A-Za-z0-9\-._~/]*$/.test(path) && !/\/[./]/.test(path)) return path;
  if (
    !path.startsWith("/") ||
    /#|[^\x21-\x7e]/.test(path) ||
    /\/(\.{0,2})\//.test(path) ||
    /\/\.{1,2}$/.test(path)
  ) {
    return null;
  }
  return path.replace(/[^A-Za-z0-9\-._~/]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Hardly any header has white space to fold, which a look tells more quickly than a replacement. */
function folded(value: string): string {
  const trimmed = value.trim();
  return /\s\s|[^\S ]/.test(trimmed) ? trimmed.replace(/\s+/g, " ") : trimmed;
}

/** One header's canonical value: each line trimmed, runs of white space folded, lines joined by commas. */
export function canonicalHeaderValue(values: readonly string[]): string {
  return values.map(folded).join(",");
}
