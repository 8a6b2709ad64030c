import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { REQUEST_ID_HEADER } from "../../contract/emr-containers/errors.ts";
import {
  EMR_CONTAINERS_OPERATIONS,
  EMR_CONTAINERS_SERVICE,
} from "../../contract/emr-containers/operations.ts";
import type { AnyOperation, Operation } from "../../contract/operation.ts";
import { DomainError } from "../../core/errors.ts";
import type { AuditLog } from "../../core/ports/audit.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { CallContext, EmrContainersUseCases } from "../../use-cases/emr-containers.ts";
import { awsAuthenticator, type FindAccessKey } from "../shared/authenticate-aws.ts";
import { requestHead } from "../shared/request-head.ts";
import { sourceAddress } from "../shared/source-address.ts";
import { auditRecord } from "./audit-record.ts";
import { callOf } from "./call.ts";
import { errorAnswer, sendError } from "./errors.ts";
import type { Handlers } from "./handlers.ts";
import { inputReader } from "./input.ts";
import { jobRunHandlers } from "./job-runs.ts";
import { tagHandlers } from "./tags.ts";
import { virtualClusterHandlers } from "./virtual-clusters.ts";

export const EMR_CONTAINERS_DIALECT = "emr-containers";

export interface EmrContainersOptions {
  readonly useCases: EmrContainersUseCases;
  readonly findAccessKey: FindAccessKey;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** Fresh ids for audit records. */
  readonly newEventId: () => string;
}

/** Performs one operation: reads the raw request's input and answers the response's members. */
type Perform = (request: FastifyRequest, context: CallContext) => Promise<object>;

/**
 * Amazon EMR on EKS's API: authenticate, parse, validate, handle, translate back, audit. The order is fixed: nothing
 * of a request is looked at before its signature holds, and nothing is read of a body that is not signed.
 */
export function emrContainersPlugin(options: EmrContainersOptions) {
  const { audit, clock } = options;
  const authenticator = awsAuthenticator(EMR_CONTAINERS_SERVICE, options.findAccessKey, clock);
  const handlers: Handlers = {
    ...virtualClusterHandlers(options.useCases),
    ...jobRunHandlers(options.useCases),
    ...tagHandlers(options.useCases),
  };

  return async (app: FastifyInstance): Promise<void> => {
    app.decorateRequest("emrCall", null);
    app.removeAllContentTypeParsers();
    // The signature covers the bytes as they came, so the body stays raw whatever its type claims to be.
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

    app.setErrorHandler((error, request, reply) => {
      const answer = errorAnswer(error);
      if (request.emrCall !== null) request.emrCall.error = answer;
      if (answer.status >= 500 && answer.status !== 501)
        request.log.error({ err: error, requestId: request.id }, "request failed");
      return sendError(reply, answer);
    });

    app.addHook("onSend", (request, _reply, _payload, done) => {
      if (request.emrCall !== null) recordCall(request);
      done();
    });

    for (const operation of Object.values<AnyOperation>(EMR_CONTAINERS_OPERATIONS)) {
      const perform = operation.implemented ? performer(operation, handlers) : refuser(operation);
      app.route({
        method: operation.method,
        url: operation.path.replace(/\{(\w+)\}/g, ":$1"),
        config: { dialect: EMR_CONTAINERS_DIALECT, operation: operation.name },
        onRequest: async (request, reply) => begin(operation, request, reply),
        handler: async (request) => serve(perform, request),
      });
    }
  };

  function begin(operation: AnyOperation, request: FastifyRequest, reply: FastifyReply): void {
    reply.header(REQUEST_ID_HEADER, request.id);
    const head = requestHead(request.raw);
    request.emrCall = {
      operation,
      head,
      claim: null,
      authenticated: null,
      input: null,
      output: null,
      error: null,
    };
    request.emrCall.claim = authenticator.readClaim(head);
  }

  async function serve(perform: Perform, request: FastifyRequest): Promise<object> {
    const call = callOf(request);
    if (call.claim === null) throw new DomainError("internal", "The request was not asked for its signature");
    call.authenticated = await authenticator.verify(call.claim, call.head, bodyOf(request));
    const { caller, region } = call.authenticated;
    const context = { caller, scope: { account: caller.account, region }, requestId: request.id };
    call.output = await perform(request, context);
    return call.output;
  }

  function recordCall(request: FastifyRequest): void {
    const { claim, authenticated, ...call } = callOf(request);
    audit.record(
      auditRecord({
        ...call,
        requestId: request.id,
        eventId: options.newEventId(),
        atMs: clock.now(),
        sourceIp: sourceAddress(request),
        userAgent: request.headers["user-agent"] ?? null,
        caller: authenticated?.caller ?? null,
        claimed: claim === null ? null : { accessKeyId: claim.accessKeyId, region: claim.region },
      }),
    );
  }
}

function performer(operation: Operation, handlers: Handlers): Perform {
  const read = inputReader(operation);
  // The table's own type pairs each operation with the handler of its name; a loop over it cannot express the pair.
  const handle = handlers[operation.name as keyof Handlers] as (
    context: CallContext,
    input: object,
  ) => Promise<object>;
  return (request, context) => {
    const call = callOf(request);
    const params = request.params as Readonly<Record<string, string>>; // the router gives text by the route's names
    const input = read({ params, query: call.head.query, body: bodyOf(request) });
    call.input = input;
    return handle(context, input);
  };
}

function refuser(operation: AnyOperation): Perform {
  return async () => {
    throw new DomainError("not-implemented", `${operation.name} is not implemented by this server.`);
  };
}

/** The raw body; null where none was sent. */
function bodyOf(request: FastifyRequest): Uint8Array | null {
  return request.body instanceof Uint8Array ? request.body : null;
}
