import { scimError } from "./scim-error.ts";

/** A SCIM filter (RFC 7644, 3.4.2.2), read. */
export type ScimFilter =
  | { readonly kind: "and" | "or"; readonly left: ScimFilter; readonly right: ScimFilter }
  | { readonly kind: "not"; readonly filter: ScimFilter }
  /** `attribute` in lower case. */
  | { readonly kind: "present"; readonly attribute: string }
  | {
      readonly kind: "compare";
      readonly attribute: string;
      readonly operator: ScimOperator;
      readonly value: string;
    };

/** Those that the service knows (databricks-workspace-api.md C10); an order of texts is not among them. */
const OPERATORS = ["eq", "ne", "co", "sw", "ew"] as const;
type ScimOperator = (typeof OPERATORS)[number];

/** Parentheses deeper than this mean that somebody tries how deep they can go. */
const MAX_DEPTH = 100;

/** Each is a call within a call of whoever looks at the filter. */
const MAX_COMPARISONS = 500;

const refused = (detail: string) => scimError("invalid", "invalidFilter", detail);

interface Token {
  readonly kind: "word" | "text" | "(" | ")";
  readonly value: string;
}

/**
 * Reads a filter. Values stand in double quotes, in single ones as Terraform's provider writes them, or bare as in
 * the vendor's own examples. Throws a SCIM error `invalidFilter`.
 */
export function parseScimFilter(text: string): ScimFilter {
  const tokens = tokenise(text);
  let position = 0;
  let comparisons = 0;
  const next = () => tokens[position++];
  const isWord = (word: string) => {
    const token = tokens[position];
    return token?.kind === "word" && token.value.toLowerCase() === word;
  };

  function either(depth: number): ScimFilter {
    let left = both(depth);
    while (isWord("or")) {
      position += 1;
      left = { kind: "or", left, right: both(depth) };
    }
    return left;
  }

  function both(depth: number): ScimFilter {
    let left = one(depth);
    while (isWord("and")) {
      position += 1;
      left = { kind: "and", left, right: one(depth) };
    }
    return left;
  }

  function one(depth: number): ScimFilter {
    if (depth > MAX_DEPTH) throw refused("The filter is nested too deeply.");
    if (isWord("not") && tokens[position + 1]?.kind === "(") {
      position += 1;
      return { kind: "not", filter: one(depth + 1) };
    }
    const token = next();
    if (token?.kind === "(") {
      const inner = either(depth + 1);
      if (next()?.kind !== ")") throw refused("The filter lacks a closing parenthesis.");
      return inner;
    }
    if (token?.kind !== "word") throw refused(`The filter lacks an attribute${before(token)}.`);
    return comparison(token.value);
  }

  function comparison(name: string): ScimFilter {
    comparisons += 1;
    if (comparisons > MAX_COMPARISONS)
      throw refused(`The filter has more than ${MAX_COMPARISONS} comparisons.`);
    const attribute = attributeKey(name);
    const operator = next();
    const word = operator?.kind === "word" ? operator.value.toLowerCase() : null;
    if (word === "pr") return { kind: "present", attribute };
    const known = OPERATORS.find((each) => each === word);
    // The service's own words: databricks-sdk-py issue 90.
    if (known === undefined) throw refused("Given filter operator is not supported.");
    const value = next();
    if (value?.kind !== "word" && value?.kind !== "text")
      throw refused(`The filter lacks a value after '${name} ${known}'.`);
    return { kind: "compare", attribute, operator: known, value: value.value };
  }

  const filter = either(0);
  const rest = tokens[position];
  if (rest !== undefined) throw refused(`The filter does not end${before(rest)}.`);
  return filter;
}

function before(token: Token | undefined): string {
  return token === undefined ? "" : ` before '${token.value}'`;
}

/** As an attribute is looked up: without the schema's URN and without regard to case. */
export function attributeKey(name: string): string {
  return name.replace(/^urn:[^ ]*:(?=[^:]+$)/i, "").toLowerCase();
}

const TOKEN = /\s*(?:([()])|"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s()"']+))/y;

function tokenise(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw refused(`The filter cannot be read from '${text.slice(at).trim()}' on.`);
    const [, parenthesis, quoted, single, word] = match;
    if (parenthesis === "(" || parenthesis === ")") tokens.push({ kind: parenthesis, value: parenthesis });
    else if (quoted !== undefined) tokens.push({ kind: "text", value: unescaped(quoted) });
    else if (single !== undefined) tokens.push({ kind: "text", value: single });
    else tokens.push({ kind: "word", value: word ?? "" });
  }
  return tokens;
}

/** A JSON string, as RFC 7644 says. */
function unescaped(quoted: string): string {
  try {
    return String(JSON.parse(`"${quoted}"`));
  } catch {
    throw refused(`'${quoted}' is not a JSON string.`);
  }
}

/** The values that a resource has for an attribute in lower case; null where the resource has no such attribute. */
export type AttributeValues = (attribute: string) => readonly string[] | null;

/**
 * Whether a resource is one that the filter asks for. Texts are compared without regard to case, as the service does.
 * Throws a SCIM error `invalidFilter` for an attribute that there is not.
 */
export function matchesScimFilter(filter: ScimFilter, valuesOf: AttributeValues): boolean {
  switch (filter.kind) {
    case "and":
      return matchesScimFilter(filter.left, valuesOf) && matchesScimFilter(filter.right, valuesOf);
    case "or":
      return matchesScimFilter(filter.left, valuesOf) || matchesScimFilter(filter.right, valuesOf);
    case "not":
      return !matchesScimFilter(filter.filter, valuesOf);
    case "present":
      return known(filter.attribute, valuesOf).length > 0;
    case "compare": {
      const wanted = filter.value.toLowerCase();
      const values = known(filter.attribute, valuesOf).map((value) => value.toLowerCase());
      if (filter.operator === "ne") return !values.includes(wanted);
      const test = TESTS[filter.operator];
      return values.some((value) => test(value, wanted));
    }
  }
}

const TESTS: Readonly<Record<Exclude<ScimOperator, "ne">, (value: string, wanted: string) => boolean>> = {
  eq: (value, wanted) => value === wanted,
  co: (value, wanted) => value.includes(wanted),
  sw: (value, wanted) => value.startsWith(wanted),
  ew: (value, wanted) => value.endsWith(wanted),
};

function known(attribute: string, valuesOf: AttributeValues): readonly string[] {
  const values = valuesOf(attribute);
  if (values === null) throw refused(`'${attribute}' is not an attribute that can be filtered by.`);
  return values;
}

/** The attributes that a filter looks at, in lower case. */
export function attributesOf(filter: ScimFilter): readonly string[] {
  switch (filter.kind) {
    case "and":
    case "or":
      return [...attributesOf(filter.left), ...attributesOf(filter.right)];
    case "not":
      return attributesOf(filter.filter);
    case "present":
    case "compare":
      return [filter.attribute];
  }
}
