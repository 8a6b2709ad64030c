import { createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import { mkdir, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { removeFile, writePrivateFile } from "../cloud/local/data-directory.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { KeyRing } from "../core/ports/key-ring.ts";
import { type Issued, issueCertificate, makeAuthority } from "./x509.ts";

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3650;
/** Short: nobody can revoke it. */
export const LEAF_MS = 7 * DAY_MS;
/** A clock that is a little behind must not find a certificate of tomorrow. */
const SKEW_MS = 3_600_000;

export interface AuthorityFiles {
  /** PEM, for clients to trust. */
  readonly certificate: string;
  /** PEM, encrypted by the key ring. */
  readonly key: string;
}

/**
 * The authority of a data directory: it signs the certificates of the directory's server and nothing else. Clients
 * trust its certificate; its key never leaves the directory.
 */
export class LocalAuthority {
  readonly #issued: Issued;
  readonly #clock: Clock;

  private constructor(issued: Issued, clock: Clock) {
    this.#issued = issued;
    this.#clock = clock;
  }

  /**
   * Opens the authority, making it on first use, and anew where a certificate of it could not live out its time.
   * Throws with the file's name where others can read the key or where it cannot be opened: a new authority is one
   * that no client trusts.
   */
  static async open(files: AuthorityFiles, keyRing: KeyRing, clock: Clock): Promise<LocalAuthority> {
    const stored = await read(files, keyRing);
    if (stored !== null && stored.untilMs - LEAF_MS > clock.now())
      return new LocalAuthority(stored.issued, clock);
    await mkdir(dirname(files.key), { recursive: true, mode: 0o700 });
    const issued = await makeAuthority(`Firesteel local authority ${randomBytes(4).toString("hex")}`, {
      fromMs: clock.now() - SKEW_MS,
      untilMs: clock.now() + AUTHORITY_DAYS * DAY_MS,
    });
    // In this order a server that is killed in between leaves a key without a certificate, which is made anew.
    await removeFile(files.certificate);
    await writePrivateFile(files.key, `${keyRing.encrypt(issued.key)}\n`);
    await writePrivateFile(files.certificate, issued.certificate);
    return new LocalAuthority(issued, clock);
  }

  /** PEM. */
  get certificate(): string {
    return this.#issued.certificate;
  }

  /** A new key with a certificate for these names, and when that ends. */
  async issue(names: readonly string[]): Promise<Issued & { readonly untilMs: number }> {
    const untilMs = this.#clock.now() + LEAF_MS;
    const issued = await issueCertificate(this.#issued, names, {
      fromMs: this.#clock.now() - SKEW_MS,
      untilMs,
    });
    return { ...issued, untilMs };
  }
}

async function read(
  files: AuthorityFiles,
  keyRing: KeyRing,
): Promise<{ issued: Issued; untilMs: number } | null> {
  const certificate = await readFile(files.certificate, "utf8").catch(ignoreMissing);
  if (certificate === null) return null;
  const anew = `or remove ${dirname(files.certificate)}: the next start makes a new authority, which clients must trust anew.`;
  const sealed = await readFile(files.key, "utf8").catch(ignoreMissing);
  if (sealed === null) throw new Error(`${files.key} is missing: put it back, ${anew}`);
  const { mode } = await stat(files.key);
  if ((mode & 0o077) !== 0)
    throw new Error(`${files.key} can be read by others: run 'chmod 600 ${files.key}'.`);
  try {
    const key = keyRing.decrypt(sealed.trim());
    const parsed = new X509Certificate(certificate);
    if (!parsed.checkPrivateKey(createPrivateKey(key)))
      throw new Error("the key is not that of the certificate");
    return { issued: { certificate, key }, untilMs: Date.parse(parsed.validTo) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `The authority in ${dirname(files.certificate)} cannot be opened: ${reason} Put back a good copy, ${anew}`,
      {
        cause,
      },
    );
  }
}

function ignoreMissing(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
  throw error;
}
