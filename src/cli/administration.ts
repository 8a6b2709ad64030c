/** A key as an operator sees it, never itself. */
export interface KeyState {
  readonly id: string;
  /** Null where it was not written down. */
  readonly createdAtMs: number | null;
  /** When it is let go; null for the newest, which is in use. */
  readonly retiresAtMs: number | null;
}

/** Oldest first: the last of each is in use. */
export interface KeyStates {
  readonly atRest: readonly KeyState[];
  readonly signing: readonly KeyState[];
}

export interface RotatedKeys extends KeyStates {
  /** Secrets that the new key at rest has encrypted. */
  readonly encryptedAnew: number;
}

/** The first administrators with their new credentials. */
export interface ResetAdministrators {
  readonly account: string;
  readonly userName: string;
  readonly password: string;
  /** The service principal's application id. */
  readonly clientId: string;
  /** Where the password, a token and the service principal's secret are. */
  readonly adminEnv: string;
  /** What they had before and what opens nothing any more. */
  readonly revoked: {
    readonly password: boolean;
    readonly personalAccessTokens: number;
    readonly servicePrincipalSecrets: number;
    /** Of the service principal. */
    readonly federationPolicies: number;
  };
  /** The account's, which stay: whoever their issuers give a token that names one of these two signs in as it. */
  readonly accountFederationPolicies: readonly { readonly policyId: string; readonly issuer: string }[];
}

/**
 * What an operator does to a data directory itself, on its machine, whether its server runs or not. Everything takes
 * effect at once, is whole where a process is killed in its midst, and is in the audit files. All methods throw with a
 * message for the operator.
 */
export interface Administration {
  /** Makes new keys; what the old ones have encrypted or signed stays good. */
  rotateKeys(kinds: { readonly atRest: boolean; readonly signing: boolean }): Promise<RotatedKeys>;
  keys(): Promise<KeyStates>;
  /** @param account null for the oldest */
  resetAdministrator(account: string | null): Promise<ResetAdministrators>;
  /** Sets the password of a user of an account, of the oldest where none is named. */
  setPassword(account: string | null, userName: string, password: string): Promise<void>;
}
