import type { Caller } from "../core/access/access-key.ts";
import { accessKeyId } from "../core/ids.ts";
import type { KeyRing } from "../core/ports/key-ring.ts";
import type { Store } from "../core/ports/store.ts";

const KEPT_SECRETS = 1000;

/**
 * Finds an access key that exists and is active, as the store has it at that moment; null otherwise. What a secret
 * decrypts to is remembered for as long as the stored secret is the same one.
 */
export function accessKeyFinder(
  store: Store,
  keyRing: KeyRing,
): (id: string) => Promise<{ readonly secret: string; readonly caller: Caller } | null> {
  const opened = new Map<string, string>();
  const open = (encrypted: string) => {
    const known = opened.get(encrypted);
    if (known !== undefined) return known;
    const secret = keyRing.decrypt(encrypted);
    if (opened.size >= KEPT_SECRETS) opened.clear();
    opened.set(encrypted, secret);
    return secret;
  };
  return async (id) => {
    const key = await store.accessKeys.get(accessKeyId(id));
    if (key?.state !== "Active") return null;
    const { account, principalArn } = key;
    return { secret: open(key.encryptedSecret), caller: { account, principalArn, accessKeyId: key.id } };
  };
}
