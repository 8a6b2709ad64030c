import type { AccessKey } from "../core/access/access-key.ts";
import { type AccountId, accessKeyId } from "../core/ids.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { KeyRing } from "../core/ports/key-ring.ts";
import type { Store } from "../core/ports/store.ts";

/** Fresh key material in AWS's form, injected. */
export type NewAccessKeyMaterial = () => { readonly id: string; readonly secret: string };

export interface AccessKeyDependencies {
  readonly store: Store;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
  readonly newKey: NewAccessKeyMaterial;
}

export interface OpenAccessKey {
  readonly key: AccessKey;
  readonly secret: string;
}

/** Makes an access key for a user of an account and stores it, its secret encrypted. */
export async function createAccessKey(
  { store, keyRing, clock, newKey }: AccessKeyDependencies,
  account: AccountId,
  userName: string,
): Promise<OpenAccessKey> {
  const { id, secret } = newKey();
  const key: AccessKey = {
    id: accessKeyId(id),
    account,
    principalArn: `arn:aws:iam::${account}:user/${userName}`,
    encryptedSecret: keyRing.encrypt(secret),
    state: "Active",
    createdAtMs: clock.now(),
    version: 0,
  };
  await store.commit([{ kind: "access-key", row: key }]);
  return { key, secret };
}

/** The first account's administrator: the oldest active key of its user `admin`, made where there is none. */
export async function administratorKey(
  dependencies: AccessKeyDependencies,
  account: AccountId,
): Promise<OpenAccessKey & { readonly isNew: boolean }> {
  const principalArn = `arn:aws:iam::${account}:user/admin`;
  const keys = await dependencies.store.accessKeys.list();
  const known = keys
    .filter((key) => key.principalArn === principalArn && key.state === "Active")
    .sort((a, b) => a.createdAtMs - b.createdAtMs)[0];
  if (known !== undefined) {
    return { key: known, secret: dependencies.keyRing.decrypt(known.encryptedSecret), isNew: false };
  }
  return { ...(await createAccessKey(dependencies, account, "admin")), isNew: true };
}
