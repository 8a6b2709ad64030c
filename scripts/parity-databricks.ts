import type { TSchema } from "typebox";
import type { AnyDatabricksOperation, DatabricksOperation } from "../src/contract/databricks/operation.ts";
import { DATABRICKS_ACCOUNT_OPERATIONS } from "../src/contract/databricks-account/operations.ts";
import { DATABRICKS_WORKSPACE_OPERATIONS } from "../src/contract/databricks-workspace/operations.ts";
import { code, table } from "./markdown-table.ts";
import { absentMembers, nameless } from "./parity-databricks-absent.ts";
import { oauthSection } from "./parity-databricks-oauth.ts";
import { ACCOUNT_ROUTES, type NamedRoute, WORKSPACE_ROUTES } from "./parity-databricks-routes.ts";

export async function databricksAccountParity(): Promise<string> {
  return parity({
    title: "Databricks account API",
    source: "src/contract/databricks-account",
    operations: Object.values(DATABRICKS_ACCOUNT_OPERATIONS),
    routes: ACCOUNT_ROUTES,
    beside: oauthSection(),
  });
}

export async function databricksWorkspaceParity(): Promise<string> {
  return parity({
    title: "Databricks workspace API",
    source: "src/contract/databricks-workspace",
    operations: Object.values(DATABRICKS_WORKSPACE_OPERATIONS),
    routes: WORKSPACE_ROUTES,
    beside: [],
  });
}

interface Dialect {
  readonly title: string;
  readonly source: string;
  readonly operations: readonly AnyDatabricksOperation[];
  /** What the vendor's API has, as far as it belongs here. */
  readonly routes: readonly NamedRoute[];
  /** What no table of operations has. */
  readonly beside: readonly string[];
}

function parity({ title, source, operations, routes, beside }: Dialect): string {
  const served = operations.filter((operation) => operation.implemented);
  const missing = routesWithout(operations, routes);
  return [
    `# ${title}`,
    "",
    `${served.length} operations are served, ${operations.length - served.length} are known and answer 501 \`NOT_IMPLEMENTED\` to those who may`,
    `call them, and ${missing.length} routes of the vendor's have no operation yet: they answer 404 \`ENDPOINT_NOT_FOUND\`. Members that an`,
    "operation does not have are ignored, as the vendor does.",
    "",
    `Generated from \`${source}\`. \`src/http/databricks/isolation.test.ts\` shows for each that nobody else gets in.`,
    "",
    "## Operations",
    "",
    ...table(
      ["operation", "route", "who may call", "served"],
      operations.map((operation) => [
        operation.name,
        [operation.path, ...(operation.aliases ?? [])]
          .map((path) => code(`${operation.method} ${path}`))
          .join(", "),
        operation.access.replace("-", " "),
        operation.implemented ? "yes" : "no: 501",
      ]),
    ),
    "",
    ...(missing.length === 0
      ? []
      : [
          "## Not there yet",
          "",
          ...table(
            ["what", "route"],
            missing.map(({ what, route }) => [what, code(route)]),
          ),
          "",
        ]),
    ...beside,
    "## Members of served operations",
    "",
    "`[]` stands for the elements of a list. A member of the vendor's that is not there is listed with the reason.",
    ...served.flatMap(section),
    "",
  ].join("\n");
}

function routesWithout(
  operations: readonly AnyDatabricksOperation[],
  routes: readonly NamedRoute[],
): readonly NamedRoute[] {
  const known = new Set(
    operations.flatMap(({ method, path, aliases = [] }) =>
      [path, ...aliases].map((each) => nameless(`${method} ${each}`)),
    ),
  );
  return routes.filter(({ route }) => !known.has(nameless(route)));
}

function section(operation: DatabricksOperation): string[] {
  const rows = [
    ...members(operation.params).map((row) => [...row, "path"]),
    ...members(operation.query).map((row) => [...row, "query"]),
    ...members(operation.body).map((row) => [...row, "body"]),
    ...members(operation.response).map((row) => [...row, "answer"]),
    ...absent(operation),
  ];
  return [
    "",
    `### ${operation.name}`,
    "",
    `${operation.summary}.`,
    "",
    ...(rows.length === 0
      ? ["It has no members."]
      : table(
          ["member", "in", "type", "note"],
          rows.map(([name = "", type = "", note = "", place = ""]) => [code(name), place, type, note]),
        )),
  ];
}

/** What the vendor's operation has beside. */
function absent({ name, method, path, aliases = [], ...operation }: DatabricksOperation): string[][] {
  const names = (...schemas: readonly TSchema[]) =>
    new Set(schemas.flatMap(members).map(([member = ""]) => member.replaceAll("[]", "").replace(/^\./, "")));
  const known = {
    sent: names(operation.params, operation.query, operation.body),
    received: names(operation.response),
  };
  const routes = [path, ...aliases].map((each) => `${method} ${each}`);
  return absentMembers({ name, routes }, known).map(({ direction, member, reason }) => [
    member,
    "",
    `not there: ${reason}`,
    direction === "sent" ? "request" : "answer",
  ]);
}

/** The parts of JSON Schema that TypeBox's schemas are made of here. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** Name, type and note of each member at any depth. */
function members(schema: TSchema): string[][] {
  return inside(schema as Schema, ""); // TypeBox's schemas are plain JSON Schema objects
}

function inside(schema: Schema, path: string): string[][] {
  if (schema.items !== undefined) return inside(schema.items, `${path}[]`);
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((each) => inside(each, path));
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const note = [schema.required?.includes(name) ? "required" : "", member.description ?? ""];
    return [[at, typeOf(member), note.filter(Boolean).join("; ")], ...inside(member, at)];
  });
}

function typeOf({ type, items, anyOf, enum: values, ...schema }: Schema): string {
  if ("const" in schema) return code(JSON.stringify(schema.const));
  if (values !== undefined) return values.map((value) => code(JSON.stringify(value))).join(", ");
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeOf))].join(", ");
  if (items !== undefined) return `list of ${typeOf(items)}`;
  return type ?? "any";
}
