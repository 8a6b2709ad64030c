import type { FieldSchema, FieldStep } from "../../src/contract/emr-containers/fields.ts";

/** The key of the one entry that a map's sample holds. */
export const SAMPLE_KEY = "x";

/**
 * A value that a schema takes, with as little in it as it allows and the member at `steps` as well; `value` overrides
 * what the schema's example says of that member. Throws where a schema has no example.
 */
export function sampleOf(schema: FieldSchema, steps: readonly FieldStep[] = [], value?: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined && value !== undefined) return value;
  // What is refused is refused whatever it holds.
  if (schema["x-unsupported"] !== undefined) {
    return steps.reduceRight<unknown>((inner, name) => (name === "[]" ? [inner] : { [name]: inner }), "x");
  }
  if (schema.properties !== undefined) return sampleStructure(schema, schema.properties, step, rest, value);
  if (schema.items !== undefined) {
    // An empty list would say nothing of a list that is the member itself.
    return [sampleOf(schema.items, rest, step === undefined ? undefined : value)];
  }
  if (schema.patternProperties !== undefined) {
    const entry = Object.values(schema.patternProperties)[0] ?? {};
    return { [SAMPLE_KEY]: sampleOf(entry, rest) };
  }
  // The first of several is what holds where nothing is sent.
  if (schema.enum !== undefined) return schema.enum.at(-1);
  if (schema.examples !== undefined) return schema.examples[0];
  if (schema.type === "integer") return schema.minimum ?? 0;
  if (schema.type === "boolean") return true;
  throw new Error(
    `The schema of ${steps.join(".") || "a member"} needs an example: ${JSON.stringify(schema)}`,
  );
}

function sampleStructure(
  { required = [], minProperties = 0 }: FieldSchema,
  properties: Readonly<Record<string, FieldSchema>>,
  step: FieldStep | undefined,
  rest: readonly FieldStep[],
  value: unknown,
): object {
  // A union holds one member: the one that is asked for, else the first that is honoured.
  const first = Object.keys(properties).filter((name) => properties[name]?.["x-unsupported"] === undefined);
  const needed = step === undefined && required.length === 0 ? first.slice(0, minProperties) : required;
  const names = new Set(needed);
  if (step !== undefined) {
    names.add(step);
    for (const sibling of properties[step]?.["x-with"] ?? []) names.add(sibling);
  }
  return Object.fromEntries(
    Array.from(names, (name) => {
      const member = properties[name] ?? {};
      return [name, name === step ? sampleOf(member, rest, value) : sampleOf(member)];
    }),
  );
}
