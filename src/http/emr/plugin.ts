import type { FastifyInstance, FastifyRequest } from "fastify";
import {
  EMR_OPERATIONS,
  EMR_SERVICE,
  EMR_TARGET_PREFIX,
  type EmrOperationName,
} from "../../contract/emr/operations.ts";
import { REQUEST_ID_HEADER } from "../../contract/emr-containers/errors.ts";
import type { AnyOperation, Operation } from "../../contract/operation.ts";
import { DomainError } from "../../core/errors.ts";
import type { AuditRecord } from "../../core/ports/audit.ts";
import type { ApplicationUiUseCases } from "../../use-cases/application-uis.ts";
import type { CallContext } from "../../use-cases/emr-containers.ts";
import { callOf } from "../emr-containers/call.ts";
import { inputReader } from "../emr-containers/input.ts";
import {
  bodyOf,
  type Perform,
  type SignedCallsOptions,
  signedCalls,
} from "../emr-containers/signed-calls.ts";
import { emrErrorAnswer, sendEmrError } from "./errors.ts";
import { type EmrHandlers, emrHandlers } from "./handlers.ts";

export const EMR_DIALECT = "emr";

export interface EmrOptions extends SignedCallsOptions {
  readonly useCases: ApplicationUiUseCases;
}

/**
 * What of Amazon EMR's own API concerns job runs on EKS: AWS JSON 1.1, one path, the operation in `X-Amz-Target`. The
 * order is that of every AWS dialect here: authenticate, parse, validate, handle, translate back, audit.
 */
export function emrPlugin(options: EmrOptions) {
  const calls = signedCalls(EMR_SERVICE, options, amendedRecord);
  const handlers = emrHandlers(options.useCases);
  const served = new Map<string, { operation: Operation; perform: Perform }>(
    Object.values(EMR_OPERATIONS).map((operation) => [
      operation.name,
      { operation, perform: performer(operation, handlers) },
    ]),
  );

  return async (app: FastifyInstance): Promise<void> => {
    calls.prepare(app);
    app.setErrorHandler((error, request, reply) => {
      const answer = emrErrorAnswer(error);
      if (request.emrCall !== null) request.emrCall.error = answer;
      if (answer.status >= 500 && answer.status !== 501) request.log.error({ err: error }, "request failed");
      return sendEmrError(reply, answer);
    });
    app.route({
      method: "POST",
      url: "/",
      config: { dialect: EMR_DIALECT },
      async onRequest(request, reply) {
        // Also of a request that names no operation.
        reply.header(REQUEST_ID_HEADER, request.id).type("application/x-amz-json-1.1");
        calls.begin(asked(request).operation, request, reply);
      },
      handler: async (request) => JSON.stringify(await calls.serve(asked(request).perform, request)),
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
}

function amendedRecord(record: AuditRecord, operation: AnyOperation): AuditRecord {
  const readOnly = !operation.name.startsWith("Create");
  return {
    ...record,
    eventSource: "elasticmapreduce.amazonaws.com",
    readOnly,
    // A presigned URL lets in whoever has it.
    ...(readOnly ? { responseElements: null } : {}),
  };
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
