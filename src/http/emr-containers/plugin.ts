import type { FastifyInstance } from "fastify";
import {
  EMR_CONTAINERS_OPERATIONS,
  EMR_CONTAINERS_SERVICE,
} from "../../contract/emr-containers/operations.ts";
import type { AnyOperation, Operation } from "../../contract/operation.ts";
import { DomainError } from "../../core/errors.ts";
import type { CallContext, EmrContainersUseCases } from "../../use-cases/emr-containers.ts";
import { callOf } from "./call.ts";
import { errorAnswer, sendError } from "./errors.ts";
import type { Handlers } from "./handlers.ts";
import { inputReader } from "./input.ts";
import { jobRunHandlers } from "./job-runs.ts";
import { bodyOf, type Perform, type SignedCallsOptions, signedCalls } from "./signed-calls.ts";
import { tagHandlers } from "./tags.ts";
import { virtualClusterHandlers } from "./virtual-clusters.ts";

export const EMR_CONTAINERS_DIALECT = "emr-containers";

export interface EmrContainersOptions extends SignedCallsOptions {
  readonly useCases: EmrContainersUseCases;
}

/**
 * Amazon EMR on EKS's API: authenticate, parse, validate, handle, translate back, audit. The order is fixed: nothing
 * of a request is looked at before its signature holds, and nothing is read of a body that is not signed.
 */
export function emrContainersPlugin(options: EmrContainersOptions) {
  const calls = signedCalls(EMR_CONTAINERS_SERVICE, options);
  const handlers: Handlers = {
    ...virtualClusterHandlers(options.useCases),
    ...jobRunHandlers(options.useCases),
    ...tagHandlers(options.useCases),
  };

  return async (app: FastifyInstance): Promise<void> => {
    calls.prepare(app);
    app.setErrorHandler((error, request, reply) => {
      const answer = errorAnswer(error);
      if (request.emrCall !== null) request.emrCall.error = answer;
      if (answer.status >= 500 && answer.status !== 501)
        request.log.error({ err: error, requestId: request.id }, "request failed");
      return sendError(reply, answer);
    });
    for (const operation of Object.values<AnyOperation>(EMR_CONTAINERS_OPERATIONS)) {
      const perform = operation.implemented ? performer(operation, handlers) : refuser(operation);
      app.route({
        method: operation.method,
        url: operation.path.replace(/\{(\w+)\}/g, ":$1"),
        config: { dialect: EMR_CONTAINERS_DIALECT, operation: operation.name },
        onRequest: async (request, reply) => calls.begin(operation, request, reply),
        handler: async (request) => calls.serve(perform, request),
      });
    }
  };
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
