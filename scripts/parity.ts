import { type Field, fieldsOf } from "../src/contract/emr-containers/fields.ts";
import { EMR_CONTAINERS_OPERATIONS } from "../src/contract/emr-containers/operations.ts";
import model from "../src/contract/emr-containers/testdata/model.json" with { type: "json" };
import type { AnyOperation } from "../src/contract/operation.ts";
import { code, table } from "./markdown-table.ts";
import { absentSection, namesOf, operationSection } from "./parity-members.ts";
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
    ...served.flatMap((operation) => operationSection(operation, model)),
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
    ...absentSection(served, model),
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
