import { invalidParameter } from "../databricks-errors.ts";
import { isIssuerUrl } from "./address.ts";
import type { FederationTrust } from "./federation-policy.ts";

/** What can be meant by an audience, a subject or a URL is shorter. */
const MAX_TEXT = 1024;
const MAX_AUDIENCES = 100;
const MAX_JWKS = 64 * 1024;
const MAX_KEYS = 100;

// databricks-sdk-py service/oauth2.py, `policy_id` of `create`; the lengths as measured against the service
// (workload-identity/databricks-service-principal-operator docs/measured.md).
const POLICY_ID = /^[a-z0-9]([a-z0-9/-]{0,61}[a-z0-9])$/;

export function checkPolicyId(policyId: string): void {
  if (POLICY_ID.test(policyId)) return;
  throw invalidParameter(
    `policy_id: '${policyId}' is not one: give 2 to 63 lower-case letters, digits, hyphens and slashes, with a letter or digit at both ends.`,
  );
}

/** Throws `INVALID_PARAMETER_VALUE` with the member at fault. */
export function checkFederationPolicy(
  { description, trust }: { readonly description: string | null; readonly trust: FederationTrust },
  ofServicePrincipal: boolean,
): void {
  checkText("description", description);
  checkUrl("oidc_policy.issuer", trust.issuer);
  if (trust.audiences.length > MAX_AUDIENCES)
    throw invalidParameter(`oidc_policy.audiences: give at most ${MAX_AUDIENCES}.`);
  for (const audience of trust.audiences) {
    checkText("oidc_policy.audiences", audience);
    if (audience === "") throw invalidParameter("oidc_policy.audiences must not hold an empty text.");
  }
  checkText("oidc_policy.subject_claim", trust.subjectClaim);
  checkText("oidc_policy.subject", trust.subject);
  // databricks-sdk-py service/oauth2.py, `OidcFederationPolicy.subject`.
  if (ofServicePrincipal && trust.subject === null)
    throw invalidParameter("Missing required field: oidc_policy.subject");
  if (!ofServicePrincipal && trust.subject !== null)
    throw invalidParameter(
      "oidc_policy.subject goes with the policy of a service principal: an account's takes whom the subject claim names.",
    );
  if (trust.jwksUri !== null && trust.jwksJson !== null)
    throw invalidParameter("oidc_policy: give jwks_uri or jwks_json, not both.");
  if (trust.jwksUri !== null) checkUrl("oidc_policy.jwks_uri", trust.jwksUri);
  if (trust.jwksJson !== null) checkKeySet(trust.jwksJson);
}

function checkText(member: string, value: string | null): void {
  if (value !== null && value.length > MAX_TEXT)
    throw invalidParameter(`${member}: give at most ${MAX_TEXT} characters.`);
}

function checkUrl(member: string, value: string): void {
  checkText(member, value);
  if (!isIssuerUrl(value))
    throw invalidParameter(
      `${member}: '${value}' is not an https:// URL without user, query and fragment (http:// is for this machine alone).`,
    );
}

/** RFC 7517 5. A private key has no business here: it would be stored and shown. */
function checkKeySet(text: string): void {
  const member = "oidc_policy.jwks_json";
  if (text.length > MAX_JWKS) throw invalidParameter(`${member}: give at most ${MAX_JWKS} characters.`);
  const keys = keysOf(text);
  if (keys === null || keys.length === 0 || keys.length > MAX_KEYS)
    throw invalidParameter(
      `${member} is not a JSON Web Key Set: give {"keys": […]} with 1 to ${MAX_KEYS} keys as text.`,
    );
  for (const [index, key] of keys.entries()) {
    const at = `${member}: key ${index}`;
    if (typeof key !== "object" || key === null || !("kty" in key) || typeof key.kty !== "string")
      throw invalidParameter(`${at} is not a JSON Web Key: it has no kty.`);
    if ("d" in key || "k" in key)
      throw invalidParameter(`${at} is a secret one: give the public half, and replace that key.`);
  }
}

function keysOf(text: string): readonly unknown[] | null {
  try {
    const set: unknown = JSON.parse(text);
    return typeof set === "object" && set !== null && "keys" in set && Array.isArray(set.keys)
      ? set.keys
      : null;
  } catch {
    return null;
  }
}
