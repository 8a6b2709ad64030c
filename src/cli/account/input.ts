import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import type { AnyDatabricksOperation } from "../../contract/databricks/operation.ts";
import { isJsonObject } from "../../core/json.ts";
import type { Context } from "../context.ts";
import { messageOf } from "../errors.ts";
import type { OperationInput } from "./account-client.ts";
import { kebabCase, type Member, membersOf, parseJson, usage } from "./members.ts";

/** The options of an operation, by the part of the request that they go to. */
export interface OperationMembers {
  /** Path parameters, without the account's. */
  readonly params: readonly Member[];
  readonly query: readonly Member[];
  readonly body: readonly Member[];
  readonly takesBody: boolean;
}

export function operationMembers(operation: AnyDatabricksOperation): OperationMembers {
  const params = [...operation.path.matchAll(/\{(\w+)\}/g)]
    .map(([, name = ""]) => name)
    .filter((name) => name !== "account_id");
  const ofPath = membersOf({
    type: "object",
    required: params,
    properties: Object.fromEntries(params.map((name) => [name, { type: "string" }])),
  });
  // Nothing is known of the input of an operation that is not performed: it takes any body, and says what it is.
  if (!operation.implemented)
    return { params: ofPath, query: [], body: [], takesBody: operation.method !== "GET" };
  const known = new Set(params);
  const others = (members: readonly Member[]) =>
    members.filter(({ path: [first = ""] }) => !known.has(first));
  return {
    params: ofPath,
    query: others(membersOf(operation.query)),
    body: others(membersOf(operation.body)),
    takesBody: Object.keys(operation.body.properties).length > 0,
  };
}

/**
 * What the options and `--json` give; single options win. Throws with exit code 2 where a path parameter is missing or
 * a value has not the form that the operation takes: all else the server judges.
 */
export async function operationInput(
  { params, query, body, takesBody }: OperationMembers,
  values: Readonly<Record<string, unknown>>,
  json: string | undefined,
  context: Pick<Context, "io">,
): Promise<OperationInput> {
  const whole = json === undefined ? {} : await readWhole(json, context);
  const members = body.reduce<Json>(
    (made, { path, flag, toWire }) => withMember(made, path, toWire(values[flag])),
    whole,
  );
  return {
    params: Object.fromEntries(
      params.map(({ path: [name = ""], flag }) => {
        const value = values[flag];
        if (typeof value !== "string" || value === "") throw usage(`--${kebabCase(name)} is missing`);
        return [name, value];
      }),
    ),
    query: query.flatMap(({ path, flag, toWire }) => {
      const value = toWire(values[flag]);
      if (value === undefined) return [];
      return [value].flat().map((each): [string, string] => [path.join("."), String(each)]);
    }),
    body: takesBody ? members : undefined,
  };
}

type Json = Readonly<Record<string, unknown>>;

/** The body in `{…}`, in the file that `@` names, or in what `-` reads. */
async function readWhole(source: string, { io }: Pick<Context, "io">): Promise<Json> {
  let text = source;
  if (source === "-") text = (await buffer(io.stdin)).toString("utf8");
  else if (source.startsWith("@")) {
    text = await readFile(source.slice(1), "utf8").catch((error: unknown) => {
      throw usage(`--json ${source}: ${messageOf(error)}`);
    });
  }
  const value = parseJson(source.length > 1 && source !== text ? `--json ${source}` : "--json", text);
  if (isJsonObject(value)) return value;
  throw usage(
    "--json: expected an object",
    'Such as: --json \'{"name": "value"}\', --json @file.json or --json -',
  );
}

function withMember(whole: Json, [name, ...below]: readonly string[], value: unknown): Json {
  if (value === undefined || name === undefined) return whole;
  const inner = whole[name];
  if (below.length === 0) return { ...whole, [name]: value };
  return { ...whole, [name]: withMember(isJsonObject(inner) ? inner : {}, below, value) };
}
