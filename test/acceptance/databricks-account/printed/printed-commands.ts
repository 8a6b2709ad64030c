import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { text as textOf } from "node:stream/consumers";

/** A value of each placeholder, such as `<databricks-network-id>`, by its name. */
export type Placeholders = Map<string, string>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PLACEHOLDER = /<([^<>]+)>/g;

/** The sections of a file of printed commands and answers, by their names. */
export async function printedSections(path: URL): Promise<ReadonlyMap<string, string>> {
  const [, ...sections] = (await readFile(path, "utf8")).split(/^### /m);
  return new Map(
    sections.map((section) => {
      const [title = "", ...lines] = section.split("\n");
      return [title.replace(/ \(line \d+\)$/, ""), lines.join("\n").trimEnd()];
    }),
  );
}

/** What has happened to commands in print, undone; answers how often each was. */
export function mend(command: string): { text: string; backslashes: number; quotes: number } {
  let backslashes = 0;
  let quotes = 0;
  const text = command
    // `curl -X POST` and a URL end their lines although the command goes on.
    .replace(/^( *curl -X [A-Z]+| *'https:[^'\n]*')\n/gm, (_line, kept: string) => {
      backslashes += 1;
      return `${kept} \\\n`;
    })
    // A shell puts no variable into single quotes.
    .replace(/'(Authorization: Bearer \$OAUTH_TOKEN)'/g, (_quoted, header: string) => {
      quotes += 1;
      return `"${header}"`;
    });
  return { text, backslashes, quotes };
}

/** The text with the value of each placeholder. Throws where one has none. */
export function fill(printed: string, placeholders: Placeholders): string {
  return printed.replace(PLACEHOLDER, (_whole, name: string) => {
    const value = placeholders.get(name);
    if (value === undefined) throw new Error(`<${name}> has no value yet`);
    return value;
  });
}

/**
 * Differences of an answer from a printed one, each as a sentence. A number in print (ids and times are all there are)
 * stands for any, a UUID for any UUID, and a placeholder without a value for any text, which it then has. What the
 * answer has beside what is printed is named in `more`.
 */
export function differences(
  printed: unknown,
  answer: unknown,
  placeholders: Placeholders,
  more: string[],
  at = "",
): string[] {
  const differs = [`${at}: ${JSON.stringify(answer)} where ${JSON.stringify(printed)} is printed`];
  if (typeof printed === "number") return Number.isSafeInteger(answer) && Number(answer) > 0 ? [] : differs;
  if (typeof printed === "string") return isAs(printed, answer, placeholders) ? [] : differs;
  if (typeof printed !== "object" || printed === null) return printed === answer ? [] : differs;
  if (typeof answer !== "object" || answer === null) return differs;
  if (Array.isArray(printed) !== Array.isArray(answer)) return differs;
  const given = new Map(Object.entries(answer));
  const expected = Object.entries(printed);
  const names = new Set(expected.map(([name]) => name));
  for (const name of given.keys()) if (!names.has(name)) more.push(`${at}${name}`);
  return expected.flatMap(([name, value]) =>
    differences(value, given.get(name), placeholders, more, `${at}${name}.`),
  );
}

function isAs(printed: string, answer: unknown, placeholders: Placeholders): boolean {
  if (typeof answer !== "string" || answer === "") return false;
  const name = new RegExp(`^${PLACEHOLDER.source}$`).exec(printed)?.[1];
  if (name !== undefined && !placeholders.has(name)) placeholders.set(name, answer);
  return UUID.test(printed) ? UUID.test(answer) : fill(printed, placeholders) === answer;
}

/** Runs a command as a shell does that nobody sits at: what it asks for, it gets from `input`. Answers the JSON it prints. */
export async function runCommand(
  command: string,
  environment: Readonly<Record<string, string>>,
  input = "",
): Promise<Record<string, unknown>> {
  // Without a terminal of its own: `curl -u NAME` would ask there for the password.
  const shell = spawn("/bin/sh", ["-c", command], { env: { ...environment }, detached: true });
  const exited = once(shell, "exit");
  shell.stdin.end(input);
  const [stdout, stderr] = await Promise.all([textOf(shell.stdout), textOf(shell.stderr)]);
  const [exitCode] = await exited;
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}:\n${command}\n${stderr}`);
  return stdout === "" ? {} : JSON.parse(stdout);
}
