import { createHmac, hash, timingSafeEqual } from "node:crypto";
import type { SignatureClaim } from "./signature-v4-claim.ts";
import { mismatch } from "./signature-v4-errors.ts";
import {
  canonicalHeaderValue,
  canonicalPath,
  canonicalQuery,
  queryPairs,
  type RequestHead,
} from "./signature-v4-request.ts";

/** SHA-256 of a request's body in hexadecimal; that of nothing where there is no body. */
export function bodySha256(body: Uint8Array | null): string {
  return body === null ? SHA256_OF_NOTHING : hash("sha256", body, "hex");
}

const SHA256_OF_NOTHING = hash("sha256", "", "hex");

/**
 * Checks a request against its signature (AWS Signature Version 4, header form). Throws a DomainError of kind
 * `unauthenticated` and code `InvalidSignatureException` where anything that was signed is not what arrived.
 *
 * @param bodyHash the hash of the body that arrived, from {@link bodySha256}
 * @param signingKey derived from the secret of the claimed access key
 */
export function verifySignature(
  claim: SignatureClaim,
  head: RequestHead,
  bodyHash: string,
  signingKey: Uint8Array,
): void {
  // Unsigned and streaming payloads are S3's; this service signs what it sends.
  if (claim.contentSha256 !== null && claim.contentSha256 !== bodyHash) throw mismatch();
  const canonical = canonicalRequest(claim, head, bodyHash);
  if (canonical === null) throw mismatch();
  const expected = createHmac("sha256", signingKey).update(stringToSign(claim, canonical)).digest();
  if (!/^[0-9a-f]{64}$/.test(claim.signature)) throw mismatch();
  if (!timingSafeEqual(expected, Buffer.from(claim.signature, "hex"))) throw mismatch();
}

/** Null where the request cannot have been signed as it is: a signed header is missing, path or query is malformed. */
function canonicalRequest(claim: SignatureClaim, head: RequestHead, bodyHash: string): string | null {
  const path = canonicalPath(head.path);
  const pairs = queryPairs(head.query);
  if (path === null || pairs === null) return null;
  const lines = [head.method, path, canonicalQuery(pairs)];
  for (const name of claim.signedHeaders) {
    const values = claim.headers.get(name);
    if (values === undefined) return null;
    lines.push(`${name}:${canonicalHeaderValue(values)}`);
  }
  lines.push("", claim.signedHeaders.join(";"), bodyHash);
  return lines.join("\n");
}

function stringToSign(claim: SignatureClaim, canonical: string): string {
  const scope = `${claim.date}/${claim.region}/${claim.service}/aws4_request`;
  return ["AWS4-HMAC-SHA256", claim.timestamp, scope, hash("sha256", canonical, "hex")].join("\n");
}
