import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdir, open, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { KeyRing } from "../../core/ports/key-ring.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = 1;

/** AES-256-GCM with a key from a file that only its owner can read; a ciphertext is base64 of format, nonce, tag, text. */
export class FileKeyRing implements KeyRing {
  readonly #key: Buffer;

  private constructor(key: Buffer) {
    this.#key = key;
  }

  /**
   * Opens the key file, making it (0600, in a 0700 folder) on first use, unless `mayMake` is false because there are
   * secrets already. Throws with the file's name where others can read it or where it holds no key: a new key would
   * make every stored secret unreadable.
   */
  static async open(file: string, { mayMake = true } = {}): Promise<FileKeyRing> {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    if (mayMake) await makeKey(file);
    const { mode } = await stat(file).catch((cause: unknown) => {
      if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) throw cause;
      throw new Error(
        `${file} is missing, and the database holds secrets that only it can open: restore it from a backup.`,
        { cause },
      );
    });
    if ((mode & 0o077) !== 0) throw new Error(`${file} can be read by others: run 'chmod 600 ${file}'.`);
    const key = Buffer.from((await readFile(file, "utf8")).trim(), "base64");
    if (key.length !== KEY_BYTES)
      throw new Error(`${file} holds no key of ${KEY_BYTES} bytes: restore it from a backup.`);
    return new FileKeyRing(key);
  }

  encrypt(plaintext: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce);
    const text = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final()]);
    return Buffer.concat([Buffer.of(FORMAT), nonce, cipher.getAuthTag(), text]).toString("base64");
  }

  decrypt(ciphertext: string): string {
    const bytes = Buffer.from(ciphertext, "base64");
    if (bytes[0] !== FORMAT) throw new Error("This secret was not encrypted by this version's key ring.");
    const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
    const tag = bytes.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv("aes-256-gcm", this.#key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(tag);
    const text = bytes.subarray(1 + NONCE_BYTES + TAG_BYTES);
    try {
      return Buffer.concat([decipher.update(text), decipher.final()]).toString("utf8");
    } catch (cause) {
      throw new Error("A stored secret was encrypted with another key than keys/at-rest.key holds.", {
        cause,
      });
    }
  }
}

async function makeKey(file: string): Promise<void> {
  try {
    const handle = await open(file, "wx", 0o600);
    await handle.writeFile(`${randomBytes(KEY_BYTES).toString("base64")}\n`);
    await handle.sync();
    await handle.close();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
