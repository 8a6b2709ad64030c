/** Everything that a browser sees of Spark's pages is below this. */
export const SPARK_UI = "/spark-ui";

/** Where a token is exchanged for a session. */
export const OPEN_PATH = `${SPARK_UI}/open`;

export function openPath(token: string): string {
  return `${OPEN_PATH}?token=${encodeURIComponent(token)}`;
}

/** Where a session's pages are, without a slash at the end. */
export function sessionPath(sessionId: string): string {
  return `${SPARK_UI}/${sessionId}`;
}

/** A path below a session's, which starts with a slash and never leaves it, and a query with its question mark. */
export interface InsidePath {
  readonly path: string;
  readonly query: string;
}

/** What is asked for below a session's path; null for what two readers could understand differently. */
export function insidePath(url: string, base: string): InsidePath | null {
  if (!url.startsWith(`${base}/`)) return null;
  const split = url.indexOf("?");
  const path = url.slice(base.length, split < 0 ? undefined : split);
  const query = split < 0 ? "" : url.slice(split);
  // Jetty takes `;x` off each segment, and `%2f` may or may not be a slash: no link of Spark's has either.
  if (/[^\x21-\x7e]|[\\;#]|%(?:2f|5c|3b|00)|%(?![0-9a-f]{2})/i.test(path)) return null;
  if (/[^\x21-\x7e]|#/.test(query)) return null;
  const segments = path.split("/").map((segment) => segment.replace(/%2e/gi, "."));
  if (path.startsWith("//") || segments.includes(".") || segments.includes("..")) return null;
  return { path, query };
}

/** Where a redirect of the pages on `host` leads, below the session; null where it leads elsewhere. */
export function insideLocation(location: string, base: string, host: string): string | null {
  const target = URL.parse(location, `http://${host}/`);
  if (target === null || target.host !== host || target.protocol !== "http:") return null;
  const isInside = target.pathname === base || target.pathname.startsWith(`${base}/`);
  return (isInside ? "" : base) + target.pathname + target.search + target.hash;
}
