import { retiresAtMs, type SigningKey } from "../core/access/signing-key.ts";
import { ACCOUNT_STATE } from "../core/account-object/account.ts";
import type { AccountObject } from "../core/account-object/account-object.ts";
import { accountObjectChange } from "../core/account-object/ties.ts";
import type { RingKey, RotatingKeyRing, SealedSecret, SealedSecrets } from "../core/ports/key-ring.ts";
import { type Change, StaleVersionError, type Store } from "../core/ports/store.ts";

/**
 * A key at rest is kept for this long after it was followed by another one: for what is committed at that moment, and
 * for a backup whose database is dumped hours before or after its keys are read.
 */
export const RING_KEY_KEPT_MS = 86_400_000;
/** Commits under way at a time: the store's writer puts them together. */
const SIDE_BY_SIDE = 16;
/** What others have changed meanwhile is looked at again; more often than this means that something is wrong. */
const ROUNDS = 50;

/** All that the store holds of secrets that the key ring has encrypted: each column is named here, or never rotated. */
export function storedSecrets(store: Store): readonly SealedSecrets[] {
  return [
    {
      name: "access keys",
      list: async () =>
        (await store.accessKeys.list()).map((row) =>
          sealed(store, row.encryptedSecret, (encryptedSecret) => ({
            kind: "access-key",
            row: { ...row, encryptedSecret },
          })),
        ),
    },
    {
      name: "credentials of the first administrators",
      list: async () =>
        (await store.accountObjects.inStates("account", [ACCOUNT_STATE])).flatMap((row) => {
          const first = row.body.firstAdministrators;
          if (first === null) return [];
          return sealed(store, first.encryptedSecrets, (encryptedSecrets) =>
            accountObjectChange<"account">({
              ...row,
              body: { ...row.body, firstAdministrators: { ...first, encryptedSecrets } },
            } satisfies AccountObject<"account">),
          );
        }),
    },
    {
      name: "signing keys",
      list: async () =>
        (await store.signingKeys.list()).map(({ id, encryptedPrivateKey: from }) =>
          sealed(store, from, (encryptedPrivateKey) => ({
            kind: "signing-key-sealed",
            id,
            from,
            encryptedPrivateKey,
          })),
        ),
    },
  ];
}

function sealed(store: Store, ciphertext: string, change: (ciphertext: string) => Change): SealedSecret {
  return {
    ciphertext,
    async replace(other) {
      try {
        await store.commit([change(other)]);
      } catch (error) {
        // Whoever has changed the row meanwhile is asked about at the next look.
        if (!(error instanceof StaleVersionError)) throw error;
      }
    },
  };
}

/**
 * Encrypts with the newest key what another one has encrypted, each secret in a transaction of its own. At every
 * instant every secret can be read with the ring, so that this may end anywhere and be begun again. Answers how many
 * there were; throws with the sort of secret where one cannot be opened.
 */
export async function encryptAnew(ring: RotatingKeyRing, secrets: readonly SealedSecrets[]): Promise<number> {
  let count = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const left = await notNewest(ring, secrets);
    if (left.length === 0) return count;
    for (let at = 0; at < left.length; at += SIDE_BY_SIDE) {
      const group = left.slice(at, at + SIDE_BY_SIDE);
      await Promise.all(group.map((replace) => replace()));
    }
    count += left.length;
  }
  throw new Error("Stored secrets change faster than they can be encrypted anew: try again later.");
}

async function notNewest(ring: RotatingKeyRing, secrets: readonly SealedSecrets[]) {
  const found: (() => Promise<void>)[] = [];
  for (const { name, list } of secrets) {
    for (const secret of await list()) {
      if (ring.isNewest(secret.ciphertext)) continue;
      found.push(() => secret.replace(ring.encrypt(opened(ring, name, secret.ciphertext))));
    }
  }
  return found;
}

function opened(ring: RotatingKeyRing, name: string, ciphertext: string): string {
  try {
    return ring.decrypt(ciphertext);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${name}: ${reason}`, { cause });
  }
}

/** Removes the signing keys whose tokens have all expired; answers their ids. */
export async function retireSigningKeys(store: Store, nowMs: number): Promise<readonly string[]> {
  const keys = await store.signingKeys.list();
  const retired = keys.map(({ id }) => id).filter((id) => (retiresAtMs(keys, id) ?? nowMs) < nowMs);
  await store.commit(retired.map((id): Change => ({ kind: "signing-key-deleted", id })));
  return retired;
}

/** Stores a key that signs from now on, whatever the clock said when the others were made. */
export async function addSigningKey(
  store: Store,
  newKey: (nowMs: number) => Promise<SigningKey>,
  nowMs: number,
): Promise<SigningKey> {
  const newest = (await store.signingKeys.list()).at(-1);
  const row = await newKey(Math.max(nowMs, (newest?.createdAtMs ?? 0) + 1));
  await store.commit([{ kind: "signing-key", row }]);
  return row;
}

export interface KeyUpkeep {
  readonly retiredSigningKeys: readonly string[];
  readonly encryptedAnew: number;
  readonly forgottenKeys: readonly RingKey[];
}

/** Ends what rotations have left: goes on with one that was interrupted, and lets go of keys whose time is over. */
export async function keepKeys(
  { store, ring, secrets }: { store: Store; ring: RotatingKeyRing; secrets: readonly SealedSecrets[] },
  nowMs: number,
): Promise<KeyUpkeep> {
  const retiredSigningKeys = await retireSigningKeys(store, nowMs);
  if (ring.keys().length === 1) return { retiredSigningKeys, encryptedAnew: 0, forgottenKeys: [] };
  const encryptedAnew = await encryptAnew(ring, secrets);
  // All that was encrypted by a key of then has been encrypted anew just now, or was committed a day late.
  const forgottenKeys = await ring.forget(nowMs - RING_KEY_KEPT_MS);
  return { retiredSigningKeys, encryptedAnew, forgottenKeys };
}
