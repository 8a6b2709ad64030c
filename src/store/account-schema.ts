import type { AccountObjectBodies, AccountObjectKind, Claim } from "../core/account-object/account-object.ts";
import type { FederationTrust } from "../core/federation/federation-policy.ts";
import type { AccountId, AccountObjectId, PrincipalId, WorkspaceId } from "../core/ids.ts";
import type { Json } from "../core/json.ts";
import type { WorkspaceLevel } from "../core/ports/account-store.ts";
import type { Principal } from "../core/principal/principal.ts";
import type { JsonText } from "./json-text.ts";

/** The tables of Databricks accounts; a part of `Schema`. */
export interface AccountSchema {
  account_objects: AccountObjectTable;
  account_object_claims: AccountObjectClaimTable;
  account_object_needs: AccountObjectNeedTable;
  principals: PrincipalTable;
  group_members: GroupMemberTable;
  workspace_assignments: WorkspaceAssignmentTable;
  workspace_grants: WorkspaceGrantTable;
  settings: SettingTable;
  passwords: PasswordTable;
  personal_access_tokens: PersonalAccessTokenTable;
  service_principal_secrets: ServicePrincipalSecretTable;
  signing_keys: SigningKeyTable;
  authorization_codes: AuthorizationCodeTable;
  oauth_grants: OAuthGrantTable;
  refresh_tokens: RefreshTokenTable;
  browser_sessions: BrowserSessionTable;
  federation_policies: FederationPolicyTable;
  outgoing_mails: OutgoingMailTable;
}

export interface AccountObjectTable {
  id: AccountObjectId;
  account: AccountId;
  kind: AccountObjectKind;
  name: string;
  state: string | null;
  body: JsonText<AccountObjectBodies[AccountObjectKind]>;
  created_at_ms: number;
  version: number;
}

export interface AccountObjectClaimTable {
  scope: Claim["scope"];
  kind: string;
  value: string;
  object_id: AccountObjectId;
}

export interface AccountObjectNeedTable {
  object_id: AccountObjectId;
  needed_id: AccountObjectId;
}

export interface PrincipalTable {
  id: PrincipalId;
  account: AccountId;
  kind: Principal["kind"];
  workspace_id: WorkspaceId | null;
  name: string;
  /** The name as it is compared: see `nameKey`. */
  name_key: string;
  display_name: string | null;
  external_id: string | null;
  active: 0 | 1;
  roles: JsonText<Principal["roles"]>;
  person: JsonText<NonNullable<Principal["person"]>> | null;
  created_at_ms: number;
  version: number;
}

export interface GroupMemberTable {
  group_id: PrincipalId;
  member_id: PrincipalId;
}

export interface WorkspaceAssignmentTable {
  workspace_id: WorkspaceId;
  principal_id: PrincipalId;
  level: WorkspaceLevel;
}

export interface WorkspaceGrantTable {
  workspace_id: WorkspaceId;
  principal_id: PrincipalId;
  entitlements: JsonText<readonly string[]>;
  roles: JsonText<readonly string[]>;
  active: 0 | 1;
  version: number;
}

export interface SettingTable {
  owner_id: AccountObjectId;
  name: string;
  body: JsonText<Json>;
  version: number;
}

export interface PasswordTable {
  principal_id: PrincipalId;
  hash: string;
}

export interface PersonalAccessTokenTable {
  id: string;
  account: AccountId;
  workspace_id: WorkspaceId | null;
  principal_id: PrincipalId;
  created_by_id: PrincipalId;
  created_by_name: string;
  hash: string;
  comment: string;
  created_at_ms: number;
  expires_at_ms: number | null;
  last_used_day_ms: number | null;
}

export interface ServicePrincipalSecretTable {
  id: string;
  account: AccountId;
  principal_id: PrincipalId;
  hash: string;
  created_at_ms: number;
  expires_at_ms: number;
}

export interface SigningKeyTable {
  id: string;
  /** JSON Web Keys as text; of the private one only its ciphertext. */
  public_key: string;
  encrypted_private_key: string;
  created_at_ms: number;
}

export interface AuthorizationCodeTable {
  hash: string;
  account: AccountId;
  workspace_id: WorkspaceId | null;
  principal_id: PrincipalId;
  client_id: string;
  integration_id: AccountObjectId | null;
  redirect_uri: string;
  challenge: string;
  scope: string;
  expires_at_ms: number;
  grant_id: string | null;
  version: number;
}

export interface OAuthGrantTable {
  id: string;
  account: AccountId;
  workspace_id: WorkspaceId | null;
  principal_id: PrincipalId;
  client_id: string;
  integration_id: AccountObjectId | null;
  scope: string;
  created_at_ms: number;
  expires_at_ms: number;
  version: number;
}

export interface RefreshTokenTable {
  hash: string;
  grant_id: string;
  generation: number;
}

export interface BrowserSessionTable {
  id: string;
  account: AccountId;
  principal_id: PrincipalId;
  hash: string;
  password_digest: string;
  created_at_ms: number;
  expires_at_ms: number;
}
export interface FederationPolicyTable {
  uid: string;
  account: AccountId;
  principal_id: PrincipalId | null;
  policy_id: string;
  description: string | null;
  trust: JsonText<FederationTrust>;
  trust_id: string;
  created_at_ms: number;
  updated_at_ms: number;
  version: number;
}

export interface OutgoingMailTable {
  id: string;
  account: AccountId;
  workspace_id: WorkspaceId;
  recipient: string;
  attempts: number;
  due_at_ms: number;
  created_at_ms: number;
  last_error: string | null;
}
