import { DomainError } from "../errors.ts";

/*
 * Names and texts are AWS's own, since clients show them and some branch on them. Measured against a real service by
 * mhart/dynalite (index.js lists each check's answer in the order of the checks); the five-minute texts are quoted in
 * s12v/awsbeats issue 48 and aws/aws-sdk-js issue 573, the statuses in the services' "Common errors" pages.
 */

const refusal = (code: string, message: string) => new DomainError("unauthenticated", message, { code });

export const missingToken = () =>
  refusal("MissingAuthenticationTokenException", "Missing Authentication Token");

export const incomplete = (message: string) => refusal("IncompleteSignatureException", message);

export const invalidSignature = (message: string) => refusal("InvalidSignatureException", message);

export const mismatch = () =>
  invalidSignature(
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
  );

/** For an access key that does not exist or is inactive, and for a session token, which no key of ours has. */
export const unrecognizedClient = () =>
  refusal("UnrecognizedClientException", "The security token included in the request is invalid.");
