import type { TObject, TSchema } from "typebox";
import type { NotImplementedOperation, Operation } from "../operation.ts";

/**
 * Who may call: checked before anything else of a request is looked at. `account-user` is anybody who can sign in to
 * the account of the path; the admins are theirs too. Rules about single objects come on top, in use cases.
 */
export type Access = "account-admin" | "account-user" | "workspace-admin" | "workspace-user";

interface DatabricksFacts {
  /** The object as `firesteel account <object> <verb>` and the vendor's SDKs name it, such as `credentials`. */
  readonly object: string;
  /** Such as `create`; with the object it makes the operation's name, `credentials.create`. */
  readonly verb: string;
  readonly access: Access;
  /** Other paths that answer the same. */
  readonly aliases?: readonly string[];
  /** SCIM has a content type and an error envelope of its own (databricks-account-api.md A13). */
  readonly protocol?: "scim";
  /** The input's member that takes the whole body, for a map with keys of any name. */
  readonly wholeBody?: string;
  /**
   * Whether the answer follows from the request and from what is stored alone, not from the time nor from runs: it may be
   * given again until something else is committed.
   */
  readonly isKept?: true;
  /** HTTP status of success where it is not 200; with 204, nothing is sent. */
  readonly status?: number;
  /** Content type of success where it is not JSON: the answer is the text itself. */
  readonly mediaType?: string;
}

export interface DatabricksOperation<
  Name extends string = string,
  Params extends TObject = TObject,
  Query extends TObject = TObject,
  Body extends TObject = TObject,
  Response extends TSchema = TSchema,
> extends Operation<Name, Params, Query, Body, Response>,
    DatabricksFacts {}

export interface NotImplementedDatabricksOperation<Name extends string = string>
  extends NotImplementedOperation<Name>,
    DatabricksFacts {}

export type AnyDatabricksOperation = DatabricksOperation | NotImplementedDatabricksOperation;

/** Every account path starts with this. */
export const ACCOUNT = "/api/2.0/accounts/{account_id}";

export function databricksOperation<
  const Object extends string,
  const Verb extends string,
  Params extends TObject,
  Query extends TObject,
  Body extends TObject,
  Response extends TSchema,
>(
  facts: Omit<
    DatabricksOperation<`${Object}.${Verb}`, Params, Query, Body, Response>,
    "implemented" | "name" | "object" | "verb"
  > & { readonly object: Object; readonly verb: Verb },
): DatabricksOperation<`${Object}.${Verb}`, Params, Query, Body, Response> {
  return { implemented: true, name: `${facts.object}.${facts.verb}`, ...facts };
}

/** Marks an operation as known and not performed: it answers `NOT_IMPLEMENTED` with its name, to those who may call it. */
export function notImplementedDatabricks<const Object extends string, const Verb extends string>(
  facts: Omit<
    NotImplementedDatabricksOperation<`${Object}.${Verb}`>,
    "implemented" | "name" | "object" | "verb"
  > & { readonly object: Object; readonly verb: Verb },
): NotImplementedDatabricksOperation<`${Object}.${Verb}`> {
  return { implemented: false, name: `${facts.object}.${facts.verb}`, ...facts };
}

/** The members of a table of verbs under the names that an object's operations have, such as `users.list`. */
export type OfObject<Name extends string, Verbs> = {
  readonly [Verb in keyof Verbs & string as `${Name}.${Verb}`]: Verbs[Verb];
};

export function ofObject<const Name extends string, Verbs extends object>(
  object: Name,
  verbs: Verbs,
): OfObject<Name, Verbs> {
  const members = Object.entries(verbs).map(([verb, member]) => [`${object}.${verb}`, member]);
  // The compiler does not follow names that are put together.
  return Object.fromEntries(members) as OfObject<Name, Verbs>;
}
