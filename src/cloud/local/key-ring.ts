import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { RingKey, RotatingKeyRing } from "../../core/ports/key-ring.ts";
import {
  changeKeyFile,
  type FileKey,
  KEY_ID_BYTES,
  makeKeyFile,
  mergeKeys,
  newKey,
  readKeyFile,
} from "./key-file.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** What the first version made, which had one key: format, nonce, tag, text. */
const WITHOUT_KEY_ID = 1;
/** Format, key id, nonce, tag, text; the first two are authenticated too. */
const WITH_KEY_ID = 2;
const HEAD_BYTES = 1 + KEY_ID_BYTES;

/**
 * AES-256-GCM with the keys of a file that only its owner can read; a ciphertext is base64. Other processes may change
 * the file at any time: it is read anew before something is encrypted, and where a ciphertext names a key that it did
 * not hold before.
 */
export class FileKeyRing implements RotatingKeyRing {
  readonly #file: string;
  #keys: readonly FileKey[];

  private constructor(file: string) {
    this.#file = file;
    this.#keys = readKeyFile(file);
  }

  /**
   * Opens the key file, making it (0600, in a 0700 folder) on first use, unless `mayMake` is false because there are
   * secrets already. Throws with the file's name where others can read it or where it holds no key: a new key would
   * make every stored secret unreadable.
   */
  static async open(file: string, { mayMake = true } = {}): Promise<FileKeyRing> {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    if (mayMake) await makeKeyFile(file);
    return new FileKeyRing(file);
  }

  encrypt(plaintext: string): string {
    this.#keys = readKeyFile(this.#file);
    const key = newest(this.#keys);
    const head = Buffer.concat([Buffer.of(WITH_KEY_ID), Buffer.from(key.id, "hex")]);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", key.bytes, nonce).setAAD(head);
    const text = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final()]);
    return Buffer.concat([head, nonce, cipher.getAuthTag(), text]).toString("base64");
  }

  decrypt(ciphertext: string): string {
    const bytes = Buffer.from(ciphertext, "base64");
    const format = bytes[0];
    if (format !== WITHOUT_KEY_ID && format !== WITH_KEY_ID)
      throw new Error("This secret was not encrypted by this version's key ring.");
    const known = open(bytes, this.#keys);
    if (known !== null) return known;
    this.#keys = readKeyFile(this.#file);
    const found = open(bytes, this.#keys);
    if (found !== null) return found;
    throw new Error(
      `A stored secret was encrypted with another key than ${this.#file} holds: restore that file from a backup.`,
    );
  }

  isNewest(ciphertext: string): boolean {
    const bytes = Buffer.from(ciphertext, "base64");
    return bytes[0] === WITH_KEY_ID && keyIdOf(bytes) === newest(this.#keys).id;
  }

  keys(): readonly RingKey[] {
    this.#keys = readKeyFile(this.#file);
    return this.#keys.map(withoutBytes);
  }

  async add(nowMs: number): Promise<RingKey> {
    this.#keys = await changeKeyFile(this.#file, (keys) => {
      // Of two keys the later line is the newer, whatever was done to the clock.
      const key = newKey(Math.max(nowMs, newest(keys).madeAtMs + 1));
      return [...keys, key];
    });
    return withoutBytes(newest(this.#keys));
  }

  async forget(followedBeforeMs: number): Promise<readonly RingKey[]> {
    const isOld = (_key: FileKey, index: number, keys: readonly FileKey[]) =>
      (keys[index + 1]?.madeAtMs ?? Number.POSITIVE_INFINITY) < followedBeforeMs;
    let forgotten: readonly FileKey[] = [];
    this.#keys = await changeKeyFile(this.#file, (keys) => {
      forgotten = keys.filter(isOld);
      return forgotten.length === 0 ? keys : keys.filter((key) => !forgotten.includes(key));
    });
    return forgotten.map(withoutBytes);
  }
}

/** Puts the keys of another file before those of this one, which goes on encrypting with its own. */
export function addOlderKeys(file: string, others: readonly FileKey[]): Promise<readonly FileKey[]> {
  return changeKeyFile(file, (keys) => mergeKeys(keys, others));
}

/** Null where none of the keys opens it. */
function open(bytes: Buffer, keys: readonly FileKey[]): string | null {
  const namesKey = bytes[0] === WITH_KEY_ID;
  const headBytes = namesKey ? HEAD_BYTES : 1;
  for (const key of keys) {
    if (namesKey && key.id !== keyIdOf(bytes)) continue;
    const text = opened(key, namesKey ? bytes.subarray(0, headBytes) : null, bytes.subarray(headBytes));
    if (text !== null) return text;
  }
  return null;
}

/** Null where the tag tells that another key, or another text, was meant. */
function opened(key: FileKey, head: Buffer | null, rest: Buffer): string | null {
  const nonce = rest.subarray(0, NONCE_BYTES);
  const tag = rest.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", key.bytes, nonce, { authTagLength: TAG_BYTES });
  if (head !== null) decipher.setAAD(head);
  decipher.setAuthTag(tag);
  try {
    const text = decipher.update(rest.subarray(NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}

function keyIdOf(bytes: Buffer): string {
  return bytes.subarray(1, HEAD_BYTES).toString("hex");
}

function newest(keys: readonly FileKey[]): FileKey {
  const key = keys.at(-1);
  if (key === undefined) throw new Error("A key file always holds a key.");
  return key;
}

function withoutBytes({ id, madeAtMs }: FileKey): RingKey {
  return { id, madeAtMs };
}
