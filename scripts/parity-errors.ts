import { DOCUMENTED_ERRORS, type DocumentedError } from "../src/contract/emr-containers/documented-errors.ts";
import { code, table } from "./markdown-table.ts";

/** Every error of the guide's tables and what becomes of it here. */
export async function emrContainersErrors(): Promise<string> {
  const errors = Object.values(DOCUMENTED_ERRORS);
  const arising = errors.filter(({ outcome }) => outcome.kind !== "not-applicable");
  const others = errors.filter(({ outcome }) => outcome.kind === "not-applicable");
  return [
    "# Errors of Amazon EMR on EKS",
    "",
    `What the service's guide says of errors, row by row: ${arising.length} arise here, in the service's words, and ${others.length} cannot.`,
    "Sources are sections of the specification, with lines of the guide. Words in braces stand for what the situation gives.",
    "`src/http/emr-containers/documented-errors.test.ts` makes each of the first table arise.",
    "",
    "Generated from `src/contract/emr-containers/documented-errors.ts`. Requests that break a rule of the model are in",
    "`src/http/emr-containers/validation.test.ts`.",
    "",
    "## That arise",
    "",
    ...table(
      ["source", "when", "what the caller sees"],
      arising.map((error) => [error.source, error.condition, seen(error)]),
    ),
    "",
    "## That cannot arise",
    "",
    ...table(
      ["source", "when", "why not here"],
      others.map((error) => [error.source, error.condition, seen(error)]),
    ),
    "",
  ].join("\n");
}

function seen({ outcome }: DocumentedError): string {
  switch (outcome.kind) {
    case "answer":
      return `${outcome.status} ${code(outcome.type)}: ${code(outcome.message)}`;
    case "failed-run":
      return `the run is FAILED, ${code(outcome.failureReason)}: ${code(outcome.stateDetails)}`;
    case "behaviour":
      return outcome.what;
    case "not-applicable":
      return outcome.reason;
  }
}
