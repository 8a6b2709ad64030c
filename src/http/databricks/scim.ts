import type { Static } from "typebox";
import { ofObject } from "../../contract/databricks/operation.ts";
import type {
  GROUPS,
  ScimGroup,
  ScimServicePrincipal,
  ScimUser,
  SERVICE_PRINCIPALS,
  scimListQuery,
  scimPatch,
  USERS,
} from "../../contract/databricks/scim.ts";
import { type DescribedPrincipal, displayNameOf } from "../../core/principal/described-principal.ts";
import type { PrincipalKind } from "../../core/principal/principal.ts";
import { scimValues } from "../../core/principal/scim-patch.ts";
import type { DatabricksContext, WorkspaceContext } from "../../use-cases/databricks/context.ts";
import type { GivenAttributes } from "../../use-cases/databricks/principals.ts";
import { realmOf } from "../../use-cases/databricks/realm.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import { isShown, type Projection, projected } from "./scim-projection.ts";

type Context = DatabricksContext | WorkspaceContext;

/** `account users list` pages by this where nothing else is said (databricks-account-api.md B9); more than the second never. */
const ACCOUNT_COUNT = 100;
const MAX_COUNT = 10_000;

const LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const CORE = "urn:ietf:params:scim:schemas:core:2.0";

const COLLECTIONS: Readonly<Record<PrincipalKind, string>> = {
  user: "Users",
  "service-principal": "ServicePrincipals",
  group: "Groups",
};

interface Kinds {
  readonly user: {
    readonly given: Static<(typeof USERS)["body"]>;
    readonly answered: Static<typeof ScimUser>;
  };
  readonly "service-principal": {
    readonly given: Static<(typeof SERVICE_PRINCIPALS)["body"]>;
    readonly answered: Static<typeof ScimServicePrincipal>;
  };
  readonly group: {
    readonly given: Static<(typeof GROUPS)["body"]>;
    readonly answered: Static<typeof ScimGroup>;
  };
}

/** SCIM's six operations of one kind of principal; a context with a workspace is one of that workspace's realm. */
export function scimHandlers<Kind extends PrincipalKind>(useCases: DatabricksUseCases, kind: Kind) {
  type Resource = Kinds[Kind]["answered"];
  const show = (context: Context, described: DescribedPrincipal, projection: Projection = {}) =>
    // Each kind's members are those of its own resource.
    projected(resource(described, realmOf(context).workspace !== null), projection) as Resource;
  return {
    async list(context: Context, input: Static<typeof scimListQuery>) {
      const realm = realmOf(context);
      const count = Math.min(
        input.count ?? (realm.workspace === null ? ACCOUNT_COUNT : MAX_COUNT),
        MAX_COUNT,
      );
      const { total, startIndex, principals } = await useCases.listPrincipals(realm, kind, {
        ...(input.filter !== undefined && { filter: input.filter }),
        ...(input.sortBy !== undefined && { sortBy: input.sortBy }),
        startIndex: input.startIndex ?? 1,
        count,
        order: input.sortOrder ?? "ascending",
        shows: { groups: isShown("groups", input), members: isShown("members", input) },
      });
      return {
        schemas: [LIST_RESPONSE],
        totalResults: total,
        startIndex,
        itemsPerPage: principals.length,
        Resources: principals.map((each) => show(context, each, input)),
      };
    },
    async create(context: Context, input: Kinds[Kind]["given"]) {
      return show(context, await useCases.createPrincipal(context, kind, given(input)));
    },
    async get(context: Context, input: Projection & { readonly id: string }) {
      return show(context, await useCases.getPrincipal(realmOf(context), kind, input.id), input);
    },
    async update(context: Context, input: Kinds[Kind]["given"] & { readonly id: string }) {
      return show(context, await useCases.replacePrincipal(context, kind, input.id, given(input)));
    },
    async patch(context: Context, input: Static<typeof scimPatch> & { readonly id: string }) {
      return show(context, await useCases.patchPrincipal(context, kind, input.id, input.Operations));
    },
    async delete(context: Context, input: { readonly id: string }) {
      await useCases.deletePrincipal(context, kind, input.id);
      return {};
    },
  };
}

function given(input: Kinds[PrincipalKind]["given"]): GivenAttributes {
  const { displayName, externalId, groups, roles, entitlements } = input;
  const name = "name" in input ? input.name : undefined;
  return {
    userName: "userName" in input ? (input.userName ?? null) : null,
    applicationId: "applicationId" in input ? (input.applicationId ?? null) : null,
    displayName: displayName ?? null,
    externalId: externalId ?? null,
    active: "active" in input ? (input.active ?? null) : null,
    givenName: name?.givenName ?? null,
    familyName: name?.familyName ?? null,
    emails: scimValues("emails", ("emails" in input ? input.emails : undefined) ?? []),
    roles: scimValues("roles", roles ?? []),
    entitlements: scimValues("entitlements", entitlements ?? []),
    groups: scimValues("groups", groups ?? []),
    members: scimValues("members", ("members" in input ? input.members : undefined) ?? []),
  };
}

/** As SCIM shows a principal (databricks-workspace-api.md C10); what is empty is left out, groups apart. */
export function resource(described: DescribedPrincipal, inWorkspace: boolean): object {
  const { principal, active, groups, members, roles, entitlements } = described;
  const { kind, id, name, person, externalId } = principal;
  const common = {
    id,
    displayName: displayNameOf(principal),
    ...(externalId !== null && { externalId }),
    groups: groups.map((group) => ({
      value: group.id,
      display: group.name,
      type: group.direct ? "direct" : "indirect",
      $ref: `Groups/${group.id}`,
    })),
    ...(roles.length > 0 && { roles: roles.map((value) => ({ value })) }),
    ...(inWorkspace && entitlements.length > 0 && { entitlements: entitlements.map((value) => ({ value })) }),
  };
  switch (kind) {
    case "user":
      return {
        schemas: [`${CORE}:User`],
        ...common,
        userName: name,
        ...((person?.givenName ?? person?.familyName ?? null) !== null && {
          name: {
            ...(person?.givenName && { givenName: person.givenName }),
            ...(person?.familyName && { familyName: person.familyName }),
          },
        }),
        emails: (person?.emails ?? []).map(({ value, type, primary }) => ({
          value,
          primary,
          ...(type !== null && { type }),
        })),
        active,
      };
    case "service-principal":
      return { schemas: [`${CORE}:ServicePrincipal`], ...common, applicationId: name, active };
    case "group":
      return {
        schemas: [`${CORE}:Group`],
        ...common,
        ...(members.length > 0 && {
          members: members.map((member) => ({
            value: member.id,
            display: member.display,
            $ref: `${COLLECTIONS[member.kind]}/${member.id}`,
            type: "direct",
          })),
        }),
        meta: { resourceType: principal.workspace === null ? "Group" : "WorkspaceGroup" },
      };
  }
}

/** Any principal as `Me` shows it. */
export function asUser(described: DescribedPrincipal): object {
  const { principal } = described;
  const own = resource(described, true);
  return principal.kind === "user" ? own : { ...own, schemas: [`${CORE}:User`], userName: principal.name };
}

/** All of SCIM, for the table of either level. */
export function allScimHandlers(useCases: DatabricksUseCases) {
  return {
    ...ofObject("users", scimHandlers(useCases, "user")),
    ...ofObject("groups", scimHandlers(useCases, "group")),
    ...ofObject("service-principals", scimHandlers(useCases, "service-principal")),
  };
}
