import { type TObject, type TProperties, Type } from "typebox";
import { type Access, databricksOperation } from "./operation.ts";
import { message, NOTHING } from "./shapes.ts";

/** A setting: which member has its value, its type says (databricks-account-api.md B13). */
const TypedSetting = Type.Object(
  { setting_name: Type.String(), etag: Type.String() },
  { additionalProperties: Type.Unknown() },
);

/** The same operations in an account and in a workspace. */
export function typedSettingOperations<Params extends TProperties>(level: {
  readonly prefix: string;
  readonly params: TObject<Params>;
  readonly access: Access;
}) {
  const facts = {
    object: "settings",
    access: level.access,
    path: `${level.prefix}/settings/types/{setting_type}/names/default`,
    params: Type.Object({ ...level.params.properties, setting_type: Type.String() }),
  } as const;
  return {
    get: databricksOperation({
      ...facts,
      verb: "get",
      method: "GET",
      summary: "Shows a setting",
      query: NOTHING,
      body: NOTHING,
      response: TypedSetting,
    }),
    update: databricksOperation({
      ...facts,
      verb: "update",
      method: "PATCH",
      summary: "Changes a setting",
      query: NOTHING,
      body: message({
        allow_missing: Type.Optional(Type.Boolean()),
        field_mask: Type.Optional(Type.String()),
        setting: Type.Record(Type.String(), Type.Unknown()),
      }),
      response: TypedSetting,
    }),
    delete: databricksOperation({
      ...facts,
      verb: "delete",
      method: "DELETE",
      summary: "Puts a setting back to its default",
      query: message({ etag: Type.Optional(Type.String()) }),
      body: NOTHING,
      response: message({ etag: Type.String() }),
    }),
  };
}
