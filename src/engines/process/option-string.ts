/**
 * Splits a string of JVM options as Spark's launcher does (`CommandBuilderUtils.parseOptionString`): white space
 * separates, quotes of both kinds group, a backslash escapes the next character except inside single quotes.
 * Throws where a quote is left open.
 */
export function splitOptionString(text: string): string[] {
  const options: string[] = [];
  let option: string | null = null;
  let quote: string | null = null;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === "\\" && quote !== "'") {
      index += 1;
      option = (option ?? "") + text.charAt(index);
    } else if (quote === null && /\s/.test(character)) {
      if (option !== null) options.push(option);
      option = null;
    } else if (quote === null && (character === '"' || character === "'")) {
      quote = character;
      option ??= "";
    } else if (character === quote) quote = null;
    else option = (option ?? "") + character;
  }
  if (quote !== null) throw new Error(`Invalid option string: ${text}`);
  if (option !== null) options.push(option);
  return options;
}
