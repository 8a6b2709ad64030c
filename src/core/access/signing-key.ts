import { MAX_ACCESS_TOKEN_MINUTES } from "../account-object/custom-app-integration.ts";

/** A key that signs access tokens. All that are stored are good for checking; the newest signs. */
export interface SigningKey {
  /** Named by every token that it signed. */
  readonly id: string;
  /** A JSON Web Key, as text. */
  readonly publicKey: string;
  /** A JSON Web Key as text, encrypted by the key ring. */
  readonly encryptedPrivateKey: string;
  readonly createdAtMs: number;
}

/** No token is signed for longer: an older key is needed no more once the newest has signed for this long. */
export const LONGEST_TOKEN_SECONDS = MAX_ACCESS_TOKEN_MINUTES * 60;
/** Clocks of several servers on one database differ, and a token may be signed a moment after its key was followed. */
const SLACK_SECONDS = 300;

/**
 * When the tokens that a key signed have all expired; null for the key that signs.
 * @param keys oldest first
 */
export function retiresAtMs(keys: readonly SigningKey[], id: string): number | null {
  const next = keys[keys.findIndex((key) => key.id === id) + 1];
  return next === undefined ? null : next.createdAtMs + (LONGEST_TOKEN_SECONDS + SLACK_SECONDS) * 1000;
}
