import { scrypt, timingSafeEqual } from "node:crypto";

/** The work of one try: about 50 ms and 32 MiB (https://cheatsheetseries.owasp.org, password storage, scrypt). */
const COST = 2 ** 15;
const BLOCK_SIZE = 8;
const PARALLELISM = 3;
const KEY_BYTES = 32;
const MEMORY_BYTES = 256 * COST * BLOCK_SIZE;

/**
 * A password's hash as it is stored: `scrypt$<cost>$<block size>$<parallelism>$<salt>$<key>`, base64.
 * @param cost a power of two; that of a hash is the work of every try of its password
 */
export async function hashPassword(password: string, salt: Uint8Array, cost = COST): Promise<string> {
  const key = await derive(password, salt, cost, BLOCK_SIZE, PARALLELISM);
  const parts = [cost, BLOCK_SIZE, PARALLELISM, base64(salt), base64(key)];
  return `scrypt$${parts.join("$")}`;
}

/** Whether the password is the one that the hash was made of; takes as long for a wrong one. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [method, cost, blockSize, parallelism, salt, key] = hash.split("$");
  if (method !== "scrypt" || salt === undefined || key === undefined)
    throw new Error("A stored password was hashed in a way that this version does not know.");
  const expected = Buffer.from(key, "base64");
  const given = await derive(
    password,
    Buffer.from(salt, "base64"),
    Number(cost),
    Number(blockSize),
    Number(parallelism),
  );
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function derive(
  password: string,
  salt: Uint8Array,
  cost: number,
  blockSize: number,
  parallelism: number,
): Promise<Buffer> {
  const options = { N: cost, r: blockSize, p: parallelism, maxmem: MEMORY_BYTES };
  return new Promise((resolve, reject) =>
    // Unicode in one form, so that the same password typed on two machines is the same.
    scrypt(password.normalize("NFC"), salt, KEY_BYTES, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    ),
  );
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
