/** The text is not JSON that can be taken; the message says where and why. */
export class JsonError extends Error {
  override readonly name = "JsonError";
}

/** Deeper than any request of ours, shallow enough for every recursive reader. */
const MAX_DEPTH = 32;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses a request body. Besides what `JSON.parse` refuses, it refuses text that two readers could understand
 * differently: broken UTF-8, a name twice in one object, the name `__proto__`, half a surrogate pair (which no UTF-8
 * has, so that two such texts would be stored as one), a NUL character (which ends a text for some readers and which
 * PostgreSQL does not store), and nesting over 32 levels.
 * Throws {@link JsonError}.
 */
export function parseStrictJson(body: Uint8Array): unknown {
  const text = decode(body);
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new JsonError(cause instanceof Error ? cause.message : String(cause));
  }
  return new Reader(text).value(0);
}

function decode(body: Uint8Array): string {
  try {
    return utf8.decode(body);
  } catch {
    throw new JsonError("The body is not valid UTF-8");
  }
}

/** A number, `true`, `false` or `null`. */
const LITERAL = /[-+.\w]+/y;
/** In JSON nothing up to this character is anything but white space. */
const SPACE = 0x20;

/**
 * Reads text that `JSON.parse` has found to be JSON. Its value is read anew because V8's answer depends on what it
 * parsed before: in 14.6, after an object with the name `\`, it reads `{"\"":1}` as `{"\\":1}` (it compares the name
 * that it expects next with the text before its escapes are undone).
 */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): unknown {
    this.#skipSpace();
    const first = this.#text[this.#at];
    if (first === '"') return this.#string();
    if (first !== "{" && first !== "[") return this.#literal();
    if (depth === MAX_DEPTH) throw new JsonError(`The body is nested more than ${MAX_DEPTH} levels deep`);
    return first === "{" ? this.#object(depth + 1) : this.#array(depth + 1);
  }

  #object(depth: number): object {
    const members: Record<string, unknown> = {};
    while (!this.#closes("}")) {
      const name = this.#string();
      if (name === "__proto__") throw new JsonError("The name __proto__ cannot be used");
      if (Object.hasOwn(members, name)) throw new JsonError(`The name '${name}' occurs twice in one object`);
      this.#skipSpace();
      this.#at += 1; // the colon
      members[name] = this.value(depth);
    }
    return members;
  }

  #array(depth: number): unknown[] {
    const elements: unknown[] = [];
    while (!this.#closes("]")) elements.push(this.value(depth));
    return elements;
  }

  /** Steps over the opening bracket or a comma, or over the closing bracket, which it tells. */
  #closes(bracket: string): boolean {
    this.#skipSpace();
    const closing = this.#text[this.#at] === bracket;
    this.#at += 1;
    if (closing) return true;
    this.#skipSpace();
    // Only an empty object or array closes right after it was opened: JSON has no comma before a closing bracket.
    if (this.#text[this.#at] !== bracket) return false;
    this.#at += 1;
    return true;
  }

  #string(): string {
    const start = this.#at;
    let end = this.#text.indexOf('"', start + 1);
    while (this.#isEscaped(end)) end = this.#text.indexOf('"', end + 1);
    this.#at = end + 1;
    const plain = this.#text.slice(start + 1, end);
    if (!plain.includes("\\")) return plain;
    const text = String(JSON.parse(this.#text.slice(start, end + 1)));
    if (!text.isWellFormed())
      throw new JsonError("A text holds half a surrogate pair, which is no character");
    if (text.includes("\0")) throw new JsonError("A text holds the NUL character, which cannot be stored");
    return text;
  }

  #isEscaped(quote: number): boolean {
    let backslashes = 0;
    while (this.#text[quote - 1 - backslashes] === "\\") backslashes += 1;
    return backslashes % 2 === 1;
  }

  #literal(): unknown {
    LITERAL.lastIndex = this.#at;
    const literal = LITERAL.exec(this.#text)?.[0] ?? "";
    this.#at += literal.length;
    return JSON.parse(literal);
  }

  #skipSpace(): void {
    while (this.#text.charCodeAt(this.#at) <= SPACE) this.#at += 1;
  }
}
