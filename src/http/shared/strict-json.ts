/** The text is not JSON that can be taken; the message says where and why. */
export class JsonError extends Error {
  override readonly name = "JsonError";
}

/** Deeper than any request of ours, shallow enough for every recursive reader. */
const MAX_DEPTH = 32;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses a request body. Besides what `JSON.parse` refuses, it refuses text that two readers could understand
 * differently: broken UTF-8, a name twice in one object, the name `__proto__`, and nesting over 32 levels.
 * Throws {@link JsonError}.
 */
export function parseStrictJson(body: Uint8Array): unknown {
  const text = decode(body);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new JsonError(cause instanceof Error ? cause.message : String(cause));
  }
  refuseAmbiguity(text);
  return value;
}

function decode(body: Uint8Array): string {
  try {
    return utf8.decode(body);
  } catch {
    throw new JsonError("The body is not valid UTF-8");
  }
}

/** Walks text that is known to be JSON: only strings, braces and brackets matter. */
function refuseAmbiguity(text: string): void {
  // One entry an open brace or bracket: the names seen in an object, null in an array.
  const open: (Set<string> | null)[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === "{" || character === "[") {
      if (open.length === MAX_DEPTH)
        throw new JsonError(`The body is nested more than ${MAX_DEPTH} levels deep`);
      open.push(character === "{" ? new Set() : null);
    } else if (character === "}" || character === "]") {
      open.pop();
    } else if (character === '"') {
      const end = endOfString(text, index);
      const names = open.at(-1);
      if (names && isName(text, end)) refuseName(names, text.slice(index, end));
      index = end - 1;
    }
  }
}

/** Index after the closing quote of the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end + 1;
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text[quote - 1 - backslashes] === "\\") backslashes += 1;
  return backslashes % 2 === 1;
}

const AFTER_NAME = /[ \t\r\n]*:/y;

function isName(text: string, end: number): boolean {
  AFTER_NAME.lastIndex = end;
  return AFTER_NAME.test(text);
}

function refuseName(seen: Set<string>, token: string): void {
  const name: unknown = token.includes("\\") ? JSON.parse(token) : token.slice(1, -1);
  if (name === "__proto__") throw new JsonError("The name __proto__ cannot be used");
  if (seen.has(String(name))) throw new JsonError(`The name '${name}' occurs twice in one object`);
  seen.add(String(name));
}
