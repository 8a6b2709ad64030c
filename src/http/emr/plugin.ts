import type { FastifyInstance, FastifyRequest } from "fastify";
import {
  EMR_OPERATIONS,
  EMR_SERVICE,
  EMR_TARGET_PREFIX,
  type EmrOperationName,
} from "../../contract/emr/operations.ts";
import { REQUEST_ID_HEADER } from "../../contract/emr-containers/errors.ts";
import type { Operation } from "../../contract/operation.ts";
import { DomainError } from "../../core/errors.ts";
import type { AuditLog } from "../../core/ports/audit.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { ApplicationUiUseCases } from "../../use-cases/application-uis.ts";
import type { CallContext } from "../../use-cases/emr-containers.ts";
import { auditRecord } from "../emr-containers/audit-record.ts";
import { type Call, callOf } from "../emr-containers/call.ts";
import { inputReader } from "../emr-containers/input.ts";
import { awsAuthenticator, type FindAccessKey } from "../shared/authenticate-aws.ts";
import { requestHead } from "../shared/request-head.ts";
import { sourceAddress } from "../shared/source-address.ts";
import { emrErrorAnswer, sendEmrError } from "./errors.ts";
import { type EmrHandlers, emrHandlers } from "./handlers.ts";

export const EMR_DIALECT = "emr";

export interface EmrOptions {
  readonly useCases: ApplicationUiUseCases;
  readonly findAccessKey: FindAccessKey;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** Fresh ids for audit records. */
  readonly newEventId: () => string;
}

type Perform = (request: FastifyRequest, context: CallContext) => Promise<object>;

/**
 * What of Amazon EMR's own API concerns job runs on EKS: AWS JSON 1.1, one path, the operation in `X-Amz-Target`. The
 * order is that of every AWS dialect here: authenticate, parse, validate, handle, translate back, audit.
 */
export function emrPlugin(options: EmrOptions) {
  const { audit, clock } = options;
  const authenticator = awsAuthenticator(EMR_SERVICE, options.findAccessKey, clock);
  const handlers = emrHandlers(options.useCases);
  const served = new Map<string, { operation: Operation; perform: Perform }>(
    Object.values(EMR_OPERATIONS).map((operation) => [
      operation.name,
      { operation, perform: performer(operation, handlers) },
    ]),
  );

  return async (app: FastifyInstance): Promise<void> => {
    app.decorateRequest("emrCall", null);
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    app.setErrorHandler((error, request, reply) => {
      const answer = emrErrorAnswer(error);
      if (request.emrCall !== null) request.emrCall.error = answer;
      if (answer.status >= 500 && answer.status !== 501) request.log.error({ err: error }, "request failed");
      return sendEmrError(reply, answer);
    });
    app.addHook("onSend", async (request) => {
      if (request.emrCall !== null) recordCall(request, request.emrCall);
    });
    app.route({
      method: "POST",
      url: "/",
      config: { dialect: EMR_DIALECT },
      async onRequest(request, reply) {
        reply.header(REQUEST_ID_HEADER, request.id).type("application/x-amz-json-1.1");
        const { operation } = asked(request);
        const head = requestHead(request.raw);
        const unknown = { claim: null, authenticated: null, input: null, output: null, error: null };
        request.emrCall = { operation, head, ...unknown };
        request.emrCall.claim = authenticator.readClaim(head);
      },
      async handler(request) {
        const call = callOf(request);
        if (call.claim === null)
          throw new DomainError("internal", "The request was not asked for its signature");
        call.authenticated = await authenticator.verify(call.claim, call.head, bodyOf(request));
        const { caller, region } = call.authenticated;
        const context = { caller, scope: { account: caller.account, region }, requestId: request.id };
        call.output = await asked(request).perform(request, context);
        return JSON.stringify(call.output);
      },
    });
  };

  /** Throws for an operation that is not served: before the signature, as the service's framework does. */
  function asked(request: FastifyRequest) {
    const target = String(request.headers["x-amz-target"] ?? "");
    const name = target.startsWith(EMR_TARGET_PREFIX) ? target.slice(EMR_TARGET_PREFIX.length) : null;
    const found = name === null ? undefined : served.get(name);
    if (found !== undefined) return found;
    if (name !== null && /^[A-Za-z]{1,64}$/.test(name))
      throw new DomainError("not-implemented", `${name} is not implemented by this server.`);
    throw new DomainError("not-found", "X-Amz-Target names no operation of elasticmapreduce.", {
      code: "UnknownOperationException",
    });
  }

  function recordCall(request: FastifyRequest, { claim, authenticated, ...call }: Call): void {
    const record = auditRecord({
      ...call,
      requestId: request.id,
      eventId: options.newEventId(),
      atMs: clock.now(),
      sourceIp: sourceAddress(request),
      userAgent: request.headers["user-agent"] ?? null,
      caller: authenticated?.caller ?? null,
      claimed: claim === null ? null : { accessKeyId: claim.accessKeyId, region: claim.region },
    });
    const readOnly = !call.operation.name.startsWith("Create");
    audit.record({
      ...record,
      eventSource: "elasticmapreduce.amazonaws.com",
      readOnly,
      // A presigned URL lets in whoever has it.
      ...(readOnly ? { responseElements: null } : {}),
    });
  }
}

function performer(operation: Operation, handlers: EmrHandlers): Perform {
  const read = inputReader(operation);
  // The table's own type pairs each operation with the handler of its name; a loop over it cannot express the pair.
  const handle = handlers[operation.name as EmrOperationName] as (
    context: CallContext,
    input: object,
    origin: string,
  ) => Promise<object>;
  return (request, context) => {
    const call = callOf(request);
    const input = read({ params: {}, query: call.head.query, body: bodyOf(request) });
    call.input = input;
    // The signature covers the host that the caller called.
    return handle(context, input, `${request.protocol}://${request.host}`);
  };
}

/** The raw body; null where none was sent. */
function bodyOf(request: FastifyRequest): Uint8Array | null {
  return request.body instanceof Uint8Array ? request.body : null;
}
