import { type TObject, type TProperties, Type } from "typebox";
import { type Access, databricksOperation } from "./operation.ts";
import { Milliseconds, message, NOTHING } from "./shapes.ts";

/** Addresses that may or may not call (databricks-workspace-api.md C16). */
const IpAccessList = message({
  list_id: Type.String(),
  label: Type.String(),
  list_type: Type.String(),
  ip_addresses: Type.Array(Type.String()),
  address_count: Type.Integer(),
  enabled: Type.Boolean(),
  created_at: Milliseconds,
  created_by: Type.Integer(),
  updated_at: Milliseconds,
  updated_by: Type.Integer(),
});
export const OneIpAccessList = message({ ip_access_list: IpAccessList });

const listType = Type.Union([Type.Literal("ALLOW"), Type.Literal("BLOCK")]);
const addresses = Type.Array(Type.String());
const label = Type.String({ minLength: 1 });

/** The same operations in an account and in a workspace. */
export function ipAccessListOperations<const Object extends string, Params extends TProperties>(level: {
  readonly object: Object;
  readonly path: string;
  readonly params: TObject<Params>;
  readonly access: Access;
}) {
  const facts = { object: level.object, access: level.access, query: NOTHING } as const;
  const all = { path: level.path, params: level.params };
  const one = {
    path: `${level.path}/{ip_access_list_id}`,
    params: Type.Object({ ...level.params.properties, ip_access_list_id: Type.String() }),
  };
  return {
    create: databricksOperation({
      ...facts,
      ...all,
      verb: "create",
      method: "POST",
      summary: "Makes a list of addresses that may or may not call",
      body: message({ label, list_type: listType, ip_addresses: addresses }),
      response: OneIpAccessList,
    }),
    list: databricksOperation({
      ...facts,
      ...all,
      verb: "list",
      method: "GET",
      summary: "Lists the IP access lists",
      body: NOTHING,
      response: message({ ip_access_lists: Type.Array(IpAccessList) }),
    }),
    get: databricksOperation({
      ...facts,
      ...one,
      verb: "get",
      method: "GET",
      summary: "Shows an IP access list",
      body: NOTHING,
      response: OneIpAccessList,
    }),
    replace: databricksOperation({
      ...facts,
      ...one,
      verb: "replace",
      method: "PUT",
      summary: "Replaces an IP access list",
      body: message({
        label,
        list_type: listType,
        ip_addresses: Type.Optional(addresses),
        enabled: Type.Boolean(),
      }),
      response: OneIpAccessList,
    }),
    update: databricksOperation({
      ...facts,
      ...one,
      verb: "update",
      method: "PATCH",
      summary: "Changes an IP access list",
      body: message({
        label: Type.Optional(label),
        list_type: Type.Optional(listType),
        ip_addresses: Type.Optional(addresses),
        enabled: Type.Optional(Type.Boolean()),
      }),
      response: OneIpAccessList,
    }),
    delete: databricksOperation({
      ...facts,
      ...one,
      verb: "delete",
      method: "DELETE",
      summary: "Removes an IP access list",
      body: NOTHING,
      response: NOTHING,
    }),
  };
}
