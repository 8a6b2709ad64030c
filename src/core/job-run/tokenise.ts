import { invalid } from "../errors.ts";

/**
 * Splits `sparkSubmitParameters` into arguments as a shell would: white space separates (line breaks too, and a
 * backslash before one is nothing: the guide prints both inside strings, emr-b.md E10 and E13), single quotes keep
 * everything, double quotes keep all but `\"` and `\\`, a backslash outside quotes keeps the next character.
 * Throws a DomainError of kind `invalid` for quotes that do not close.
 */
export function tokenise(text: string, member: string): string[] {
  const tokens: string[] = [];
  let token: string | null = null;
  let quote: '"' | "'" | null = null;
  let quoteStart = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (quote !== null) {
      if (character === quote) quote = null;
      else if (quote === '"' && character === "\\" && /["\\\n]/.test(text.charAt(index + 1))) {
        index += 1;
        if (text.charAt(index) !== "\n") token = (token ?? "") + text.charAt(index);
      } else token = (token ?? "") + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      quoteStart = index;
      token ??= "";
    } else if (character === "\\") {
      const escaped = /^\r?\n/.exec(text.slice(index + 1, index + 3));
      if (escaped !== null) index += escaped[0].length;
      else if (index + 1 < text.length) {
        index += 1;
        token = (token ?? "") + text.charAt(index);
      } else throw invalid(`${member} ends in a backslash: remove it, or double it to mean a backslash.`);
    } else if (/\s/.test(character)) {
      if (token !== null) tokens.push(token);
      token = null;
    } else token = (token ?? "") + character;
  }
  if (quote !== null) {
    throw invalid(
      `${member} has an unbalanced ${quote} at character ${quoteStart + 1}: close it, or put a backslash before it.`,
    );
  }
  if (token !== null) tokens.push(token);
  return tokens;
}
