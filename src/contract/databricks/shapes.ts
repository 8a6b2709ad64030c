import { type TObject, type TProperties, Type } from "typebox";

/** An object whose unknown members are ignored, as every Databricks API does (databricks-account-api.md 0, rule 4). */
export function message<Properties extends TProperties>(properties: Properties): TObject<Properties> {
  return Type.Object(properties);
}

export const NOTHING = message({});

/** A name of an object: an index holds it, and PostgreSQL's take no long ones. */
export const Name = Type.String({ minLength: 1, maxLength: 256 });

/** The path parameter of every account path: a UUID. */
export const accountParams = message({ account_id: Type.String() });

/** Epoch milliseconds. */
export const Milliseconds = Type.Integer({ minimum: 0 });
