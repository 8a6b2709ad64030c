import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { CliError, hasCode } from "../errors.ts";

/** The certificate of a data directory's own authority, for clients to trust. */
export function authorityFile(dataDir: string): string {
  return join(dataDir, "tls", "authority.pem");
}

/** Has this process trust the authority of a data directory, beside whom it trusts already. */
export async function trustAuthority(dataDir: string): Promise<void> {
  const authority = await readAuthority(dataDir);
  if (authority === null) return;
  const trusted = getCACertificates("default");
  if (!trusted.includes(authority)) setDefaultCACertificates([...trusted, authority]);
}

/** PEM; null where the directory has none. Throws where the file is no certificate. */
export async function readAuthority(dataDir: string): Promise<string | null> {
  const file = authorityFile(dataDir);
  try {
    return new X509Certificate(await readFile(file)).toString();
  } catch (cause) {
    if (hasCode(cause, "ENOENT")) return null;
    throw new CliError(`${file} holds no certificate`, {
      hint: "Remove the directory it is in and start the server anew: it makes another authority.",
      cause,
    });
  }
}
