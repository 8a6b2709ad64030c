import { type TObject, Type } from "typebox";
import type { InputOf, Operation } from "../../contract/operation.ts";
import { queryPairs } from "../../core/access/signature-v4-request.ts";
import { DomainError, invalid } from "../../core/errors.ts";
import { type RawInput, readJsonObject } from "../shared/json-body.ts";
import { compileConstraints, type Faults } from "./constraints.ts";

/**
 * Makes the reader of one operation's input: path, query and body become one object of the model's members, checked.
 * The query is the raw one, without `?`. The reader throws DomainErrors of kind `invalid`: `SerializationException` for
 * what cannot be read at all, `ValidationException` for the rest.
 */
export function inputReader<Op extends Operation>(operation: Op): (raw: RawInput<string>) => InputOf<Op> {
  const { params, query, body } = operation;
  const schema = Type.Object({ ...params.properties, ...query.properties, ...body.properties });
  const check = compileConstraints(schema);
  const takesBody = Object.keys(body.properties).length > 0;
  return (raw) => {
    const fromQuery = readQuery(query, raw.query);
    const fromBody = takesBody ? readJsonObject(raw.body, unreadableBody) : {};
    refuseMisplaced(Object.keys(fromBody), body);
    const input = { ...fromBody, ...fromQuery, ...raw.params };
    const faults = check(input);
    refuseFaults(faults);
    // The check has just established that the value is of the schema's type.
    return (faults.nulls ? withoutNulls(input) : input) as InputOf<Op>;
  };
}

function refuseFaults({ kinds, members, constraints, semantics }: Faults): void {
  const [kind] = kinds;
  if (kind !== undefined) throw unreadable(kind);
  if (members.length > 0) throw invalid(members.join("; "));
  const [semantic] = semantics;
  if (constraints.length === 0 && semantic !== undefined) throw invalid(semantic);
  if (constraints.length === 0) return;
  const count = constraints.length === 1 ? "1 validation error" : `${constraints.length} validation errors`;
  throw invalid(`${count} detected: ${constraints.join("; ")}`);
}

const unreadable = (message: string) =>
  new DomainError("invalid", message, { code: "SerializationException" });

function unreadableBody(problem: string | null): DomainError {
  return unreadable(
    problem === null
      ? "The request body must be a JSON object."
      : `The request body is not acceptable JSON: ${problem}`,
  );
}

/** A member of path or query does not count in the body: the body could contradict what was addressed. */
function refuseMisplaced(names: readonly string[], schema: TObject): void {
  const unknown = names.filter((name) => !Object.hasOwn(schema.properties, name));
  if (unknown.length === 0) return;
  throw invalid(
    unknown.map((name) => `Unknown member '${name}': the operation's body has no such member`).join("; "),
  );
}

function readQuery(schema: TObject, query: string): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, text] of queryPairs(query) ?? []) {
    if (!Object.hasOwn(schema.properties, name)) {
      throw invalid(`Unknown query parameter '${name}': the operation has no such parameter`);
    }
    // As in bodies: no store keeps it.
    if (text.includes("\0")) throw unreadable(`Query parameter '${name}' holds the NUL character`);
    const type = queryType(schema, name);
    const known = values[name];
    if (type === "array") values[name] = Array.isArray(known) ? [...known, text] : [text];
    else if (known !== undefined) throw invalid(`Query parameter '${name}' was given more than once`);
    else if (type === "integer") values[name] = readInteger(name, text);
    else values[name] = type === "boolean" ? readBoolean(name, text) : text;
  }
  return values;
}

function queryType(schema: TObject, name: string): unknown {
  const member: object | undefined = schema.properties[name];
  return member !== undefined && "type" in member ? member.type : undefined;
}

function readInteger(name: string, text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) {
    throw unreadable(
      `Value at '${name}' has the wrong type: STRING_VALUE can not be converted to an Integer`,
    );
  }
  return Number(text);
}

function readBoolean(name: string, text: string): boolean {
  if (text !== "true" && text !== "false") {
    throw unreadable(`Value at '${name}' has the wrong type: STRING_VALUE can not be converted to a Boolean`);
  }
  return text === "true";
}

/** A null stands for an absent member; lists and maps hold none once they are checked. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [name, withoutNulls(member)]),
  );
}
