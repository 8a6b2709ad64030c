import type { Random } from "./random.ts";

/** Characters that somebody's parser treats in a way of its own. */
const AWKWARD = [
  "",
  " ",
  "\t",
  "\n",
  "\r",
  "\r\n",
  "\0",
  "\u0001",
  "\u001b",
  "\u007f",
  "\u0085",
  "\u00a0",
  "\u2028",
  "\ufeff",
  "\ufffe",
  "\uffff",
  "\ud800",
  "\udc00",
  "'",
  '"',
  "`",
  "\\",
  "\\\\",
  "/",
  "//",
  ".",
  "..",
  "../",
  "..\\",
  "%2e%2e%2f",
  "%00",
  "%",
  "$",
  "$" + "{x}",
  "$(x)",
  "<",
  ">",
  "&",
  "&amp;",
  "]]>",
  "#",
  "!",
  "=",
  ":",
  ";",
  ",",
  "*",
  "?",
  "[",
  "]",
  "{",
  "}",
  "|",
  "~",
  "-",
  "--",
  "+",
  "@",
  "ä",
  "e\u0301",
  "中",
  "\u{1F525}",
  "__proto__",
  "constructor",
  "toString",
  "null",
  "NaN",
  "-0",
  "1e999",
  "\\u0041",
  "a",
  "Z",
  "0",
  "spark",
];

/** A text of up to `most` pieces, most of which some parser stumbles over. */
export function awkwardText(random: Random, most = 12): string {
  let text = "";
  for (let left = random.between(0, most); left > 0; left -= 1) {
    text += random.chance(0.7)
      ? random.pick(AWKWARD)
      : String.fromCharCode(random.between(0, random.chance(0.8) ? 0x7f : 0xffff));
  }
  return text;
}

/** The text with one small change somewhere; always another text. */
export function mutated(random: Random, text: string): string {
  for (;;) {
    const at = random.between(0, text.length);
    const cut = random.between(0, 2);
    const changed = text.slice(0, at) + awkwardText(random, 2) + text.slice(at + cut);
    if (changed !== text) return changed;
  }
}

/** Any value that JSON has, some of it deep. */
export function jsonValue(random: Random, depth = 4): unknown {
  const kind = random.between(0, depth > 0 ? 7 : 5);
  switch (kind) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
      return random.pick([0, -0, 1, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 5e-324, 0.1]);
    case 3:
    case 4:
    case 5:
      return random.chance(0.02) ? "x".repeat(random.between(200, 5_000)) : awkwardText(random);
    case 6:
      return random.list(random.between(0, 4), () => jsonValue(random, depth - 1));
    default:
      return Object.fromEntries(
        random.list(random.between(0, 4), () => [awkwardText(random, 2), jsonValue(random, depth - 1)]),
      );
  }
}
