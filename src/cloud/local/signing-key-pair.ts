import { exportJWK, generateKeyPair, type JWK } from "jose";
import type { SigningKey } from "../../core/access/signing-key.ts";
import type { KeyRing } from "../../core/ports/key-ring.ts";

/** Checking is several times cheaper than with the curves, and tokens are checked far more often than made. */
export const SIGNING_ALGORITHM = "RS256";

/** A new key to sign access tokens with, not stored yet. */
export async function newSigningKey(id: string, keyRing: KeyRing, nowMs: number): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true });
  const shown: JWK = { ...(await exportJWK(publicKey)), kid: id, use: "sig", alg: SIGNING_ALGORITHM };
  return {
    id,
    publicKey: JSON.stringify(shown),
    encryptedPrivateKey: keyRing.encrypt(JSON.stringify(await exportJWK(privateKey))),
    createdAtMs: nowMs,
  };
}
