import { type TObject, type TProperties, Type } from "typebox";
import { type Access, databricksOperation } from "./operation.ts";
import { message, NOTHING } from "./shapes.ts";

const rules = Type.Array(
  message({ role: Type.String(), principals: Type.Optional(Type.Array(Type.String())) }),
);
const RuleSet = message({ name: Type.String(), etag: Type.String(), grant_rules: rules });

/** Who has which role on a service principal, a group or the account (databricks-account-api.md B13). */
export function ruleSetOperations<const Object extends string, Params extends TProperties>(level: {
  readonly object: Object;
  readonly prefix: string;
  readonly params: TObject<Params>;
  readonly access: Access;
}) {
  const facts = { object: level.object, access: level.access, params: level.params } as const;
  const path = `${level.prefix}/access-control/rule-sets`;
  return {
    roles: databricksOperation({
      ...facts,
      verb: "get-assignable-roles-for-resource",
      method: "GET",
      path: `${level.prefix}/access-control/assignable-roles`,
      summary: "Lists the roles that can be granted on a resource",
      query: message({ resource: Type.String() }),
      body: NOTHING,
      response: message({ roles: Type.Array(message({ name: Type.String() })) }),
    }),
    get: databricksOperation({
      ...facts,
      verb: "get-rule-set",
      method: "GET",
      path,
      summary: "Shows who has which role on a resource",
      query: message({ name: Type.String(), etag: Type.Optional(Type.String()) }),
      body: NOTHING,
      response: RuleSet,
    }),
    update: databricksOperation({
      ...facts,
      verb: "update-rule-set",
      method: "PUT",
      path,
      summary: "Replaces the roles on a resource",
      query: NOTHING,
      body: message({
        name: Type.String(),
        rule_set: message({
          name: Type.Optional(Type.String()),
          etag: Type.Optional(Type.String()),
          grant_rules: Type.Optional(rules),
        }),
      }),
      response: RuleSet,
    }),
  };
}
