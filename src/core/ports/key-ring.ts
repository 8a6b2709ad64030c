/** Encrypts secrets at rest with a key that only the server's user can read. */
export interface KeyRing {
  encrypt(plaintext: string): string;
  /** Throws where the text was not made by this key ring. */
  decrypt(ciphertext: string): string;
}
