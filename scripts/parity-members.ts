import { type Field, fieldPath, fieldsOf, type Model } from "../src/contract/emr-containers/fields.ts";
import type { AnyOperation, Operation } from "../src/contract/operation.ts";
import { code, table } from "./markdown-table.ts";

/** A heading, and what becomes of each member of an operation's input. */
export function operationSection(operation: AnyOperation, model: Model): string[] {
  const fields = fieldsOf(operation, model);
  return [
    "",
    `### ${operation.name}`,
    "",
    ...table(["member", "in", "outcome", "message, reason or note"], fields.map(fieldRow)),
  ];
}

function fieldRow({ steps, place, required, outcome }: Field): string[] {
  const member = `${code(fieldPath(steps))}${required ? " (required)" : ""}`;
  switch (outcome.kind) {
    case "honoured":
      return [member, place, "honoured", [outcome.note, outcome.notShown].filter(Boolean).join("; ")];
    case "ignored":
      return [member, place, "ignored on purpose", outcome.reason];
    case "refused":
      return [member, place, "refused", code(outcome.message)];
    case "partly":
      return [member, place, "honoured, some values refused", code(outcome.message)];
  }
}

export function namesOf(fields: readonly Field[]): string {
  return fields.map(({ steps }) => code(fieldPath(steps))).join(", ");
}

/** The members of the model's answers that the contract's do not have. */
export function absentSection(served: readonly Operation[], model: Model): string[] {
  const rows = served.map(({ name, response }) => {
    const output = model.operations[name]?.output ?? "";
    // TypeBox schemas are plain JSON Schema objects.
    const members = absent(model, output, response as Schema, "", []);
    return [name, members.map(code).join(", ")];
  });
  return [
    "## Members of answers that never appear",
    "",
    "What they tell of is refused above, or does not exist on this server.",
    "",
    ...table(
      ["operation", "members"],
      rows.filter(([, members]) => members !== ""),
    ),
    "",
  ];
}

interface Schema {
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

function absent(
  model: Model,
  shapeName: string,
  schema: Schema | undefined,
  path: string,
  above: readonly string[],
): string[] {
  const shape = model.shapes[shapeName];
  if (shape === undefined || above.includes(shapeName)) return [];
  const inside = [...above, shapeName];
  if (shape.type === "list") return absent(model, shape.member ?? "", schema?.items, `${path}[]`, inside);
  return Object.entries(shape.members ?? {}).flatMap(([name, member]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const ours = schema?.properties?.[name];
    if (ours === undefined || "x-unsupported" in ours) return [at];
    return absent(model, member.shape, ours, at, inside);
  });
}
