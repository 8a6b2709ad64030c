import { createHash, randomBytes, randomUUID } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { link } from "node:fs/promises";
import { dirname } from "node:path";
import type { RingKey } from "../../core/ports/key-ring.ts";
import { removeFile, syncDirectory, writePrivateFile } from "./data-directory.ts";
import { withFileLock } from "./file-lock.ts";

const KEY_BYTES = 32;
export const KEY_ID_BYTES = 4;

/** A line of a key file. */
export interface FileKey extends RingKey {
  readonly bytes: Buffer;
}

/**
 * The keys of a file, oldest first. Each line is a key in base64, followed by when it was made (ISO 8601) in those that
 * a rotation has added. Throws with the file's name where it is missing, others can read it, or a line is no key.
 */
export function readKeyFile(file: string): readonly FileKey[] {
  let mode: number;
  let text: string;
  try {
    mode = statSync(file).mode;
    text = readFileSync(file, "utf8");
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) throw cause;
    throw new Error(
      `${file} is missing, and the database holds secrets that only it can open: restore it from a backup.`,
      { cause },
    );
  }
  if ((mode & 0o077) !== 0) throw new Error(`${file} can be read by others: run 'chmod 600 ${file}'.`);
  try {
    return parseKeys(text);
  } catch (cause) {
    throw new Error(`${file} holds no key of ${KEY_BYTES} bytes: restore it from a backup.`, { cause });
  }
}

/** Throws where a line is no key, or there is none. */
export function parseKeys(text: string): readonly FileKey[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0) throw new Error("there is no key");
  return lines.map((line) => {
    const [key = "", madeAt] = line.trim().split(/\s+/);
    const bytes = Buffer.from(key, "base64");
    const madeAtMs = madeAt === undefined ? 0 : Date.parse(madeAt);
    if (bytes.length !== KEY_BYTES || Number.isNaN(madeAtMs)) throw new Error("a line is no key");
    return fileKey(bytes, madeAtMs);
  });
}

export function formatKeys(keys: readonly FileKey[]): string {
  return keys
    .map(({ bytes, madeAtMs }) => {
      const key = bytes.toString("base64");
      return madeAtMs === 0 ? `${key}\n` : `${key} ${new Date(madeAtMs).toISOString()}\n`;
    })
    .join("");
}

/** All keys of two files, each once; the last of `keys` stays the last, so that it goes on encrypting. */
export function mergeKeys(keys: readonly FileKey[], others: readonly FileKey[]): readonly FileKey[] {
  const known = new Set(keys.map(({ id }) => id));
  return [...others.filter(({ id }) => !known.has(id)), ...keys];
}

export function newKey(madeAtMs: number): FileKey {
  return fileKey(randomBytes(KEY_BYTES), madeAtMs);
}

/** Makes the file (0600) with one key, whole from its first instant on, unless it is there. */
export async function makeKeyFile(file: string): Promise<void> {
  if (existsSync(file)) return;
  const made = `${file}.${randomUUID()}`;
  try {
    await writePrivateFile(made, formatKeys([newKey(0)]));
    await link(made, file);
    await syncDirectory(dirname(file));
  } catch (error) {
    // Another process was quicker: its key is the one.
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await removeFile(made);
  }
}

/**
 * Replaces the keys of a file as a whole by what `change` makes of them; one process at a time, so that no change is
 * lost. It is on the disk when this returns: what is encrypted afterwards may be stored.
 */
export async function changeKeyFile(
  file: string,
  change: (keys: readonly FileKey[]) => readonly FileKey[],
): Promise<readonly FileKey[]> {
  return withFileLock(`${file}.lock`, async () => {
    const before = readKeyFile(file);
    const after = change(before);
    if (after !== before) await writePrivateFile(file, formatKeys(after));
    return after;
  });
}

function fileKey(bytes: Buffer, madeAtMs: number): FileKey {
  const id = createHash("sha256").update(bytes).digest().subarray(0, KEY_ID_BYTES).toString("hex");
  return { id, madeAtMs, bytes };
}
