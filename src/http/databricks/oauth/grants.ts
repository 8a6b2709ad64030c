import type { FastifyRequest } from "fastify";
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
]);
