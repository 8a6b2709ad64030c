import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { createSecureContext } from "node:tls";

export interface OwnFiles {
  /** PEM: the server's certificate, then those between it and its authority's. */
  readonly certificate: string;
  /** PEM, without a passphrase. */
  readonly key: string;
}

export interface OwnCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly untilMs: number;
  /** Changes with the files. */
  readonly version: string;
}

/** Reads a certificate of the operator's. Throws with a message for the operator where the two files are not a pair. */
export async function readOwnCertificate(files: OwnFiles): Promise<OwnCertificate> {
  // Before they are read: what changes meanwhile is read again.
  const version = await versionOf(files).catch(() => "");
  const certificate = await read("tls.cert", files.certificate);
  const key = await read("tls.key", files.key);
  const { mode } = await stat(files.key);
  if ((mode & 0o007) !== 0)
    throw new Error(`tls.key: ${files.key} can be read by everybody: run 'chmod o-rwx ${files.key}'.`);
  const parsed = parse(
    "tls.cert",
    files.certificate,
    "a certificate in PEM",
    () => new X509Certificate(certificate),
  );
  const privateKey: KeyObject = parse("tls.key", files.key, "a private key in PEM without a passphrase", () =>
    createPrivateKey(key),
  );
  if (!parsed.checkPrivateKey(privateKey)) {
    throw new Error(
      `tls.key: ${files.key} is not the key of ${files.certificate}, whose first certificate has to be the server's.`,
    );
  }
  try {
    // What is wrong with the others of the file, or too weak, only this tells.
    createSecureContext({ cert: certificate, key });
  } catch (cause) {
    throw new Error(`tls.cert: ${files.certificate} cannot be used: ${reasonOf(cause)}.`, { cause });
  }
  return { certificate, key, untilMs: Date.parse(parsed.validTo), version };
}

/** Changes when one of the files is replaced or written. Throws where one is not there. */
export async function versionOf(files: OwnFiles): Promise<string> {
  const found = await Promise.all([files.certificate, files.key].map((file) => stat(file)));
  return found.map(({ ino, mtimeMs, size }) => `${ino}-${mtimeMs}-${size}`).join(" ");
}

async function read(setting: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new Error(`${setting}: ${file} cannot be read: ${reasonOf(cause)}.`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function parse<Parsed>(setting: string, file: string, expected: string, make: () => Parsed): Parsed {
  try {
    return make();
  } catch (cause) {
    throw new Error(`${setting}: ${file} is not ${expected}.`, { cause });
  }
}
