/** Properties by key, as in a `java.util.Properties` file. */
export type Properties = Readonly<Record<string, string>>;

/** Writes what `java.util.Properties.load` reads back to the same keys and values, in any of its encodings. */
export function formatProperties(properties: Properties): string {
  return Object.entries(properties)
    .map(([key, value]) => `${escapeKey(key)}=${escapeValue(value)}\n`)
    .join("");
}

/** Reads a properties file as `java.util.Properties.load` does; of two values for a key the later one stands. */
export function parseProperties(text: string): Record<string, string> {
  const pairs = Array.from(logicalLines(text), splitLine);
  return Object.fromEntries(pairs.map(([key, value]) => [unescapeText(key), unescapeText(value)]));
}

const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f" };

function escapeKey(key: string): string {
  return escapeText(key).replace(/[ =:#!]/g, "\\$&");
}

function escapeValue(value: string): string {
  return escapeText(value).replace(/^ /, "\\ ");
}

function escapeText(text: string): string {
  return (
    text
      .replaceAll("\\", "\\\\")
      .replace(/[\n\r\t\f]/g, (character) => ESCAPES[character] ?? character)
      // Log4j reads its file as Latin-1 and Spark reads its own as UTF-8: escapes mean the same in both.
      .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
  );
}

/** Joins lines that a backslash continues; leaves out comments and blank lines. */
function* logicalLines(text: string): Generator<string> {
  let pending: string | null = null;
  for (const physical of text.split(/\r\n|\n|\r/)) {
    const line: string = physical.replace(/^[ \t\f]+/, "");
    if (pending === null && (line === "" || line.startsWith("#") || line.startsWith("!"))) continue;
    const joined: string = (pending ?? "") + line;
    const trailing = /\\*$/.exec(joined)?.[0].length ?? 0;
    if (trailing % 2 === 1) {
      pending = joined.slice(0, -1);
      continue;
    }
    pending = null;
    yield joined;
  }
  if (pending !== null) yield pending;
}

function splitLine(line: string): [key: string, value: string] {
  const match = /^((?:\\.|[^\\=: \t\f])*)[ \t\f]*[=:]?[ \t\f]*(.*)$/s.exec(line);
  return [match?.[1] ?? "", match?.[2] ?? ""];
}

function unescapeText(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_whole, code: string | undefined, plain: string) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return { n: "\n", r: "\r", t: "\t", f: "\f" }[plain] ?? plain;
  });
}
