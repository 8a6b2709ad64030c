/** Encrypts secrets at rest with keys that only the server's user can read. */
export interface KeyRing {
  /** With the newest key, as it is at this moment. */
  encrypt(plaintext: string): string;
  /** Throws where the text was not made with a key of this ring. */
  decrypt(ciphertext: string): string;
}

/** A key of a ring, without what makes it one. */
export interface RingKey {
  /** Short, and tells nothing of the key. */
  readonly id: string;
  /** 0 where that was not written down. */
  readonly madeAtMs: number;
}

/** A key ring whose newest key can be followed by another one, in the midst of its use by any number of processes. */
export interface RotatingKeyRing extends KeyRing {
  /** Whether the text was encrypted with the newest key. */
  isNewest(ciphertext: string): boolean;
  /** As they are at this moment, oldest first; the last one encrypts. */
  keys(): readonly RingKey[];
  /** Adds a key, durably: from now on it encrypts. */
  add(nowMs: number): Promise<RingKey>;
  /** Forgets the keys that were followed by another one before this time; answers them. */
  forget(followedBeforeMs: number): Promise<readonly RingKey[]>;
}

/** A secret that the key ring has encrypted, where it is stored. */
export interface SealedSecret {
  readonly ciphertext: string;
  /** Stores another ciphertext of the same secret, unless the stored one has changed since it was read. */
  replace(ciphertext: string): Promise<void>;
}

/** Where encrypted secrets of one sort are stored. */
export interface SealedSecrets {
  /** For messages, such as `access keys`. */
  readonly name: string;
  list(): Promise<readonly SealedSecret[]>;
}
