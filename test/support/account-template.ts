import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { RandomIds } from "../../src/cloud/local/ids.ts";
import { FileKeyRing } from "../../src/cloud/local/key-ring.ts";
import { hashPassword } from "../../src/core/access/password.ts";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import { firstAccount } from "../../src/use-cases/databricks/first-account.ts";
import { makeTemporaryDirectory } from "./temporary.ts";

const FILES = { database: "firesteel.db", keyFile: join("keys", "at-rest.key") } as const;

/** Where {@link placeAccount} puts things. */
export function accountFiles(directory: string) {
  return { database: join(directory, FILES.database), keyFile: join(directory, FILES.keyFile) } as const;
}

/** Enough to tell passwords apart, and little work; a hash says itself what it cost. */
export const CHEAP_COST = 2;
const BASE_MS = Date.UTC(2026, 0, 1);

let template: Promise<ReadonlyMap<string, Uint8Array>> | null = null;

/**
 * Puts a database with the first account and its key file into an empty directory. They are made once in a process: the
 * work of a password's hash and of the migrations is most of what making a server takes.
 */
export async function placeAccount(directory: string): Promise<void> {
  template ??= makeAccount();
  for (const [file, bytes] of await template) {
    const path = join(directory, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes, { mode: 0o600 });
  }
}

async function makeAccount(): Promise<ReadonlyMap<string, Uint8Array>> {
  const { path: directory, remove } = await makeTemporaryDirectory();
  const clock = { now: () => BASE_MS };
  const { database, keyFile } = accountFiles(directory);
  const store = await openSqliteStore({ file: database });
  const keyRing = await FileKeyRing.open(keyFile);
  const hash = (password: string, salt: Uint8Array) => hashPassword(password, salt, CHEAP_COST);
  await firstAccount({ store, clock, ids: new RandomIds(clock), keyRing, randomBytes, hashPassword: hash });
  await store.close();
  const files = await Promise.all(
    Object.values(FILES).map(async (file) => [file, await readFile(join(directory, file))] as const),
  );
  await remove();
  return new Map(files);
}
