import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { REQUEST_ID_HEADER } from "../../contract/emr-containers/errors.ts";
import type { AnyOperation } from "../../contract/operation.ts";
import { DomainError } from "../../core/errors.ts";
import type { AuditLog, AuditRecord } from "../../core/ports/audit.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { CallContext } from "../../use-cases/emr-containers.ts";
import { awsAuthenticator, type FindAccessKey } from "../shared/authenticate-aws.ts";
import { requestHead } from "../shared/request-head.ts";
import { sourceAddress } from "../shared/source-address.ts";
import { auditRecord } from "./audit-record.ts";
import { callOf } from "./call.ts";

/** What every dialect whose calls are signed is made of, besides its use cases. */
export interface SignedCallsOptions {
  readonly findAccessKey: FindAccessKey;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** Fresh ids for audit records. */
  readonly newEventId: () => string;
}

/** Performs one operation: reads the raw request's input and answers the response's members. */
export type Perform = (request: FastifyRequest, context: CallContext) => Promise<object>;

/** The way of a signed call: claim, body, proof, handling, audit record. */
export interface SignedCalls {
  /** Has the routes of an instance keep their calls, take bodies as they are, and write their records. */
  prepare(app: FastifyInstance): void;
  /** For `onRequest`: nothing is read of a body whose request claims no signature. Throws `unauthenticated`. */
  begin(operation: AnyOperation, request: FastifyRequest, reply: FastifyReply): void;
  /** For the handler: nothing of a request is looked at before its signature holds. Throws `unauthenticated`. */
  serve(perform: Perform, request: FastifyRequest): Promise<object>;
}

/**
 * @param service the signing name
 * @param amend what the dialect has otherwise in its audit records
 */
export function signedCalls(
  service: string,
  options: SignedCallsOptions,
  amend: (record: AuditRecord, operation: AnyOperation) => AuditRecord = (record) => record,
): SignedCalls {
  const { audit, clock } = options;
  const authenticator = awsAuthenticator(service, options.findAccessKey, clock);

  function record(request: FastifyRequest): void {
    const { claim, authenticated, ...call } = callOf(request);
    const made = auditRecord({
      ...call,
      requestId: request.id,
      eventId: options.newEventId(),
      atMs: clock.now(),
      sourceIp: sourceAddress(request),
      userAgent: request.headers["user-agent"] ?? null,
      caller: authenticated?.caller ?? null,
      claimed: claim === null ? null : { accessKeyId: claim.accessKeyId, region: claim.region },
    });
    audit.record(amend(made, call.operation));
  }

  return {
    prepare(app) {
      app.decorateRequest("emrCall", null);
      app.removeAllContentTypeParsers();
      // The signature covers the bytes as they came, so the body stays raw whatever its type claims to be.
      app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
      app.addHook("onSend", (request, _reply, _payload, done) => {
        // The answer first: nobody waits for its record, which is written a moment later in any case.
        done();
        if (request.emrCall !== null) record(request);
      });
    },
    begin(operation, request, reply) {
      reply.header(REQUEST_ID_HEADER, request.id);
      const head = requestHead(request.raw);
      const unknown = { claim: null, authenticated: null, input: null, output: null, error: null };
      request.emrCall = { operation, head, ...unknown };
      request.emrCall.claim = authenticator.readClaim(head);
    },
    async serve(perform, request) {
      const call = callOf(request);
      if (call.claim === null)
        throw new DomainError("internal", "The request was not asked for its signature");
      call.authenticated = await authenticator.verify(call.claim, call.head, bodyOf(request));
      const { caller, region } = call.authenticated;
      const context = { caller, scope: { account: caller.account, region }, requestId: request.id };
      call.output = await perform(request, context);
      return call.output;
    },
  };
}

/** The raw body; null where none was sent. */
export function bodyOf(request: FastifyRequest): Uint8Array | null {
  return request.body instanceof Uint8Array ? request.body : null;
}
