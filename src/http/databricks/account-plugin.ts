import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { REQUEST_ID_HEADER } from "../../contract/databricks/errors.ts";
import type { AnyDatabricksOperation, DatabricksOperation } from "../../contract/databricks/operation.ts";
import { DATABRICKS_ACCOUNT_OPERATIONS } from "../../contract/databricks-account/operations.ts";
import { DomainError } from "../../core/errors.ts";
import { accountId } from "../../core/ids.ts";
import type { AuditLog } from "../../core/ports/audit.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { DatabricksAccountUseCases } from "../../use-cases/databricks/account-use-cases.ts";
import type { DatabricksContext } from "../../use-cases/databricks/context.ts";
import { databricksAuditRecord } from "./audit-record.ts";
import { authorise } from "./authorise.ts";
import { readAuthorization } from "./authorization.ts";
import { callerOf, databricksCallOf } from "./call.ts";
import { credentialsHandlers } from "./credentials.ts";
import { errorAnswer, sendError } from "./errors.ts";
import type { AccountHandlers } from "./handlers.ts";
import { inputReader } from "./input.ts";
import { storageConfigurationHandlers } from "./storage-configurations.ts";

export const DATABRICKS_ACCOUNT_DIALECT = "databricks-account";

export interface DatabricksAccountOptions {
  readonly useCases: DatabricksAccountUseCases;
  readonly audit: AuditLog;
  readonly clock: Clock;
}

type Perform = (request: FastifyRequest, context: DatabricksContext) => Promise<unknown>;

/**
 * The Databricks account API: authenticate, authorise, parse, validate, handle, translate back, audit. The order is
 * fixed: a request without a valid credential learns nothing of what is wrong with it besides.
 */
export function databricksAccountPlugin(options: DatabricksAccountOptions) {
  const handlers: AccountHandlers = {
    ...credentialsHandlers(options.useCases),
    ...storageConfigurationHandlers(options.useCases),
  };

  return async (app: FastifyInstance): Promise<void> => {
    app.decorateRequest("databricksCall", null);
    app.removeAllContentTypeParsers();
    // What a body is, its first character says: see `input.ts`.
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

    app.setErrorHandler((error, request, reply) => {
      const answer = errorAnswer(error);
      if (request.databricksCall !== null) request.databricksCall.error = answer;
      if (answer.status >= 500 && answer.status !== 501) request.log.error({ err: error }, "request failed");
      return sendError(reply, answer);
    });

    app.addHook("onSend", async (request, reply) => {
      if (request.databricksCall === null) return;
      options.audit.record(
        databricksAuditRecord({
          call: request.databricksCall,
          account: accountOf(request),
          requestId: request.id,
          atMs: options.clock.now(),
          sourceIp: request.ip,
          userAgent: request.headers["user-agent"] ?? null,
          status: reply.statusCode,
        }),
      );
    });

    for (const operation of Object.values<AnyDatabricksOperation>(DATABRICKS_ACCOUNT_OPERATIONS)) {
      const perform = operation.implemented ? performer(operation, handlers) : refuser(operation);
      for (const path of [operation.path, ...(operation.aliases ?? [])]) {
        app.route({
          method: operation.method,
          url: path.replace(/\{(\w+)\}/g, ":$1"),
          config: { dialect: DATABRICKS_ACCOUNT_DIALECT, operation: operation.name },
          onRequest: async (request, reply) => begin(operation, request, reply),
          handler: async (request, reply) => {
            const answer = await perform(request, { caller: callerOf(request), requestId: request.id });
            return reply.status(operation.status ?? 200).send(answer);
          },
        });
      }
    }
  };

  async function begin(
    operation: AnyDatabricksOperation,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    reply.header(REQUEST_ID_HEADER, request.id);
    const call = { operation, caller: null, input: null, error: null };
    request.databricksCall = call;
    const account = accountOf(request);
    const presented = readAuthorization(request.headers.authorization);
    const caller = await options.useCases.authenticate(presented, accountId(account));
    request.databricksCall.caller = caller;
    authorise(operation.access, caller, account);
  }
}

function performer(operation: DatabricksOperation, handlers: AccountHandlers): Perform {
  const read = inputReader(operation);
  // The table's own type pairs each operation with the handler of its name; a loop over it cannot express the pair.
  const handle = handlers[operation.name as keyof AccountHandlers] as (
    context: DatabricksContext,
    input: object,
  ) => Promise<unknown>;
  return (request, context) => {
    const params = request.params as Readonly<Record<string, string>>; // the router gives text by the route's names
    const query = new URLSearchParams(request.url.split("?", 2)[1] ?? "");
    const body = request.body instanceof Uint8Array ? request.body : null;
    const input = read({ params, query, body });
    databricksCallOf(request).input = input;
    return handle(context, input);
  };
}

function refuser(operation: AnyDatabricksOperation): Perform {
  return async () => {
    throw new DomainError("not-implemented", `${operation.name} is not implemented by this server.`);
  };
}

function accountOf(request: FastifyRequest): string {
  const { account_id: id } = request.params as { account_id?: string }; // as above
  return id ?? "";
}
