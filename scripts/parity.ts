import { type Field, fieldPath, fieldsOf, type Model } from "../src/contract/emr-containers/fields.ts";
import { EMR_CONTAINERS_OPERATIONS } from "../src/contract/emr-containers/operations.ts";
import model from "../src/contract/emr-containers/testdata/model.json" with { type: "json" };
import type { AnyOperation, Operation } from "../src/contract/operation.ts";
import { code, table } from "./markdown-table.ts";
import { sparkParity } from "./parity-spark.ts";

/** The parity table of the EMR on EKS dialect: every operation and every member, from the contract and the model. */
export async function emrContainersParity(): Promise<string> {
  const operations: readonly AnyOperation[] = Object.values(EMR_CONTAINERS_OPERATIONS);
  const sorted = operations.toSorted((a, b) => a.name.localeCompare(b.name));
  const served = sorted.filter((operation) => operation.implemented);
  const counts = countOutcomes(sorted.flatMap((operation) => fieldsOf(operation, model)));
  return [
    "# Amazon EMR on EKS (`emr-containers`, API version 2020-10-01)",
    "",
    `${served.length} of ${operations.length} operations are served. Of the ${counts.all} members that botocore's model gives`,
    `their inputs, ${counts.honoured} are honoured, ${counts.ignored} ignored on purpose, and ${counts.refused} refused, ${counts.notImplemented} of those with the`,
    "whole operation. None is dropped: what is neither honoured nor listed as ignored answers an error that names it.",
    "`src/http/emr-containers/fields.test.ts` sends each one and checks that this table is right.",
    "",
    "Generated from `src/contract/emr-containers` and botocore's model. Errors are in [their own table](emr-containers-errors.md).",
    "",
    "## Operations",
    "",
    ...table(
      ["operation", "route", "served"],
      sorted.map(({ name, method, path, implemented }) => [
        name,
        code(`${method} ${path}`),
        implemented ? "yes" : "no: 501 `NotImplementedException`",
      ]),
    ),
    "",
    "## Members of served operations",
    "",
    "`[]` stands for the elements of a list. A refusal is a `ValidationException` with the message shown.",
    ...served.flatMap(operationSection),
    "",
    ...sparkParity(),
    "## Members of operations that are not served",
    "",
    "Sent to these operations, every member is refused with the operation: 501 `NotImplementedException`,",
    "`<operation> is not implemented by this server.`",
    "",
    ...table(
      ["operation", "members"],
      sorted
        .filter((operation) => !operation.implemented)
        .map((operation) => [operation.name, namesOf(fieldsOf(operation, model))]),
    ),
    "",
    "## Members of answers that never appear",
    "",
    "What they tell of is refused above, or does not exist on this server.",
    "",
    ...table(
      ["operation", "members"],
      served
        .map((operation) => [operation.name, absentMembers(operation)])
        .filter(([, names]) => names !== ""),
    ),
    "",
  ].join("\n");
}

function countOutcomes(fields: readonly Field[]) {
  const count = (kinds: readonly string[]) =>
    fields.filter(({ outcome }) => kinds.includes(outcome.kind)).length;
  const isWhole = ({ outcome }: Field) =>
    outcome.kind === "refused" && outcome.message.endsWith("is not implemented by this server.");
  return {
    all: fields.length,
    honoured: count(["honoured", "partly"]),
    ignored: count(["ignored"]),
    refused: count(["refused"]),
    notImplemented: fields.filter(isWhole).length,
  };
}

function operationSection(operation: AnyOperation): string[] {
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

function namesOf(fields: readonly Field[]): string {
  return fields.map(({ steps }) => code(fieldPath(steps))).join(", ");
}

/** The members of the model's answer that the contract's answer does not have. */
function absentMembers(operation: Operation): string {
  // TypeBox schemas are plain JSON Schema objects.
  return absent(
    model.operations[operation.name as keyof typeof model.operations].output,
    operation.response as Schema,
    "",
    [],
  )
    .map(code)
    .join(", ");
}

interface Schema {
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

function absent(
  shapeName: string,
  schema: Schema | undefined,
  path: string,
  above: readonly string[],
): string[] {
  const { shapes }: Model = model;
  const shape = shapes[shapeName];
  if (shape === undefined || above.includes(shapeName)) return [];
  const inside = [...above, shapeName];
  if (shape.type === "list") return absent(shape.member ?? "", schema?.items, `${path}[]`, inside);
  return Object.entries(shape.members ?? {}).flatMap(([name, member]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const ours = schema?.properties?.[name];
    if (ours === undefined || "x-unsupported" in ours) return [at];
    return absent(member.shape, ours, at, inside);
  });
}
