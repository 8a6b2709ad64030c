import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);

/** OWASP's password storage cheat sheet: scrypt with N = 2^17, r = 8, p = 1; 128 MiB and a third of a second or so. */
const COST = { N: 2 ** 17, r: 8, p: 1 } as const;
const FORMAT = 1;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;

interface SealedKey {
  readonly format: number;
  readonly kdf: "scrypt";
  readonly N: number;
  readonly r: number;
  readonly p: number;
  /** Base64, like the rest. */
  readonly salt: string;
  readonly nonce: string;
  readonly tag: string;
  readonly ciphertext: string;
}

/** Encrypts a key file's content under a passphrase: scrypt and AES-256-GCM. */
export async function sealKey(content: string, passphrase: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", await keyOf(passphrase, salt, COST), nonce);
  const ciphertext = Buffer.concat([cipher.update(content, "utf8"), cipher.final()]);
  const sealed: SealedKey = {
    format: FORMAT,
    kdf: "scrypt",
    ...COST,
    salt: salt.toString("base64"),
    nonce: nonce.toString("base64"),
    tag: cipher.getAuthTag().toString("base64"),
    ciphertext: ciphertext.toString("base64"),
  };
  return `${JSON.stringify(sealed)}\n`;
}

/** Throws where the passphrase is another one, or the text was changed. */
export async function openSealedKey(text: string, passphrase: string): Promise<string> {
  // Written by sealKey: the archive's checksums hold, and the tag below proves the rest.
  const sealed = JSON.parse(text) as SealedKey;
  if (sealed.format !== FORMAT || sealed.N > 2 ** 20)
    throw new Error("the sealed keys have a format that this version does not know");
  const bytes = (base64: string) => Buffer.from(base64, "base64");
  const key = await keyOf(passphrase, bytes(sealed.salt), sealed);
  const decipher = createDecipheriv("aes-256-gcm", key, bytes(sealed.nonce), { authTagLength: 16 });
  decipher.setAuthTag(bytes(sealed.tag));
  try {
    return Buffer.concat([decipher.update(bytes(sealed.ciphertext)), decipher.final()]).toString("utf8");
  } catch (cause) {
    throw new Error("the passphrase is not the one that the backup was made with", { cause });
  }
}

function keyOf(
  passphrase: string,
  salt: Buffer,
  { N, r, p }: { N: number; r: number; p: number },
): Promise<Buffer> {
  // Node's default limit is below what these costs need: 128 * N * r bytes, and a little.
  return derive(passphrase, salt, KEY_BYTES, { N, r, p, maxmem: 256 * N * r });
}
