import type { AuthorizationCode, BrowserSession, OAuthGrant, RefreshToken } from "../access/oauth-grant.ts";
import type { PersonalAccessToken } from "../access/personal-access-token.ts";
import type { ServicePrincipalSecret } from "../access/service-principal-secret.ts";
import type { SigningKey } from "../access/signing-key.ts";
import type {
  AccountObject,
  AccountObjectKind,
  Claim,
  ClaimLimit,
} from "../account-object/account-object.ts";
import type { FederationPolicy } from "../federation/federation-policy.ts";
import type { AccountId, AccountObjectId, PrincipalId, WorkspaceId } from "../ids.ts";
import type { Json } from "../json.ts";
import type { Principal, PrincipalKind } from "../principal/principal.ts";
import type { PrincipalCondition, PrincipalOrder } from "../principal/principal-query.ts";
import type { OutgoingMail } from "../workspace/outgoing-mail.ts";

/** The hash of a user's password, in a form that says how it was made. */
export interface StoredPassword {
  readonly principal: PrincipalId;
  readonly hash: string;
}

/** What somebody may do in a workspace: `permissions` of databricks-account-api.md B10. */
export type WorkspaceLevel = "USER" | "ADMIN";

export interface WorkspaceAssignment {
  readonly workspace: WorkspaceId;
  readonly principal: PrincipalId;
  readonly level: WorkspaceLevel;
}

/** What a principal has in a workspace beside being there; those without a row have nothing and are active. */
export interface WorkspaceGrants {
  readonly workspace: WorkspaceId;
  readonly principal: PrincipalId;
  readonly entitlements: readonly string[];
  /** Such as the ARN of an instance profile; none of them is a role in the account. */
  readonly roles: readonly string[];
  /** Whether it may enter the workspace. */
  readonly active: boolean;
  readonly version: number;
}

/** One document of an account or a workspace. */
export interface Setting {
  readonly owner: AccountId | WorkspaceId;
  readonly name: string;
  readonly body: Json;
  readonly version: number;
}

/** That somebody is in a group, directly. */
export interface Membership {
  readonly group: PrincipalId;
  readonly member: PrincipalId;
}

/** The writes of a commit that concern a Databricks account; versions are as in `Change`. */
export type AccountChange =
  | {
      readonly kind: "account-object";
      readonly row: AccountObject;
      /** All that it claims from now on, its name among them. A value that another one holds: DuplicateError. */
      readonly claims: readonly Claim[];
      /** All that it needs from now on. One that is not there any more: StaleVersionError. */
      readonly needs: readonly AccountObjectId[];
      /** Where there are more claims of the like with these than that: StaleVersionError. */
      readonly limits: readonly ClaimLimit[];
    }
  /** Takes its claims and needs with it. Fails as stale where another object needs it. */
  | { readonly kind: "account-object-deleted"; readonly id: AccountObjectId; readonly version: number }
  | { readonly kind: "principal"; readonly row: Principal }
  /** Takes its memberships, password, tokens and secrets with it. */
  | { readonly kind: "principal-deleted"; readonly id: PrincipalId; readonly version: number }
  /** Does nothing where it is a member already. */
  | { readonly kind: "group-member"; readonly group: PrincipalId; readonly member: PrincipalId }
  | { readonly kind: "group-member-removed"; readonly group: PrincipalId; readonly member: PrincipalId }
  /** In the place of the one before. */
  | { readonly kind: "workspace-assignment"; readonly row: WorkspaceAssignment }
  /**
   * Takes with it what the principal has there: grants, tokens, places in the workspace's own groups. Does nothing
   * where it is gone already.
   */
  | {
      readonly kind: "workspace-assignment-removed";
      readonly workspace: WorkspaceId;
      readonly principal: PrincipalId;
    }
  | { readonly kind: "workspace-grants"; readonly row: WorkspaceGrants }
  | { readonly kind: "setting"; readonly row: Setting }
  | {
      readonly kind: "setting-deleted";
      readonly owner: Setting["owner"];
      readonly name: string;
      readonly version: number;
    }
  /** In the place of the one before. */
  | { readonly kind: "password"; readonly row: StoredPassword }
  | { readonly kind: "personal-access-token"; readonly row: PersonalAccessToken }
  /** Does nothing where it is gone already. */
  | { readonly kind: "personal-access-token-deleted"; readonly id: string }
  /** Does nothing where it is gone. */
  | { readonly kind: "personal-access-token-comment"; readonly id: string; readonly comment: string }
  /** Does nothing where it is gone. */
  | { readonly kind: "personal-access-token-used"; readonly id: string; readonly dayMs: number }
  | { readonly kind: "service-principal-secret"; readonly row: ServicePrincipalSecret }
  /** Does nothing where it is gone already. */
  | { readonly kind: "service-principal-secret-deleted"; readonly id: string }
  /** Does nothing where one with its id is there; it goes with its workspace. */
  | { readonly kind: "outgoing-mail"; readonly row: OutgoingMail }
  /** Puts it off for whoever sends it now; stale where it is not due when it was any more, since another has it or had it. */
  | {
      readonly kind: "outgoing-mail-claimed";
      readonly id: string;
      readonly dueAtMs: number;
      readonly untilMs: number;
    }
  /** Does nothing where it is gone. */
  | {
      readonly kind: "outgoing-mail-failed";
      readonly id: string;
      readonly attempts: number;
      readonly dueAtMs: number;
      readonly lastError: string;
    }
  /** Of all that there are. */
  | { readonly kind: "outgoing-mails-due"; readonly dueAtMs: number }
  /** Does nothing where it is gone already. */
  | { readonly kind: "outgoing-mail-done"; readonly id: string }
  | { readonly kind: "signing-key"; readonly row: SigningKey }
  /** The same private key under another key of the key ring; does nothing where it is gone or another one by now. */
  | {
      readonly kind: "signing-key-sealed";
      readonly id: string;
      readonly from: string;
      readonly encryptedPrivateKey: string;
    }
  /** Does nothing where it is gone already. */
  | { readonly kind: "signing-key-deleted"; readonly id: string }
  | { readonly kind: "authorization-code"; readonly row: AuthorizationCode }
  | { readonly kind: "oauth-grant"; readonly row: OAuthGrant }
  /** Takes its refresh tokens with it. Does nothing where it is gone already. */
  | { readonly kind: "oauth-grant-deleted"; readonly id: string }
  /** Those of the grant that are `REMEMBERED_REFRESHES` older than this one are forgotten. */
  | { readonly kind: "refresh-token"; readonly row: RefreshToken }
  | { readonly kind: "browser-session"; readonly row: BrowserSession }
  /** Does nothing where it is gone already. */
  | { readonly kind: "browser-session-deleted"; readonly id: string }
  /** Removes all codes, grants and sessions of somebody. */
  | { readonly kind: "sign-ins-ended"; readonly principal: PrincipalId }
  /** Removes the codes, grants and sessions that had ended by then. */
  | { readonly kind: "sign-ins-expired"; readonly beforeMs: number }
  /** Its service principal takes it with it. */
  | { readonly kind: "federation-policy"; readonly row: FederationPolicy }
  | { readonly kind: "federation-policy-deleted"; readonly uid: string; readonly version: number };

export interface PrincipalPageQuery {
  readonly account: AccountId;
  /** Null: those of the account itself. */
  readonly workspace: WorkspaceId | null;
  readonly kind: PrincipalKind;
  /** Null: all. */
  readonly condition: PrincipalCondition | null;
  /** Equal ones come by id. */
  readonly order: PrincipalOrder;
  /** How many are passed over. */
  readonly offset: number;
  readonly limit: number;
}

/** The reads that concern Databricks accounts. */
export interface AccountStore {
  readonly accountObjects: {
    get<Kind extends AccountObjectKind>(
      account: AccountId,
      kind: Kind,
      id: AccountObjectId,
    ): Promise<AccountObject<Kind> | null>;
    /** Of any account: for requests that name a workspace and nothing else. */
    workspace(id: WorkspaceId): Promise<AccountObject<"workspace"> | null>;
    /** All of a kind, oldest first. */
    list<Kind extends AccountObjectKind>(
      account: AccountId,
      kind: Kind,
    ): Promise<readonly AccountObject<Kind>[]>;
    /** Every account's objects of a kind in one of these states, oldest first. */
    inStates<Kind extends AccountObjectKind>(
      kind: Kind,
      states: readonly string[],
    ): Promise<readonly AccountObject<Kind>[]>;
    /** The object that holds this value. */
    holding(claim: Claim): Promise<AccountObject | null>;
    /** How many claims of a kind there are but for those of one object. */
    countClaims(of: Pick<Claim, "scope" | "kind">, except: AccountObjectId): Promise<number>;
    /** The objects that need this one, oldest first. */
    needing(id: AccountObjectId): Promise<readonly AccountObject[]>;
  };
  readonly principals: {
    get(account: AccountId, id: PrincipalId): Promise<Principal | null>;
    /** One of the account itself, or of one of its workspaces. */
    named(
      account: AccountId,
      kind: PrincipalKind,
      name: string,
      workspace?: WorkspaceId,
    ): Promise<Principal | null>;
    /** All that belong to the account itself, oldest first. */
    list(account: AccountId, kind: PrincipalKind): Promise<readonly Principal[]>;
    /**
     * Those that are in a workspace, oldest first: users and service principals by an assignment of their own or of a
     * group that they are in at any depth; groups that are assigned themselves, or that are the workspace's own.
     */
    inWorkspace(workspace: WorkspaceId, kind: PrincipalKind): Promise<readonly Principal[]>;
    /** Those that are assigned to a workspace themselves with this level, oldest first. */
    assignedTo(workspace: WorkspaceId, level: WorkspaceLevel): Promise<readonly Principal[]>;
    /** A part of those that an account itself has, or that are in a workspace, as `list` and `inWorkspace` say. */
    page(query: PrincipalPageQuery): Promise<{ readonly total: number; readonly rows: readonly Principal[] }>;
    /** Of these, those that the account has, by id. */
    those(account: AccountId, ids: readonly PrincipalId[]): Promise<readonly Principal[]>;
    /** On the way up from these: which groups they are in directly, and which groups those are in, and so on. */
    membershipsAbove(members: readonly PrincipalId[]): Promise<readonly Membership[]>;
    /** The direct members of each of these groups, by id. */
    membersOfEach(
      groups: readonly PrincipalId[],
    ): Promise<readonly { readonly group: PrincipalId; readonly member: Principal }[]>;
    /** The groups that it is in, directly or by way of other groups; each once. */
    groupsOf(id: PrincipalId): Promise<readonly Principal[]>;
    /** Those of them that it is in itself. */
    directGroupsOf(id: PrincipalId): Promise<readonly PrincipalId[]>;
    /** The groups and principals that are its direct members. */
    membersOf(group: PrincipalId): Promise<readonly Principal[]>;
  };
  readonly workspaceAssignments: {
    /** Of a workspace, by principal. */
    of(workspace: WorkspaceId): Promise<readonly WorkspaceAssignment[]>;
    /** Of these principals, those that there are. */
    among(
      workspace: WorkspaceId,
      principals: readonly PrincipalId[],
    ): Promise<readonly WorkspaceAssignment[]>;
    /** The highest level that any of these principals has; null where none is assigned. */
    levelOf(workspace: WorkspaceId, principals: readonly PrincipalId[]): Promise<WorkspaceLevel | null>;
  };
  readonly workspaceGrants: {
    of(workspace: WorkspaceId, principal: PrincipalId): Promise<WorkspaceGrants | null>;
    /** Of these principals, those that there are. */
    among(workspace: WorkspaceId, principals: readonly PrincipalId[]): Promise<readonly WorkspaceGrants[]>;
  };
  readonly settings: { get(owner: Setting["owner"], name: string): Promise<Setting | null> };
  readonly passwords: { of(principal: PrincipalId): Promise<StoredPassword | null> };
  readonly personalAccessTokens: {
    withHash(hash: string): Promise<PersonalAccessToken | null>;
    get(id: string): Promise<PersonalAccessToken | null>;
    /** Oldest first, as are those of a workspace. */
    of(principal: PrincipalId): Promise<readonly PersonalAccessToken[]>;
    inWorkspace(workspace: WorkspaceId): Promise<readonly PersonalAccessToken[]>;
  };
  readonly servicePrincipalSecrets: {
    get(id: string): Promise<ServicePrincipalSecret | null>;
    withHash(hash: string): Promise<ServicePrincipalSecret | null>;
    /** Oldest first. */
    of(principal: PrincipalId): Promise<readonly ServicePrincipalSecret[]>;
  };
  readonly authorizationCodes: { withHash(hash: string): Promise<AuthorizationCode | null> };
  readonly oauthGrants: { get(id: string): Promise<OAuthGrant | null> };
  readonly refreshTokens: { withHash(hash: string): Promise<RefreshToken | null> };
  readonly browserSessions: { withHash(hash: string): Promise<BrowserSession | null> };
  readonly federationPolicies: {
    /** Of a service principal, or of the account itself; oldest first. */
    of(account: AccountId, servicePrincipal: PrincipalId | null): Promise<readonly FederationPolicy[]>;
    withTrust(trustId: string): Promise<FederationPolicy | null>;
  };
  readonly outgoingMails: {
    /**
     * Those that are to be sent by now, the longest due first; also those that are due later than any retry waits, which
     * a clock that was wrong has said.
     */
    due(nowMs: number, longestWaitMs: number, limit: number): Promise<readonly OutgoingMail[]>;
    /** Those of an account, or of one of its workspaces, that could not be sent so far; oldest first. */
    failed(account: AccountId, workspace?: WorkspaceId): Promise<readonly OutgoingMail[]>;
  };
  /** Oldest first; the last one signs. */
  readonly signingKeys: { list(): Promise<readonly SigningKey[]> };
}
