import { isJsonObject } from "../../core/json.ts";
import { JsonError, parseStrictJson } from "./strict-json.ts";

/** The parts of a request that hold an operation's input. */
export interface RawInput<Query> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  /** Null where none was sent. */
  readonly body: Uint8Array | null;
}

/**
 * The members of a body that is a JSON object; none of an empty one.
 * @param refuse makes the error for one that is something else: with what is wrong where it is no JSON, else with null
 */
export function readJsonObject(
  body: Uint8Array | null,
  refuse: (problem: string | null) => Error,
): Readonly<Record<string, unknown>> {
  if (body === null || body.length === 0) return {};
  let value: unknown;
  try {
    value = parseStrictJson(body);
  } catch (error) {
    throw error instanceof JsonError ? refuse(error.message) : error;
  }
  if (!isJsonObject(value)) throw refuse(null);
  return value;
}
