import { type TObject, Type } from "typebox";
import { Compile } from "typebox/compile";
import { Value } from "typebox/value";
import type { DatabricksOperation } from "../../contract/databricks/operation.ts";
import type { InputOf } from "../../contract/operation.ts";
import { invalidParameter, malformedRequest } from "../../core/databricks-errors.ts";
import type { DomainError } from "../../core/errors.ts";
import { isJsonObject } from "../../core/json.ts";
import { type RawInput, readJsonObject } from "../shared/json-body.ts";

/**
 * Makes the reader of one operation's input. Path, query and body become one object; members that the schema does not
 * know are dropped, as every Databricks API does (databricks-account-api.md 0, rule 4). The reader throws
 * `MALFORMED_REQUEST` for a body that cannot be read and `INVALID_PARAMETER_VALUE` that names the first member at fault.
 */
export function inputReader<Op extends DatabricksOperation>(
  operation: Op,
): (raw: RawInput<URLSearchParams>) => InputOf<Op> {
  const { params, query, body } = operation;
  const schema = Type.Object({ ...body.properties, ...query.properties, ...params.properties });
  const check = Compile(schema);
  const takesBody = Object.keys(body.properties).length > 0;
  const withBody = (bytes: RawInput<URLSearchParams>["body"], fromAddress: object) => {
    const read = readJsonObject(bytes, unreadableBody);
    const fromBody = operation.wholeBody === undefined ? read : { [operation.wholeBody]: read };
    return Value.Clean(schema, { ...withoutNulls(fromBody), ...fromAddress });
  };
  return (raw) => {
    refuseNul([...raw.query, ...Object.entries(raw.params)]);
    const fromAddress = { ...readQuery(query, raw.query), ...raw.params };
    const input = takesBody ? withBody(raw.body, fromAddress) : fromAddress;
    if (!check.Check(input)) throw invalidParameter(firstFault(check.Errors(input)));
    return input as InputOf<Op>; // the check has just established it
  };
}

/** PostgreSQL stores no such character; in a body, the reader of JSON has refused it. */
function refuseNul(given: readonly (readonly [string, string])[]): void {
  for (const [name, value] of given)
    if (value.includes("\0")) throw invalidParameter(`${name} holds a NUL character.`);
}

type Faults = ReturnType<ReturnType<typeof Compile>["Errors"]>;

/** One fault, and which: `Missing required field: x` is the service's own form. */
function firstFault(faults: Faults): string {
  for (const fault of faults) {
    const path = fault.instancePath.slice(1).replaceAll("/", ".");
    if (fault.keyword === "required") {
      const names = fault.params.requiredProperties.map((name) => (path === "" ? name : `${path}.${name}`));
      return `Missing required field: ${names.join(", ")}`;
    }
    // What a union says of itself; its members say more.
    if (fault.keyword === "anyOf") continue;
    if (fault.keyword === "const") return `${path} must be ${allowedAt(faults, fault.instancePath)}`;
    return `${path === "" ? "The request" : path} ${fault.message}`;
  }
  return "The request does not have the form that this operation takes.";
}

/** The words of which a member takes one: a union of constants has a fault for each. */
function allowedAt(faults: Faults, place: string): string {
  const words = faults.flatMap((fault) =>
    fault.keyword === "const" && fault.instancePath === place ? [String(fault.params.allowedValue)] : [],
  );
  return words.length === 1 ? words.join() : `one of ${words.join(", ")}`;
}

/**
 * A body is JSON whatever its content type says: curl's `-d` sends a form's (databricks-account-api.md 0, rule 3).
 */
function unreadableBody(problem: string | null): DomainError {
  return malformedRequest(`Invalid JSON given in the body of the request - ${problem ?? "expected a map"}`);
}

/** A null stands for an absent member, as in protocol buffers' JSON. */
function withoutNulls(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [name, isJsonObject(member) ? withoutNulls(member) : member]),
  );
}

/** Values of the types that the schema names; a text that is none stays a text, for the check to refuse. */
function readQuery(schema: TObject, query: URLSearchParams): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(schema.properties)) {
    const texts = query.getAll(name);
    const [text] = texts;
    if (text === undefined) continue;
    const type = "type" in member ? member.type : undefined;
    if (type === "array") values[name] = texts;
    else if (type === "integer" && /^-?\d{1,15}$/.test(text)) values[name] = Number(text);
    else if (type === "boolean" && /^(true|false)$/i.test(text)) values[name] = text.toLowerCase() === "true";
    else values[name] = text;
  }
  return values;
}
