import type { Caller } from "../../core/access/access-key.ts";
import { bodySha256, verifySignature } from "../../core/access/signature-v4.ts";
import { readSignature, type SignatureClaim } from "../../core/access/signature-v4-claim.ts";
import { unrecognizedClient } from "../../core/access/signature-v4-errors.ts";
import { signingKeyCache } from "../../core/access/signature-v4-keys.ts";
import type { RequestHead } from "../../core/access/signature-v4-request.ts";
import { type Region, region } from "../../core/ids.ts";
import type { Clock } from "../../core/ports/clock.ts";

/** An access key that may sign, opened. */
export interface SigningAccessKey {
  readonly secret: string;
  readonly caller: Caller;
}

/** Finds an access key that exists and is active; null otherwise. */
export type FindAccessKey = (id: string) => Promise<SigningAccessKey | null>;

export interface AuthenticatedCall {
  readonly caller: Caller;
  /** That of the signature's scope. */
  readonly region: Region;
}

/** Verifies Signature Version 4 in two steps, so that an unsigned request is refused before its body is read. */
export interface AwsAuthenticator {
  /** Throws a DomainError of kind `unauthenticated`. */
  readClaim(head: RequestHead): SignatureClaim;
  /** Throws a DomainError of kind `unauthenticated`. */
  verify(claim: SignatureClaim, head: RequestHead, body: Uint8Array | null): Promise<AuthenticatedCall>;
}

/** @param service the signing name that requests must be signed for, such as `emr-containers` */
export function awsAuthenticator(
  service: string,
  findAccessKey: FindAccessKey,
  clock: Clock,
): AwsAuthenticator {
  const keys = signingKeyCache();
  return {
    readClaim: (head) => readSignature(head, service, clock.now()),
    async verify(claim, head, body) {
      const accessKey = await findAccessKey(claim.accessKeyId);
      if (accessKey === null) throw unrecognizedClient();
      verifySignature(claim, head, bodySha256(body), keys.get(claim, accessKey.secret));
      return { caller: accessKey.caller, region: region(claim.region) };
    },
  };
}
