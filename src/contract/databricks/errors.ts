import { Type } from "typebox";

/** Body of every error of the 2.x APIs (databricks-account-api.md A13). */
export const ErrorBody = Type.Object({
  error_code: Type.String(),
  message: Type.String(),
  details: Type.Optional(Type.Array(Type.Object({ "@type": Type.String() }))),
});

export const REQUEST_ID_HEADER = "x-request-id";
