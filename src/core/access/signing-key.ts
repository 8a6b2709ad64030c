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
