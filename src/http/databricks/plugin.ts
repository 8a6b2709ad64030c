import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { REQUEST_ID_HEADER } from "../../contract/databricks/errors.ts";
import type {
  Access,
  AnyDatabricksOperation,
  DatabricksOperation,
} from "../../contract/databricks/operation.ts";
import { DomainError } from "../../core/errors.ts";
import type { AuditLog } from "../../core/ports/audit.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { DatabricksContext } from "../../use-cases/databricks/context.ts";
import { sourceAddress } from "../shared/source-address.ts";
import { takeAnyBody } from "./any-body.ts";
import { databricksAuditRecord } from "./audit-record.ts";
import { type DatabricksCall, databricksCallOf } from "./call.ts";
import { errorAnswer, sendError } from "./errors.ts";
import { inputReader } from "./input.ts";
import { KeptAnswers } from "./kept-answers.ts";
import { everyMethod } from "./odd-paths.ts";
import { SCIM_JSON, sendScimError } from "./scim-errors.ts";

export interface DialectOptions<Context extends DatabricksContext> {
  /** A label of metrics and logs. */
  readonly dialect: string;
  readonly operations: Readonly<Record<string, AnyDatabricksOperation>>;
  /** Paths of the dialect that no operation has, with a wildcard: they are answered to those who may call it. */
  readonly elsewhere: { readonly path: string; readonly access: Access };
  /** One for each operation that the table calls implemented. */
  readonly handlers: object;
  /**
   * Finds out who calls and what for, and whether they may; writes what it learns into the call as it goes. It sees
   * nothing of the request but its head, so that nobody learns what is wrong with a request who may not send it.
   */
  readonly identify: (request: FastifyRequest, call: DatabricksCall) => Promise<Context>;
  /** See `Store.generation`. */
  readonly generation: () => number | null;
  readonly audit: AuditLog;
  readonly clock: Clock;
}

type Handler<Context> = (context: Context, input: object) => Promise<unknown>;

/**
 * The routes of one Databricks dialect: identify, parse, validate, handle, translate back, audit; the order is fixed.
 */
export function databricksPlugin<Context extends DatabricksContext>(options: DialectOptions<Context>) {
  const contexts = new WeakMap<FastifyRequest, Context>();
  const kept = new KeptAnswers(options.generation, options.clock);

  return async (app: FastifyInstance): Promise<void> => {
    app.decorateRequest("databricksCall", null);
    takeAnyBody(app, "buffer");

    app.setErrorHandler((error, request, reply) => {
      const answer = errorAnswer(error);
      if (request.databricksCall !== null) request.databricksCall.error = answer;
      if (answer.status >= 500 && answer.status !== 501) request.log.error({ err: error }, "request failed");
      // Who may not call is refused before it matters which protocol an operation speaks.
      return contexts.has(request) && request.databricksCall?.operation.protocol === "scim"
        ? sendScimError(reply, answer)
        : sendError(reply, answer);
    });

    app.addHook("onSend", (request, reply, payload, done) => {
      if (request.databricksCall === null) return void done();
      kept.keep(request, reply, payload);
      const { workspace } = request.databricksCall;
      if (workspace !== null) reply.header("x-databricks-org-id", workspace);
      options.audit.record(
        databricksAuditRecord({
          call: request.databricksCall,
          requestId: request.id,
          atMs: options.clock.now(),
          sourceIp: sourceAddress(request),
          userAgent: request.headers["user-agent"] ?? null,
          status: reply.statusCode,
        }),
      );
      done();
    });

    const unknown = unknownOperation(options.elsewhere.path, options.elsewhere.access);
    app.route({
      method: everyMethod(app),
      url: options.elsewhere.path,
      config: { dialect: options.dialect, operation: unknown.name },
      onRequest: async (request, reply) => begin(unknown, request, reply),
      handler: async (request) => {
        throw noSuchApi(request);
      },
    });
    for (const operation of Object.values(options.operations)) {
      const perform = operation.implemented ? performer(operation) : refuser(operation);
      for (const path of [operation.path, ...(operation.aliases ?? [])]) {
        app.route({
          method: operation.method,
          url: path.replace(/\{(\w+)\}/g, ":$1"),
          config: { dialect: options.dialect, operation: operation.name },
          onRequest: (request, reply, done) => {
            if (operation.isKept === true && answerAgain(request, reply)) return;
            begin(operation, request, reply).then(() => done(), done);
          },
          handler: async (request, reply) => {
            const answer = await perform(request);
            if (operation.status === 204) return reply.status(204).send();
            if (operation.protocol === "scim") reply.type(SCIM_JSON);
            if (operation.mediaType !== undefined) reply.type(operation.mediaType);
            return reply.status(operation.status ?? 200).send(answer);
          },
        });
      }
    }
  };

  /** Answers as before where nothing has changed since; tells whether it has. */
  function answerAgain(request: FastifyRequest, reply: FastifyReply): boolean {
    const found = kept.find(request);
    if (found === null) return false;
    request.databricksCall = { ...found.call };
    reply.header(REQUEST_ID_HEADER, request.id).type(found.contentType).send(found.payload);
    return true;
  }

  async function begin(
    operation: AnyDatabricksOperation,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    reply.header(REQUEST_ID_HEADER, request.id);
    const call: DatabricksCall = {
      operation,
      account: null,
      workspace: null,
      caller: null,
      input: null,
      error: null,
    };
    request.databricksCall = call;
    contexts.set(request, await options.identify(request, call));
  }

  function performer(operation: DatabricksOperation): (request: FastifyRequest) => Promise<unknown> {
    const read = inputReader(operation);
    // The tables' own types pair each operation with the handler of its name; a loop over them cannot express the pair.
    const handle = options.handlers[operation.name as keyof object] as Handler<Context>;
    return (request) => {
      const context = contexts.get(request);
      if (context === undefined) throw new Error("The route's caller was not identified");
      const params = request.params as Readonly<Record<string, string>>; // the router gives text by the route's names
      const query = queryOf(request);
      const body = request.body instanceof Uint8Array ? request.body : null;
      const input = read({ params, query, body });
      databricksCallOf(request).input = input;
      return handle(context, input);
    };
  }
}

export function queryOf(request: FastifyRequest): URLSearchParams {
  const split = request.url.indexOf("?");
  return new URLSearchParams(split === -1 ? "" : request.url.slice(split + 1));
}

/** https://docs.databricks.com/api, "ENDPOINT_NOT_FOUND". */
export function noSuchApi(request: FastifyRequest): DomainError {
  const message = `No API found for '${request.method} ${request.originalUrl.split("?", 1)[0]}'`;
  return new DomainError("not-found", message, { code: "ENDPOINT_NOT_FOUND" });
}

/** The name of what stands for every address that no operation has. */
export const UNKNOWN_OPERATION = "unknown";

function unknownOperation(path: string, access: Access): AnyDatabricksOperation {
  return {
    implemented: false,
    name: UNKNOWN_OPERATION,
    object: "unknown",
    verb: "unknown",
    method: "GET",
    path,
    access,
    summary: "",
  };
}

function refuser(operation: AnyDatabricksOperation): () => Promise<never> {
  return async () => {
    throw new DomainError("not-implemented", `${operation.name} is not implemented by this server.`);
  };
}
