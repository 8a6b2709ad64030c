import { Type } from "typebox";

/** Body of every error. botocore reads the name from the `x-amzn-ErrorType` header, others from `__type`. */
export const ErrorBody = Type.Object({ message: Type.String(), __type: Type.String() });

/** Header that names the error; botocore's `RestJSONParser._inject_error_code` reads it before the body. */
export const ERROR_TYPE_HEADER = "x-amzn-ErrorType";
export const REQUEST_ID_HEADER = "x-amzn-RequestId";
