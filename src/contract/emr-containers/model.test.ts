import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EMR_CONTAINERS_OPERATIONS } from "./operations.ts";
import model from "./testdata/model.json" with { type: "json" };

/** A shape of botocore's model. */
interface Shape {
  readonly type: string;
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly sensitive?: boolean;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, { shape: string; location?: string; locationName?: string }>>;
  readonly member?: string;
  readonly key?: string;
  readonly value?: string;
}

/** A schema of the contract. */
interface Schema {
  readonly enum?: readonly string[];
  readonly type?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly propertyNames?: Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly "x-pattern"?: string;
  readonly "x-sensitive"?: boolean;
  readonly "x-unsupported"?: string;
}

const shapes: Readonly<Record<string, Shape>> = model.shapes;
const operations: Readonly<Record<string, { method: string; uri: string; input?: string; output?: string }>> =
  model.operations;

/** Where the service's behaviour is known to differ from the model's words; each has its reason beside the schema. */
const KNOWN_PATTERNS: Readonly<Record<string, string | undefined>> = {
  IAMRoleArn: shapes.IAMRoleArn?.pattern?.replace(/\$$/, ""),
  UriString: undefined,
};

function compare(shapeName: string, schema: Schema, path: string): void {
  const shape = shapes[shapeName];
  assert.ok(shape, `${path}: the model has no shape ${shapeName}`);
  if (schema["x-unsupported"] !== undefined) return;
  if (shape.type === "structure") compareStructure(shape, schema, path);
  if (shape.type === "string") compareString(shapeName, shape, schema, path);
  // Where the model leaves a number open, the contract may have bounds of the service's guide.
  if (shape.type === "integer" && (shape.min !== undefined || shape.max !== undefined))
    assert.deepEqual([schema.minimum, schema.maximum], [shape.min, shape.max], path);
  if (shape.type === "timestamp") assert.equal(schema.format, "date-time", path);
  if (shape.type === "list") {
    assert.equal(schema.maxItems, shape.max, `${path}: most elements`);
    compare(shape.member ?? "", schema.items ?? {}, `${path}[]`);
  }
  if (shape.type === "map") {
    assert.equal(schema.maxProperties, shape.max, `${path}: most entries`);
    compare(shape.key ?? "", schema.propertyNames ?? {}, `${path} keys`);
    compare(shape.value ?? "", Object.values(schema.patternProperties ?? {})[0] ?? {}, `${path} values`);
  }
}

function compareString(shapeName: string, shape: Shape, schema: Schema, path: string): void {
  if (shape.enum !== undefined) {
    assert.deepEqual([...(schema.enum ?? [])].sort(), [...shape.enum].sort(), path);
    return;
  }
  const pattern = shapeName in KNOWN_PATTERNS ? KNOWN_PATTERNS[shapeName] : shape.pattern;
  assert.deepEqual(
    [schema.minLength, schema.maxLength, schema["x-pattern"]],
    [shape.min, shape.max, pattern],
    path,
  );
}

function compareStructure(shape: Shape, schema: Schema, path: string): void {
  const members = Object.keys(shape.members ?? {}).sort();
  assert.deepEqual(Object.keys(schema.properties ?? {}).sort(), members, `${path}: members`);
  for (const [name, member] of Object.entries(shape.members ?? {})) {
    const ours = schema.properties?.[name] ?? {};
    if (shape.required?.includes(name))
      assert.ok(schema.required?.includes(name), `${path}.${name} is required`);
    compare(member.shape, ours, `${path}.${name}`);
    // What is sensitive on the element or the value of a map is so on the member.
    const parts = [member.shape, shapes[member.shape]?.member, shapes[member.shape]?.value];
    const sensitive = parts.some((part) => part !== undefined && shapes[part]?.sensitive === true);
    const ourParts = [ours, ours.items, Object.values(ours.patternProperties ?? {})[0]];
    const weHide =
      ourParts.some((part) => part?.["x-sensitive"] === true) || ours["x-unsupported"] !== undefined;
    assert.equal(weHide || !sensitive, true, `${path}.${name} is sensitive`);
  }
}

/** What is answered is all in the model, of the same types; the parity table lists what the model has beside. */
function compareAnswer(shapeName: string, schema: Schema, path: string): void {
  const shape = shapes[shapeName];
  assert.ok(shape, `${path}: the model has no shape ${shapeName}`);
  if (schema["x-unsupported"] !== undefined) return;
  if (shape.type === "list") compareAnswer(shape.member ?? "", schema.items ?? {}, `${path}[]`);
  if (shape.enum !== undefined) {
    for (const value of schema.enum ?? []) assert.ok(shape.enum.includes(value), `${path}: ${value}`);
  }
  assert.equal(ANSWERED_TYPES[shape.type], schema.enum === undefined ? schema.type : "string", path);
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const theirs: { shape: string } | undefined = shape.members?.[name];
    assert.ok(theirs, `${path}.${name} is not in the model`);
    compareAnswer(theirs.shape, member, `${path}.${name}`);
  }
}

const ANSWERED_TYPES: Readonly<Record<string, string>> = {
  list: "array",
  structure: "object",
  map: "object",
  string: "string",
  timestamp: "string",
  integer: "integer",
  boolean: "boolean",
};

/** The schema as it travels: plain JSON, without TypeBox's types. */
function plain(schema: object): Schema {
  return JSON.parse(JSON.stringify(schema));
}

describe("the contract and botocore's model", () => {
  it("have the same operations, methods and paths", () => {
    assert.deepEqual(Object.keys(EMR_CONTAINERS_OPERATIONS).sort(), Object.keys(operations).sort());
    for (const operation of Object.values(EMR_CONTAINERS_OPERATIONS)) {
      const { method, uri } = operations[operation.name] ?? {};
      const unnamed = (path = "") => path.replace(/\{\w+\}/g, "{}");
      assert.deepEqual([operation.method, unnamed(operation.path)], [method, unnamed(uri)], operation.name);
    }
  });

  for (const operation of Object.values(EMR_CONTAINERS_OPERATIONS)) {
    if (!operation.implemented) continue;
    const { input = "" } = operations[operation.name] ?? {};

    it(`${operation.name} has the model's input members, each with its limits`, () => {
      const { params, query, body } = operation;
      const schemas = [params, query, body].map(plain);
      const merged: Schema = {
        properties: Object.assign({}, ...schemas.map(({ properties }) => properties)),
        required: schemas.flatMap(({ required }) => required ?? []),
      };
      compare(input, merged, operation.name);
    });

    it(`${operation.name} answers with the model's members`, () => {
      const { output = "" } = operations[operation.name] ?? {};
      compareAnswer(output, plain(operation.response), operation.name);
    });

    it(`${operation.name} has each member where the model has it`, () => {
      for (const [name, { location }] of Object.entries(shapes[input]?.members ?? {})) {
        const place = location === "uri" ? "params" : location === "querystring" ? "query" : "body";
        assert.ok(Object.hasOwn(operation[place].properties, name), `${name} in ${place}`);
      }
    });
  }
});
