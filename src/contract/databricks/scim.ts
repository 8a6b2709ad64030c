import { type TObject, type TProperties, Type } from "typebox";
import { type Access, databricksOperation, ofObject } from "./operation.ts";
import { message, NOTHING } from "./shapes.ts";

const optionalText = Type.Optional(Type.String());
const texts = Type.Array(Type.String());

/** A value of a multi-valued attribute, as it is answered (databricks-workspace-api.md C10). */
const ComplexValue = message({
  value: Type.String(),
  display: optionalText,
  type: optionalText,
  primary: Type.Optional(Type.Boolean()),
  $ref: optionalText,
});
const answeredValues = Type.Optional(Type.Array(ComplexValue));
/** As it is given: clients also send texts, and objects without a value for none. */
const givenValues = Type.Optional(Type.Array(Type.Unknown()));

const name = Type.Optional(message({ givenName: optionalText, familyName: optionalText }));

/** All members but the first two are left out where `attributes` does not name them. */
const answered = {
  schemas: texts,
  id: Type.String(),
  displayName: optionalText,
  externalId: optionalText,
  groups: answeredValues,
  roles: answeredValues,
  /** Of a workspace. */
  entitlements: answeredValues,
};
export const ScimUser = message({
  ...answered,
  userName: optionalText,
  name,
  emails: answeredValues,
  active: Type.Optional(Type.Boolean()),
});
export const ScimServicePrincipal = message({
  ...answered,
  applicationId: optionalText,
  active: Type.Optional(Type.Boolean()),
});
export const ScimGroup = message({
  ...answered,
  members: answeredValues,
  meta: Type.Optional(message({ resourceType: Type.String() })),
});

const given = {
  schemas: Type.Optional(texts),
  displayName: optionalText,
  externalId: optionalText,
  groups: givenValues,
  roles: givenValues,
  entitlements: Type.Optional(
    Type.Array(Type.Unknown(), {
      description: "of a workspace: stored and answered; `can-manage` is too, and grants nothing",
    }),
  ),
};
const active = Type.Optional(Type.Boolean());

export const USERS = {
  collection: "Users",
  noun: "user",
  body: message({ ...given, userName: optionalText, name, emails: givenValues, active }),
  response: ScimUser,
} as const;
export const SERVICE_PRINCIPALS = {
  collection: "ServicePrincipals",
  noun: "service principal",
  body: message({ ...given, applicationId: optionalText, active }),
  response: ScimServicePrincipal,
} as const;
export const GROUPS = {
  collection: "Groups",
  noun: "group",
  body: message({ ...given, members: givenValues }),
  response: ScimGroup,
} as const;

/** What an answer shows of a resource. */
export const projectionQuery = { attributes: optionalText, excludedAttributes: optionalText };

/** What a list asks for. */
export const scimListQuery = message({
  filter: optionalText,
  ...projectionQuery,
  startIndex: Type.Optional(Type.Integer()),
  count: Type.Optional(Type.Integer()),
  sortBy: optionalText,
  sortOrder: Type.Optional(Type.Union([Type.Literal("ascending"), Type.Literal("descending")])),
});

export const scimPatch = message({
  schemas: Type.Optional(texts),
  Operations: Type.Array(
    message({ op: Type.String(), path: optionalText, value: Type.Optional(Type.Unknown()) }),
    // More would be work for seconds, in which nobody else is answered.
    { minItems: 1, maxItems: 1000 },
  ),
});

interface Resource<Body extends TObject, Response extends TObject> {
  readonly collection: string;
  readonly noun: string;
  readonly body: Body;
  readonly response: Response;
}

/** Where a level has SCIM, and who may read and write there. */
export interface ScimLevel<Params extends TProperties> {
  readonly prefix: string;
  readonly aliases: readonly string[];
  readonly params: TObject<Params>;
  readonly read: Access;
  readonly write: Access;
}

/** All of SCIM at one level, by the operations' names. */
export function scimOperations<Params extends TProperties>(level: ScimLevel<Params>) {
  return {
    ...ofObject("users", resourceOperations("users", USERS, level)),
    ...ofObject("groups", resourceOperations("groups", GROUPS, level)),
    ...ofObject("service-principals", resourceOperations("service-principals", SERVICE_PRINCIPALS, level)),
  };
}

/** The six operations of one resource at one level: they are the same for all. */
function resourceOperations<
  const Object extends string,
  Params extends TProperties,
  Body extends TObject,
  Response extends TObject,
>(object: Object, resource: Resource<Body, Response>, level: ScimLevel<Params>) {
  const { collection, noun, body, response } = resource;
  const all = {
    path: `${level.prefix}/${collection}`,
    aliases: level.aliases.map((alias) => `${alias}/${collection}`),
    params: level.params,
  };
  const one = {
    path: `${all.path}/{id}`,
    aliases: all.aliases.map((alias) => `${alias}/{id}`),
    params: Type.Object({ ...level.params.properties, id: Type.String() }),
  };
  const facts = { object, protocol: "scim", query: NOTHING } as const;
  return {
    list: databricksOperation({
      ...facts,
      ...all,
      verb: "list",
      method: "GET",
      access: level.read,
      summary: `Lists ${noun}s, filtered, sorted and in pages`,
      query: scimListQuery,
      body: NOTHING,
      response: message({
        schemas: texts,
        totalResults: Type.Integer(),
        startIndex: Type.Integer(),
        itemsPerPage: Type.Integer(),
        Resources: Type.Array(response),
      }),
    }),
    create: databricksOperation({
      ...facts,
      ...all,
      verb: "create",
      method: "POST",
      access: level.write,
      status: 201,
      summary: `Makes a ${noun}`,
      body,
      response,
    }),
    get: databricksOperation({
      ...facts,
      ...one,
      verb: "get",
      isKept: true,
      method: "GET",
      access: level.read,
      summary: `Shows a ${noun}`,
      query: message(projectionQuery),
      body: NOTHING,
      response,
    }),
    update: databricksOperation({
      ...facts,
      ...one,
      verb: "update",
      method: "PUT",
      access: level.write,
      summary: `Replaces all that a ${noun} is`,
      body,
      response,
    }),
    patch: databricksOperation({
      ...facts,
      ...one,
      verb: "patch",
      method: "PATCH",
      access: level.write,
      summary: `Changes attributes of a ${noun}`,
      body: scimPatch,
      response,
    }),
    delete: databricksOperation({
      ...facts,
      ...one,
      verb: "delete",
      method: "DELETE",
      access: level.write,
      status: 204,
      summary: `Removes a ${noun}`,
      body: NOTHING,
      response: NOTHING,
    }),
  };
}
