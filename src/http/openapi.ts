import type { TObject } from "typebox";
import type { AnyOperation, Operation } from "../contract/operation.ts";
import type { NativeRoute } from "./native-routes.ts";

/** One dialect's part of the document. */
export interface DocumentedDialect {
  readonly name: string;
  readonly operations: readonly AnyOperation[];
  /** Any of them will do. */
  readonly security: readonly { readonly name: string; readonly scheme: object }[];
  readonly errorBody: object;
}

type PathItems = Record<string, Record<string, object>>;

/** One OpenAPI 3.1 document with every route of every dialect, made from the tables that serve them. */
export function openApiDocument(
  version: string,
  dialects: readonly DocumentedDialect[],
  native: readonly NativeRoute[],
): object {
  const paths: PathItems = {};
  const add = (path: string, method: string, item: object) => {
    paths[path] = { ...paths[path], [method.toLowerCase()]: item };
  };
  for (const route of native) add(route.path, route.method ?? "GET", nativeItem(route));
  for (const dialect of dialects) {
    for (const operation of dialect.operations)
      add(operation.path, operation.method, operationItem(dialect, operation));
  }
  return {
    openapi: "3.1.0",
    info: { title: "Firesteel", version, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    paths,
    components: {
      securitySchemes: Object.fromEntries(
        dialects.flatMap(({ security }) => security.map(({ name, scheme }) => [name, scheme])),
      ),
      schemas: Object.fromEntries(dialects.map(({ name, errorBody }) => [errorName(name), errorBody])),
    },
  };
}

const errorName = (dialect: string) => `${dialect}.Error`;

const json = (schema: object) => ({ "application/json": { schema } });

/** The scheme of the dialects whose requests are signed alike. */
export const AWS_SECURITY_SCHEME = "aws.signature-v4";

function nativeItem(route: NativeRoute): object {
  const refused = route.loopbackOnly
    ? { "403": { description: "The request is not from this machine" } }
    : {};
  const parameters = pathNames(route.path);
  return {
    operationId: route.operation,
    summary: route.summary,
    tags: ["native"],
    security: route.signed === true ? [{ [AWS_SECURITY_SCHEME]: [] }] : [],
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: { "200": { description: "OK", content: { [route.contentType]: {} } }, ...refused },
  };
}

function operationItem(dialect: DocumentedDialect, operation: AnyOperation): object {
  const error = {
    description: "Refused",
    content: json({ $ref: `#/components/schemas/${errorName(dialect.name)}` }),
  };
  const common = {
    operationId: operation.name,
    summary: operation.summary,
    tags: [dialect.name],
    security: dialect.security.map(({ name }) => ({ [name]: [] })),
  };
  if (!operation.implemented) {
    return {
      ...common,
      "x-implemented": false,
      parameters: pathNames(operation.path),
      responses: { "501": error },
    };
  }
  const { body } = operation;
  return {
    ...common,
    parameters: [...parameters("path", operation.params), ...parameters("query", operation.query)],
    ...(Object.keys(body.properties).length === 0
      ? {}
      : { requestBody: { required: true, content: json(body) } }),
    responses: { "200": { description: "OK", content: content(operation) }, default: error },
  };
}

function content(operation: Operation): object {
  const { response } = operation;
  return "mediaType" in operation && typeof operation.mediaType === "string"
    ? { [operation.mediaType]: { schema: response } }
    : json(response);
}

function parameters(place: "path" | "query", schema: Operation["params"] | TObject): object[] {
  const required: readonly string[] = schema.required ?? [];
  return Object.entries(schema.properties).map(([name, member]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: member,
  }));
}

function pathNames(path: string): object[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}
