import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { DatabricksCaller } from "../../../core/access/databricks-caller.ts";
import { oauthError } from "../../../core/access/oauth-errors.ts";
import { sourceAddress } from "../../shared/source-address.ts";
import type { DatabricksOptions } from "../account.ts";
import { databricksAuditRecord } from "../audit-record.ts";
import type { ErrorAnswer } from "../errors.ts";
import { takeForms } from "../form-requests.ts";
import { type Authority, accountAuthority, workspaceAuthority } from "./authority.ts";
import { registerDiscovery } from "./discovery.ts";
import { type Form, readClientIdentity, readForm, refuseNarrowing, required } from "./form.ts";
import { GRANTS } from "./grants.ts";

export const OAUTH_DIALECT = "databricks-oauth";

/** A token request holds a few names and a JSON Web Token at most. */
const BODY_LIMIT_BYTES = 64 * 1024;

/** What becomes known of a token request, for its audit record. */
interface TokenCall {
  readonly name: string;
  authority: Authority | null;
  form: Form;
  caller: DatabricksCaller | null;
  error: ErrorAnswer | null;
}

/**
 * The authorization servers of the account and of every workspace: discovery and token endpoints
 * (databricks-account-api.md A1, A4, A5).
 */
export function oauthPlugin(options: DatabricksOptions): (app: FastifyInstance) => Promise<void> {
  const calls = new WeakMap<FastifyRequest, TokenCall>();
  /**
   * By the vendor's names for what they do:
   * https://docs.databricks.com/aws/en/admin/account-settings/audit-logs, "Account events".
   */
  const ENDPOINTS = [
    { operation: "token", name: "mintOAuthToken", answer: token },
    { operation: "revoke", name: "revokeOAuthToken", answer: revoke },
  ];

  return async (app) => {
    takeForms(app, calls, sendOAuthError);
    app.addHook("onRequest", async (request, reply) => {
      reply.header("x-request-id", request.id);
    });
    app.addHook("onSend", async (request, reply) => {
      const call = calls.get(request);
      if (call !== undefined) options.audit.record(record(call, request, reply.statusCode));
    });
    registerDiscovery(app, options, OAUTH_DIALECT);
    for (const { operation, name, answer } of ENDPOINTS) {
      const route = { bodyLimit: BODY_LIMIT_BYTES, config: { dialect: OAUTH_DIALECT, operation } };
      const onRequest = async (request: FastifyRequest) => {
        calls.set(request, { name, authority: null, form: new Map(), caller: null, error: null });
      };
      app.post(`/oidc/v1/${operation}`, { ...route, onRequest }, async (request, reply) =>
        answer(await workspaceAuthority(options, request), request, reply),
      );
      const ofAccount = `/oidc/accounts/:account_id/v1/${operation}`;
      app.post(ofAccount, { ...route, onRequest }, async (request, reply) =>
        answer(accountAuthority(request), request, reply),
      );
    }
  };

  async function token(authority: Authority, request: FastifyRequest, reply: FastifyReply): Promise<object> {
    const form = readForm(request);
    const call = calls.get(request);
    if (call !== undefined) Object.assign(call, { authority, form });
    await refuseAddress(authority, request);
    const type = required(form, "grant_type");
    const grant = GRANTS.get(type);
    if (grant === undefined)
      throw oauthError("unsupported_grant_type", `Grant type ${type} is not supported.`);
    refuseNarrowing(form);
    const issued = await grant(options.useCases, { authority, form, request });
    if (call !== undefined) call.caller = issued.caller;
    neverStored(reply);
    return {
      access_token: issued.accessToken,
      token_type: "Bearer",
      expires_in: issued.expiresInSeconds,
      scope: issued.scope,
      ...(issued.refreshToken !== null && { refresh_token: issued.refreshToken }),
      ...(issued.issuedTokenType !== null && { issued_token_type: issued.issuedTokenType }),
    };
  }

  /** RFC 7009. */
  async function revoke(authority: Authority, request: FastifyRequest, reply: FastifyReply): Promise<object> {
    const form = readForm(request);
    const call = calls.get(request);
    if (call !== undefined) Object.assign(call, { authority, form });
    await refuseAddress(authority, request);
    const identity = readClientIdentity(request, form);
    await options.useCases.revokeOAuthToken(authority, identity, required(form, "token"));
    neverStored(reply);
    return {};
  }

  /** Before anything is looked up: who may not call from there learns nothing of a guess. */
  function refuseAddress({ account, workspace }: Authority, request: FastifyRequest): Promise<void> {
    return options.useCases.refuseAddress(
      workspace === null ? { kind: "account", id: account } : { kind: "workspace", id: workspace.id },
      sourceAddress(request),
    );
  }

  function record(
    { name, authority, form, caller, error }: TokenCall,
    request: FastifyRequest,
    status: number,
  ) {
    const shown = ["grant_type", "client_id", "scope"].filter((name) => form.has(name));
    return databricksAuditRecord({
      call: {
        operation: { object: "accounts", name },
        account: authority?.account ?? null,
        workspace: authority?.workspace?.id ?? null,
        caller,
        input: Object.fromEntries(shown.map((name) => [name, form.get(name)])),
        error,
      },
      requestId: request.id,
      atMs: options.clock.now(),
      sourceIp: sourceAddress(request),
      userAgent: request.headers["user-agent"] ?? null,
      status,
    });
  }
}

/** RFC 6749 5.2. Fastify gives it the content type that Python's SDK insists on (databricks-account-api.md A5). */
function sendOAuthError(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, code, message }: ErrorAnswer,
): FastifyReply {
  neverStored(reply);
  if (status === 401 && request.headers.authorization !== undefined)
    reply.header("www-authenticate", 'Basic realm="databricks"');
  // RFC 6749 has no word for it at this endpoint; clients show the description.
  if (status === 403)
    return reply.status(status).send({ error: "access_denied", error_description: message });
  if (status === 404) return reply.status(status).send({ error_code: code, message });
  const error = /^[a-z_]+$/.test(code) ? code : status >= 500 ? "server_error" : "invalid_request";
  return reply.status(status).send({ error, error_description: message });
}

/** RFC 6749 5.1. */
function neverStored(reply: FastifyReply): void {
  reply.header("cache-control", "no-store").header("pragma", "no-cache");
}
