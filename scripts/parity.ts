import { EMR_CONTAINERS_OPERATIONS } from "../src/contract/emr-containers/operations.ts";
import type { AnyOperation } from "../src/contract/operation.ts";

/** The parity table of the EMR on EKS dialect, from its operations table. */
export async function emrContainersParity(): Promise<string> {
  const operations: readonly AnyOperation[] = Object.values(EMR_CONTAINERS_OPERATIONS);
  const rows = operations
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map((operation) => {
      const state = operation.implemented ? "yes" : "no: 501 `NotImplementedException`";
      return `| ${operation.name} | \`${operation.method} ${operation.path}\` | ${state} |`;
    });
  const implemented = operations.filter((operation) => operation.implemented).length;
  return [
    "# Amazon EMR on EKS (`emr-containers`, API version 2020-10-01)",
    "",
    `${implemented} of ${operations.length} operations. Generated from \`src/contract/emr-containers/operations.ts\`.`,
    "",
    "| operation | route | served |",
    "|---|---|---|",
    ...rows,
    "",
    "## Members that are refused by name",
    "",
    "These members of served operations answer a `ValidationException` that names them; none is dropped.",
    "",
    "| operation | member | why |",
    "|---|---|---|",
    ...operations.flatMap(refusedMembers),
    "",
  ].join("\n");
}

function refusedMembers(operation: AnyOperation): string[] {
  if (!operation.implemented) return [];
  return walk(operation.body, "").map(
    ({ path, reason }) => `| ${operation.name} | \`${path}\` | ${reason} |`,
  );
}

interface Refused {
  readonly path: string;
  readonly reason: string;
}

function walk(schema: unknown, path: string): Refused[] {
  if (typeof schema !== "object" || schema === null) return [];
  if ("x-unsupported" in schema) return [{ path, reason: String(schema["x-unsupported"]) }];
  if ("x-unsupported-values" in schema) return [{ path, reason: String(schema["x-unsupported-values"]) }];
  const members =
    "properties" in schema && typeof schema.properties === "object" ? (schema.properties ?? {}) : {};
  const below = Object.entries(members).flatMap(([name, member]) =>
    walk(member, path === "" ? name : `${path}.${name}`),
  );
  return "items" in schema ? [...below, ...walk(schema.items, `${path}[]`)] : below;
}
