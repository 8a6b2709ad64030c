import type { FastifyRequest } from "fastify";
import { oauthError } from "../../../core/access/oauth-errors.ts";
import type { ClientIdentity } from "../../../use-cases/databricks/oauth-clients.ts";
import { readAuthorization } from "../authorization.ts";

/** The members of a form. */
export type Form = ReadonlyMap<string, string>;

/** Reads a form whatever its content type says. A member that is there twice is refused, as RFC 6749 3.2 has it. */
export function readForm(request: FastifyRequest): Form {
  const text = typeof request.body === "string" ? request.body : "";
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (form.has(name)) throw oauthError("invalid_request", `Parameter ${name} is there twice.`);
    // PostgreSQL cannot look for one.
    if (value.includes("\0")) throw oauthError("invalid_request", `Parameter ${name} holds a NUL character.`);
    // RFC 6749 3.1: one without a value counts as omitted.
    if (value !== "") form.set(name, value);
  }
  return form;
}

export function required(form: Form, name: string): string {
  const value = form.get(name);
  if (value === undefined) throw oauthError("invalid_request", `Parameter ${name} is missing.`);
  return value;
}

export interface ClientAuthentication {
  readonly clientId: string;
  readonly secret: string;
}

/** By the header or by the form, but not both (RFC 6749 2.3). Throws `invalid_client` where there is neither. */
export function readClient(request: FastifyRequest, form: Form): ClientAuthentication {
  const header = request.headers.authorization;
  const [id, secret] = [form.get("client_id"), form.get("client_secret")];
  if (header !== undefined) {
    if (secret !== undefined)
      throw oauthError("invalid_request", "The client authenticates in two ways: use one.");
    const presented = readAuthorization(header);
    if (presented?.kind !== "basic") throw oauthError("invalid_client", "Client authentication failed");
    const [clientId, password] = [presented.userName, presented.password].map(formDecoded);
    if (clientId === undefined || password === undefined || (id !== undefined && id !== clientId))
      throw oauthError("invalid_client", "Client authentication failed");
    return { clientId, secret: password };
  }
  if (id === undefined || secret === undefined)
    throw oauthError("invalid_client", "Client authentication failed: send the client's id and secret.");
  return { clientId: id, secret };
}

/** RFC 6749 2.3.1 has both halves encoded as a form's values are. */
function formDecoded(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text.replaceAll("+", " "));
    return decoded.includes("\0") ? undefined : decoded;
  } catch {
    // Not encoded: such a client sends what it has.
    return text;
  }
}

/** What would make a token that may less: a client that asks for one must not get one that may all. */
export function refuseNarrowing(form: Form): void {
  if (form.has("assume_group"))
    throw oauthError("invalid_request", "assume_group is not supported: leave it out.");
  const details = form.get("authorization_details");
  if (details === undefined) return;
  const types = typesOf(details);
  throw oauthError(
    "invalid_authorization_details",
    types === null
      ? "authorization_details is no JSON array of objects that each say their type."
      : `authorization_details of type ${types.join(", ")} are not supported: leave them out.`,
  );
}

/** What authorization details are of (RFC 9396 2), each type once; null where they are none. */
function typesOf(details: string): readonly string[] | null {
  try {
    const parsed: unknown = JSON.parse(details);
    if (!Array.isArray(parsed) || parsed.length === 0) return null;
    const types = parsed.map((each: unknown) =>
      typeof each === "object" && each !== null && "type" in each ? each.type : null,
    );
    return types.every((type) => typeof type === "string") ? [...new Set(types)] : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** A client that has no secret says its id in the form alone (RFC 6749 3.2.1). */
export function readClientIdentity(request: FastifyRequest, form: Form): ClientIdentity {
  const id = form.get("client_id");
  const isPublic = request.headers.authorization === undefined && !form.has("client_secret");
  return isPublic && id !== undefined ? { clientId: id, secret: null } : readClient(request, form);
}
