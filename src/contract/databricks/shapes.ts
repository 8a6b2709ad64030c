import { type TObject, type TProperties, Type } from "typebox";

/** An object whose unknown members are ignored, as every Databricks API does (databricks-account-api.md 0, rule 4). */
export function message<Properties extends TProperties>(properties: Properties): TObject<Properties> {
  return Type.Object(properties);
}

export const NOTHING = message({});

/** The path parameter of every account path: a UUID. */
export const accountParams = message({ account_id: Type.String() });

/** Epoch milliseconds. */
export const Milliseconds = Type.Integer({ minimum: 0 });
