import { createHmac } from "node:crypto";

/** What a signing key is derived from; the secret is the access key's. */
export interface SigningScope {
  readonly accessKeyId: string;
  /** `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export interface SigningKeys {
  get(scope: SigningScope, secret: string): Buffer;
}

const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** The signing key of a day, region and service. */
export function deriveSigningKey(scope: SigningScope, secret: string): Buffer {
  const dateKey = hmac(`AWS4${secret}`, scope.date);
  return hmac(hmac(hmac(dateKey, scope.region), scope.service), "aws4_request");
}

/**
 * Remembers derived keys, at most `limit` of them, the one unused longest leaving first. Only a caller who knows an
 * existing access key id can add an entry. A changed secret is noticed, so a key made anew under an old id is safe.
 */
export function signingKeyCache(limit = 1000): SigningKeys {
  const entries = new Map<string, { readonly secret: string; readonly key: Buffer }>();
  return {
    get(scope, secret) {
      const name = `${scope.accessKeyId}/${scope.date}/${scope.region}/${scope.service}`;
      const known = entries.get(name);
      const entry =
        known !== undefined && known.secret === secret
          ? known
          : { secret, key: deriveSigningKey(scope, secret) };
      entries.delete(name);
      entries.set(name, entry);
      if (entries.size > limit) {
        const oldest = entries.keys().next();
        if (oldest.done !== true) entries.delete(oldest.value);
      }
      return entry.key;
    },
  };
}
