import type { AnyOperation, Operation } from "../operation.ts";

/** A shape of botocore's model: which members a structure has, what a list or a map holds. */
export interface ModelShape {
  readonly type: string;
  readonly enum?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string; readonly location?: string }>>;
  readonly member?: string;
  readonly value?: string;
}

/** botocore's model, as `testdata/make-model.py` prints it. */
export interface Model {
  readonly operations: Readonly<Record<string, { readonly input: string; readonly output: string }>>;
  readonly shapes: Readonly<Record<string, ModelShape>>;
}

/** The keywords of a contract's schema that say what becomes of a member. */
export interface FieldSchema {
  readonly enum?: readonly string[];
  readonly type?: string;
  readonly items?: FieldSchema;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly patternProperties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly minProperties?: number;
  readonly examples?: readonly unknown[];
  readonly "x-note"?: string;
  readonly "x-not-shown"?: string;
  readonly "x-with"?: readonly string[];
  readonly "x-ignored"?: string;
  readonly "x-unsupported"?: string;
  readonly "x-unsupported-values"?: { readonly example: unknown; readonly which: string };
}

/** What becomes of a member that somebody sends. */
export type FieldOutcome =
  | { readonly kind: "honoured"; readonly note: string | null; readonly notShown: string | null }
  | { readonly kind: "ignored"; readonly reason: string }
  /** `message` is what the caller reads: `ValidationException`, or `NotImplementedException` for a whole operation. */
  | { readonly kind: "refused"; readonly message: string }
  /** Some of its values are refused, `example` among them, and the others are honoured. */
  | { readonly kind: "partly"; readonly message: string; readonly example: unknown };

/** One step to a member: its name, `[]` into a list, `{}` into a map. */
export type FieldStep = string;

/** A member of an operation's input, however deep. */
export interface Field {
  readonly operation: string;
  readonly steps: readonly FieldStep[];
  readonly place: "path" | "query" | "body";
  readonly required: boolean;
  /** Whether it holds a value of its own rather than other members. */
  readonly leaf: boolean;
  readonly outcome: FieldOutcome;
}

/** `configurationOverrides.applicationConfiguration[].classification`. */
export function fieldPath(steps: readonly FieldStep[]): string {
  return steps.join(".").replaceAll(".[]", "[]").replaceAll(".{}", "{}");
}

/** As messages name it: elements of a list are counted from 1. */
export function messagePath(steps: readonly FieldStep[]): string {
  return steps.map((step) => (step === "[]" ? "1.member" : step)).join(".");
}

/** The schema of an operation's whole input: path, query and body together. */
export function inputSchema({ params, query, body }: Operation): FieldSchema {
  const parts: FieldSchema[] = [params, query, body];
  return {
    type: "object",
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
    required: parts.flatMap(({ required }) => required ?? []),
  };
}

/**
 * Every member that the model gives an operation's input, with what the contract makes of it: the parity table, and
 * what its test sends. A member below a refused one is refused with it; the model's endless nesting is followed once.
 */
export function fieldsOf(operation: AnyOperation, model: Model): Field[] {
  const input = model.operations[operation.name]?.input ?? "";
  const schema = operation.implemented ? inputSchema(operation) : null;
  const whole: FieldOutcome | null = operation.implemented
    ? null
    : { kind: "refused", message: `${operation.name} is not implemented by this server.` };
  const found: Field[] = [];

  const walk = (
    shapeName: string,
    ours: FieldSchema | null,
    steps: readonly FieldStep[],
    refused: FieldOutcome | null,
    above: readonly string[],
  ): void => {
    const shape = model.shapes[shapeName];
    if (shape === undefined) throw new Error(`${fieldPath(steps)}: the model has no shape ${shapeName}`);
    if (above.includes(shapeName) && refused !== null) return;
    const inside = [...above, shapeName];
    if (shape.type === "list") {
      walk(shape.member ?? "", ours?.items ?? null, [...steps, "[]"], refused, inside);
    }
    for (const [name, member] of Object.entries(shape.members ?? {})) {
      const at = [...steps, name];
      const schemaOf = ours?.properties?.[name] ?? null;
      const outcome = refused ?? outcomeOf(schemaOf, at, model.shapes[member.shape]?.enum ?? []);
      const place = steps.length > 0 ? found.at(-1)?.place : placeOf(member.location);
      const required = ours?.required?.includes(name) === true;
      found.push({
        operation: operation.name,
        steps: at,
        place: place ?? "body",
        required,
        leaf: isLeaf(model, member.shape),
        outcome,
      });
      walk(member.shape, schemaOf, at, outcome.kind === "refused" ? outcome : null, inside);
    }
  };
  walk(input, schema, [], whole, []);
  return found;
}

function isLeaf(model: Model, name: string): boolean {
  const shape = model.shapes[name];
  if (shape?.type === "list") return isLeaf(model, shape.member ?? "");
  return shape?.type !== "structure";
}

function placeOf(location: string | undefined): Field["place"] {
  if (location === "uri") return "path";
  return location === "querystring" ? "query" : "body";
}

/** @param values those that the model has of a text */
function outcomeOf(
  schema: FieldSchema | null,
  steps: readonly FieldStep[],
  values: readonly string[],
): FieldOutcome {
  const path = messagePath(steps);
  if (schema === null)
    return { kind: "refused", message: `Unknown member '${path}': the operation has no such member` };
  const instead = schema["x-unsupported"];
  if (instead !== undefined)
    return { kind: "refused", message: `Member '${path}' is not supported: ${instead}` };
  const unsupported = schema["x-unsupported-values"];
  if (unsupported !== undefined) {
    return {
      kind: "partly",
      message: `Member '${path}' is not supported ${unsupported.which}`,
      example: unsupported.example,
    };
  }
  const unknown = values.find((value) => schema.enum?.includes(value) === false);
  if (unknown !== undefined) {
    return {
      kind: "partly",
      message: `1 validation error detected: Value '${unknown}' at '${path}' failed to satisfy constraint: Member must satisfy enum value set: [${schema.enum?.join(", ")}]`,
      example: unknown,
    };
  }
  const reason = schema["x-ignored"];
  if (reason !== undefined) return { kind: "ignored", reason };
  return { kind: "honoured", note: schema["x-note"] ?? null, notShown: schema["x-not-shown"] ?? null };
}
