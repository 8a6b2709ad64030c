/** A string that only its own constructor may produce, so that ids of different things do not mix. */
type Branded<Name extends string> = string & { readonly __brand: Name };

/** A 12-digit AWS account id, or the UUID of a Databricks account. */
export type AccountId = Branded<"AccountId">;
/** An AWS region name such as `us-east-1`; always that of the request's signature. */
export type Region = Branded<"Region">;
export type VirtualClusterId = Branded<"VirtualClusterId">;
export type JobRunId = Branded<"JobRunId">;
/**
 * The tag of one launched driver. It is the owner's id for the first attempt and `<owner>-<attempt>` for later ones,
 * is stored before the launch, and names the run's directory.
 */
export type ApplicationId = Branded<"ApplicationId">;
export type AccessKeyId = Branded<"AccessKeyId">;
export type EffectId = Branded<"EffectId">;
/** Decimal digits, as SCIM's ids are: a user, a service principal or a group of a Databricks account. */
export type PrincipalId = Branded<"PrincipalId">;
/** A UUID; of a Databricks workspace the decimal digits of its numeric id. */
export type AccountObjectId = Branded<"AccountObjectId">;
/** The decimal digits of a workspace's numeric id, which is below 2^53. */
export type WorkspaceId = AccountObjectId;

export const accountId = (value: string) => value as AccountId;
export const region = (value: string) => value as Region;
export const virtualClusterId = (value: string) => value as VirtualClusterId;
export const jobRunId = (value: string) => value as JobRunId;
export const applicationId = (value: string) => value as ApplicationId;
export const accessKeyId = (value: string) => value as AccessKeyId;
export const effectId = (value: string) => value as EffectId;
export const principalId = (value: string) => value as PrincipalId;
export const accountObjectId = (value: string) => value as AccountObjectId;

/** The region of what belongs to a Databricks account, whose dialects have none. */
export const NO_REGION = region("");

/** Where a row of the AWS dialects lives: ids, names, tokens and lists are per account and region. */
export interface Scope {
  readonly account: AccountId;
  readonly region: Region;
}

/** The tag of an owner's n-th attempt, counted from 1. */
export function applicationIdOf(ownerId: string, attempt: number): ApplicationId {
  return applicationId(attempt === 1 ? ownerId : `${ownerId}-${attempt}`);
}
