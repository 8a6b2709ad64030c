import { dataPaths } from "./cloud/local/data-directory.ts";
import { sealedFile } from "./cloud/local/sealed-file.ts";
import type { SealedSecrets } from "./core/ports/key-ring.ts";
import type { Store } from "./core/ports/store.ts";
import { storedSecrets } from "./use-cases/rotate-keys.ts";

/** All that the key ring of a data directory has encrypted: what is not here would be lost with an old key. */
export function sealedSecrets(store: Store, dataDir: string): readonly SealedSecrets[] {
  return [...storedSecrets(store), sealedFile("key of the local authority", dataPaths(dataDir).authorityKey)];
}
