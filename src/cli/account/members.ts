import type { TObject, TSchema } from "typebox";
import { list, type Parameter, text } from "../command.ts";
import { COMMON_OPTIONS, SETTING_OPTIONS } from "../common-options.ts";
import { CliError } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";

/** A member of an operation's input that an option gives. */
export interface Member {
  /** Where it stands: `["aws_credentials", "sts_role", "role_arn"]`. */
  readonly path: readonly string[];
  /** `aws-credentials.sts-role.role-arn`. */
  readonly flag: string;
  readonly isRequired: boolean;
  readonly parameter: Parameter<string | undefined> | Parameter<readonly string[]>;
  /** The value on the wire; undefined where the option was not given. */
  toWire(given: unknown): unknown;
}

/** What JSON Schema says of a member, as far as options need it. */
interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly patternProperties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
}

/** Names that mean something else on every command line. */
const TAKEN: ReadonlySet<string> = new Set([
  "help",
  "json",
  "wait",
  "endpoint-url",
  "account-id",
  ...[...Object.values(COMMON_OPTIONS).map(({ syntax }) => syntax), ...Object.keys(SETTING_OPTIONS)].map(
    (syntax) => /--([\w-]+)/.exec(syntax)?.[1] ?? "",
  ),
]);

/** The options for a schema's members; what has none, such as a list of objects in a list, is left to `--json`. */
export function membersOf(schema: TObject | TSchema): Member[] {
  // A schema is a JSON Schema object.
  return membersBelow(schema as Shape, [], true);
}

function membersBelow(shape: Shape, above: readonly string[], isRequired: boolean): Member[] {
  return Object.entries(shape.properties ?? {}).flatMap(([name, member]) => {
    const path = [...above, name];
    const mustBe = isRequired && (shape.required ?? []).includes(name);
    if (member.properties !== undefined && Object.keys(member.properties).length > 0)
      return membersBelow(member, path, mustBe);
    const flag = path.map(kebabCase).join(".");
    // `--no-…` would be the parser's word for the opposite of an option.
    if (!/^(?!no-)[a-z][a-z0-9.-]*$/.test(flag) || TAKEN.has(flag)) return [];
    return [memberOf(member, path, flag, mustBe)];
  });
}

function memberOf(shape: Shape, path: readonly string[], flag: string, isRequired: boolean): Member {
  const option = (placeholder: string, isList: boolean, read: (text: string) => unknown): Member => {
    const syntax = `--${flag} <${placeholder}>`;
    const words = isRequired ? "required" : "optional";
    return {
      path,
      flag,
      isRequired,
      parameter: isList ? list(syntax, words) : text(syntax, words),
      toWire: (given) => (typeof given === "string" ? read(given) : undefined),
    };
  };
  const ofList = (member: Member, value: (texts: readonly string[]) => unknown): Member => ({
    ...member,
    toWire: (given) => (Array.isArray(given) && given.length > 0 ? value(given.map(String)) : undefined),
  });

  const choices = shape.anyOf?.map((choice) => choice.const);
  if (choices?.every((choice) => typeof choice === "string")) return option(choices.join("|"), false, same);
  const number = (text: string) => numberOf(flag, text);
  switch (shape.type) {
    case "string":
      return option(placeholderOf(path), false, same);
    case "integer":
    case "number":
      return option("number", false, number);
    case "boolean":
      return option("true|false", false, (text) => booleanOf(flag, text));
    case "array": {
      const { items } = shape;
      const itemChoices = items?.anyOf?.map((choice) => choice.const);
      if (itemChoices?.every((choice) => typeof choice === "string"))
        return ofList(option(itemChoices.join("|"), true, same), same);
      if (items?.type === "string")
        return ofList(option(placeholderOf(path).replace(/s$/, ""), true, same), same);
      if (items?.type === "integer" || items?.type === "number")
        return ofList(option("number", true, number), (texts) => texts.map(number));
      break;
    }
    case "object":
      if (shape.patternProperties !== undefined && isOfTexts(shape.patternProperties))
        return ofList(option("name=value", true, same), (texts) => pairs(flag, texts));
  }
  return option("json", false, (text) => parseJson(`--${flag}`, text));
}

/** Parses what an option gives; throws with its name where it is not JSON. */
export function parseJson(source: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usage(`${source} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

/** `deployment_name` and `deploymentName` as options have them. */
export function kebabCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
}

export function usage(message: string, hint?: string): CliError {
  return new CliError(message, { exitCode: EXIT_CODES.usage, ...(hint !== undefined && { hint }) });
}

const same = <Value>(value: Value): Value => value;

function placeholderOf(path: readonly string[]): string {
  return kebabCase(path.at(-1) ?? "").replace(/^.*-(?=[a-z0-9]+$)/, "");
}

function isOfTexts(patterns: Readonly<Record<string, Shape>>): boolean {
  return Object.values(patterns).every(({ type }) => type === "string");
}

function numberOf(flag: string, text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number)) throw usage(`--${flag} ${text}: expected a number`);
  return number;
}

function booleanOf(flag: string, text: string): boolean {
  if (text !== "true" && text !== "false") throw usage(`--${flag} ${text}: expected true or false`);
  return text === "true";
}

function pairs(flag: string, texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf("=");
      if (at < 1) throw usage(`--${flag} ${text}: expected name=value`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
