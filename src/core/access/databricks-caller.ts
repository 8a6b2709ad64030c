import type { AccountId, PrincipalId, WorkspaceId } from "../ids.ts";
import type { PrincipalKind } from "../principal/principal.ts";

/** How somebody proved who they are: `id` tells credentials of one kind apart in the audit log, and is no secret. */
export interface UsedCredential {
  readonly kind: "personal-access-token" | "password" | "oauth" | "session" | "entra-id";
  readonly id: string;
}

/** Who is calling a Databricks dialect: the answer of authentication. */
export interface DatabricksCaller {
  readonly account: AccountId;
  readonly principal: PrincipalId;
  readonly kind: Exclude<PrincipalKind, "group">;
  /** A user's name or a service principal's application id. */
  readonly name: string;
  /** The groups that it is in, at any depth. */
  readonly groups: readonly PrincipalId[];
  /** By a role of its own or of a group that it is in, at any depth. */
  readonly isAccountAdmin: boolean;
  /** The workspace that a personal access token was made in, the only one that it opens; null for the account's own. */
  readonly workspace: WorkspaceId | null;
  readonly credential: UsedCredential;
  /**
   * Until when they need not be asked again who they are while nothing is committed, in milliseconds since 1970; 0 where
   * each request has to prove it.
   */
  readonly provenUntilMs: number;
}
