import type { Json } from "../json.ts";
import type { ForeignToken } from "../ports/foreign-tokens.ts";
import { audiencesOf, type FederationPolicy, subjectClaimOf } from "./federation-policy.ts";

/** Whom a policy takes a token for, or why it does not. */
export type Acceptance =
  /** The name of a user or a service principal; of a service principal's policy it has been checked. */
  | { readonly kind: "accepted"; readonly subject: string }
  | {
      readonly kind: "refused";
      readonly code: string;
      readonly why: string;
      /** What a policy says, or would have to say, that takes the token. */
      readonly told: string;
    };

/**
 * Decides on a token of the policy's issuer whose signature and times are good. Some issuers give tokens to anybody: the
 * audience that is wanted is told, as on the service, and the subject is not.
 */
export function accept(policy: FederationPolicy, token: ForeignToken): Acceptance {
  const { audiences, claims } = token;
  const wanted = audiencesOf(policy);
  if (!audiences.some((audience) => wanted.includes(audience))) {
    // The service's words: workload-identity/databricks-service-principal-operator docs/measured.md.
    const why = `Token audience ${audiences.map((audience) => `'${audience}'`).join(", ")} invalid`;
    return {
      kind: "refused",
      code: "TOKEN_AUDIENCE_INVALID",
      why,
      told: valid(policy.trust.issuer, null, wanted),
    };
  }
  const told = acceptableFor(token);
  const name = subjectClaimOf(policy.trust);
  const subject = textOf(claims[name]);
  if (subject === null)
    return {
      kind: "refused",
      code: "TOKEN_SUBJECT_INVALID",
      why: `Token claim '${name}' is not a text`,
      told,
    };
  if (policy.trust.subject !== null && policy.trust.subject !== subject)
    return {
      kind: "refused",
      code: "TOKEN_SUBJECT_INVALID",
      why: `Token subject '${subject}' invalid`,
      told,
    };
  return { kind: "accepted", subject };
}

/** What a policy would have to trust to take a token, of what the token itself says. */
export function acceptableFor({ issuer, audiences, claims }: ForeignToken): string {
  return valid(issuer, textOf(claims.sub), audiences);
}

// The service's form, as https://docs.databricks.com/aws/en/dev-tools/auth/oauth-federation-policy's readers quote it:
// `Valid federation policy for provided token: {issuer: '…', subject: '…', audience: '…'}`.
function valid(issuer: string, subject: string | null, audiences: readonly string[]): string {
  const parts = [
    `issuer: '${issuer}'`,
    ...(subject === null ? [] : [`subject: '${subject}'`]),
    `audience: '${audiences.join(", ")}'`,
  ];
  return `Valid federation policy for provided token: {${parts.join(", ")}}`;
}

function textOf(claim: Json | undefined): string | null {
  return typeof claim === "string" && claim !== "" ? claim : null;
}
