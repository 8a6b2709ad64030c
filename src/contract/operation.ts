import type { Static, TObject, TSchema } from "typebox";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What every operation of a dialect has, whether this server performs it or not. */
interface OperationFacts<Name extends string> {
  /** The vendor's name, such as `StartJobRun`. */
  readonly name: Name;
  readonly method: Method;
  /** A path template; the names in braces are those of the path parameters. */
  readonly path: string;
  readonly summary: string;
}

/** An operation that this server performs: everything needed to serve, call or document it. */
export interface Operation<
  Name extends string = string,
  Params extends TObject = TObject,
  Query extends TObject = TObject,
  Body extends TObject = TObject,
  Response extends TSchema = TSchema,
> extends OperationFacts<Name> {
  readonly implemented: true;
  readonly params: Params;
  readonly query: Query;
  /** Members of the JSON body; without any, the operation takes no body. */
  readonly body: Body;
  readonly response: Response;
}

/** An operation that the dialect has and this server refuses by name. */
export interface NotImplementedOperation<Name extends string = string> extends OperationFacts<Name> {
  readonly implemented: false;
}

export type AnyOperation = Operation | NotImplementedOperation;

/** The members of path, query and body together, as the vendor's SDKs name them: no two share a name. */
export type InputOf<Op> =
  Op extends Operation<string, infer Params, infer Query, infer Body>
    ? Static<Params> & Static<Query> & Static<Body>
    : never;

export type OutputOf<Op> =
  Op extends Operation<string, TObject, TObject, TObject, infer Response> ? Static<Response> : never;

export function operation<
  const Name extends string,
  Params extends TObject,
  Query extends TObject,
  Body extends TObject,
  Response extends TSchema,
>(
  facts: Omit<Operation<Name, Params, Query, Body, Response>, "implemented">,
): Operation<Name, Params, Query, Body, Response> {
  return { implemented: true, ...facts };
}

/** Marks an operation as known and not performed: it answers "not implemented" with its name. */
export function notImplemented<const Name extends string>(
  name: Name,
  method: Method,
  path: string,
  summary: string,
): NotImplementedOperation<Name> {
  return { implemented: false, name, method, path, summary };
}
