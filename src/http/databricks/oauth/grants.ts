import type { FastifyRequest } from "fastify";
import { oauthError } from "../../../core/access/oauth-errors.ts";
import { ACCESS_TOKEN } from "../../../use-cases/databricks/exchange-token.ts";
import type { IssuedToken } from "../../../use-cases/databricks/issue-access-token.ts";
import type { DatabricksUseCases } from "../../../use-cases/databricks/use-cases.ts";
import type { Authority } from "./authority.ts";
import { type Form, readClient, readClientIdentity, required } from "./form.ts";

/** A request to a token endpoint, as far as the grants have it in common. */
export interface TokenRequest {
  readonly authority: Authority;
  readonly form: Form;
  /** For what is not in the form: the client's `Authorization` header. */
  readonly request: FastifyRequest;
}

/** Answers what is given for a grant. Throws an OAuth error. */
export type Grant = (useCases: DatabricksUseCases, request: TokenRequest) => Promise<IssuedToken>;

/** What the token endpoints take, by `grant_type`; the metadata lists the same names. */
export const GRANTS: ReadonlyMap<string, Grant> = new Map<string, Grant>([
  [
    "client_credentials",
    (useCases, { authority, form, request }) =>
      useCases.issueForClient(authority, {
        ...readClient(request, form),
        scope: form.get("scope") ?? null,
      }),
  ],
  [
    "authorization_code",
    (useCases, { authority, form, request }) =>
      useCases.issueForCode(authority, readClientIdentity(request, form), {
        code: required(form, "code"),
        redirectUri: required(form, "redirect_uri"),
        verifier: required(form, "code_verifier"),
      }),
  ],
  [
    "refresh_token",
    (useCases, { authority, form, request }) =>
      useCases.issueForRefreshToken(authority, readClientIdentity(request, form), {
        token: required(form, "refresh_token"),
        scope: form.get("scope") ?? null,
      }),
  ],
  ["urn:ietf:params:oauth:grant-type:token-exchange", exchange],
  ["urn:ietf:params:oauth:grant-type:jwt-bearer", assertion],
]);

/** RFC 8693 2.1, as far as the service has it (databricks-account-api.md A7). */
function exchange(
  useCases: DatabricksUseCases,
  { authority, form, request }: TokenRequest,
): Promise<IssuedToken> {
  // The token proves who asks: a secret beside it would be another claim, and a client that is no one's is not checked.
  if (request.headers.authorization !== undefined || form.has("client_secret"))
    throw oauthError("invalid_request", "A token exchange takes no client secret: leave it out.");
  refuseMembers(form, ["actor_token", "actor_token_type", "resource", "audience"]);
  const wanted = form.get("requested_token_type") ?? ACCESS_TOKEN;
  if (wanted !== ACCESS_TOKEN)
    throw oauthError(
      "invalid_request",
      `requested_token_type ${wanted} is not given: ask for ${ACCESS_TOKEN}.`,
    );
  return useCases.exchangeToken(authority, {
    subjectToken: required(form, "subject_token"),
    subjectTokenType: required(form, "subject_token_type"),
    clientId: form.get("client_id") ?? null,
    scope: form.get("scope") ?? null,
  });
}

/** RFC 7523 2.1, as far as the service has it (databricks-account-api.md A7). */
function assertion(
  useCases: DatabricksUseCases,
  { authority, form, request }: TokenRequest,
): Promise<IssuedToken> {
  const presented = required(form, "assertion");
  const { authorization } = request.headers;
  // The Go SDK signs this request as it does any other, with the very token that it presents.
  if ((authorization !== undefined && authorization !== `Bearer ${presented}`) || form.has("client_secret"))
    throw oauthError("invalid_request", "An assertion takes no other credential beside it: leave it out.");
  refuseMembers(form, ["resource", "audience"]);
  return useCases.issueForAssertion(authority, {
    assertion: presented,
    clientId: form.get("client_id") ?? null,
    scope: form.get("scope") ?? null,
  });
}

/** What would make a token for something else than the endpoint's own. */
function refuseMembers(form: Form, names: readonly string[]): void {
  for (const name of names)
    if (form.has(name)) throw oauthError("invalid_request", `${name} is not supported: leave it out.`);
}
