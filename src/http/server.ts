import type { IncomingMessage } from "node:http";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import type { Registry } from "prom-client";
import { EMR_OPERATIONS, EMR_TARGET_PREFIX, EmrErrorBody } from "../contract/emr/operations.ts";
import { ErrorBody } from "../contract/emr-containers/errors.ts";
import { EMR_CONTAINERS_OPERATIONS } from "../contract/emr-containers/operations.ts";
import type { AuditLog } from "../core/ports/audit.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { ApplicationUiUseCases } from "../use-cases/application-uis.ts";
import type { EmrContainersUseCases } from "../use-cases/emr-containers.ts";
import type { ServerState } from "../use-cases/server-state.ts";
import { type DatabricksOptions, databricksAccountPlugin } from "./databricks/account.ts";
import { DOCUMENTED_DATABRICKS } from "./databricks/documented.ts";
import { oauthPlugin } from "./databricks/oauth/plugin.ts";
import { routedUrl } from "./databricks/odd-paths.ts";
import { pagesPlugin } from "./databricks/pages/plugin.ts";
import { databricksWorkspacePlugin } from "./databricks/workspace.ts";
import { EMR_DIALECT, emrPlugin } from "./emr/plugin.ts";
import { EMR_CONTAINERS_DIALECT, emrContainersPlugin } from "./emr-containers/plugin.ts";
import { answerUnknownOperation, isMeantForEmrContainers } from "./emr-containers/unknown-operation.ts";
import { NATIVE_ROUTES, nativeRoutes } from "./native-routes.ts";
import { AWS_SECURITY_SCHEME, openApiDocument } from "./openapi.ts";
import type { FindAccessKey } from "./shared/authenticate-aws.ts";
import { hostName, labelsBelow } from "./shared/host-name.ts";
import { type MakeServer, serverMaker } from "./shared/make-server.ts";
import { httpMetrics } from "./shared/metrics.ts";
import { sourceAddress } from "./shared/source-address.ts";
import { answerUnreadable } from "./shared/unreadable-request.ts";
import { SPARK_UI_ROUTES, sparkUiPlugin } from "./spark-ui/plugin.ts";
import { STATE_ROUTES, stateRoutes } from "./state-routes.ts";

export interface HttpServerOptions {
  /** Where problems go; nowhere by default. */
  readonly logger?: FastifyBaseLogger;
  /** Where each request's line goes; none by default. */
  readonly requestLogger?: Pick<FastifyBaseLogger, "info">;
  readonly useCases: {
    readonly emrContainers: EmrContainersUseCases;
    readonly state: ServerState;
    /** Without them neither Amazon EMR's own API nor Spark's pages have routes. */
    readonly applicationUis?: ApplicationUiUseCases;
  };
  /** Without it the Databricks dialects have no routes. */
  readonly databricks?: Omit<DatabricksOptions, "audit" | "clock">;
  readonly findAccessKey: FindAccessKey;
  /** How long a browser may read a run's pages; half a day by default. */
  readonly uiSessionSeconds?: number;
  readonly audit: AuditLog;
  /** What `/metrics` prints; the HTTP metrics are added to it. */
  readonly metrics: Registry;
  readonly clock: Clock;
  /** Fresh UUIDs, for requests and audit records. */
  readonly newRequestId: () => string;
  /** Resolves once requests are accepted. */
  readonly ready: () => Promise<void>;
  /** This server's version, for the OpenAPI document. */
  readonly version: string;
  /** Makes the main listener, with the limits that all listeners have; one of plain HTTP by default. */
  readonly makeServer?: MakeServer;
  /** Addresses and ranges of proxies whose `X-Forwarded-*` headers are believed; none by default. */
  readonly trustedProxies?: readonly string[];
}

/** The largest request of the model is far below this; a request that states more is refused unread. */
const BODY_LIMIT_BYTES = 1024 * 1024;
/** So that a slow sender holds no connection for ever. */
export const REQUEST_TIMEOUT_MS = 30_000;
/** Longer paths than Node's header limit do not arrive; shorter ones get a message that names the parameter. */
const HALF_A_DAY_SECONDS = 43_200;
const MAX_PATH_PARAMETER_CHARACTERS = 16_384;

/** Builds the one listener that serves every dialect; it does not listen yet. */
export function buildHttpServer(options: HttpServerOptions): FastifyInstance {
  const { makeServer = serverMaker(REQUEST_TIMEOUT_MS), trustedProxies = [] } = options;
  const app = Fastify({
    ...(options.logger === undefined ? { logger: false } : { loggerInstance: options.logger }),
    logController: new LogController({ disableRequestLogging: true }),
    // A child for each request would be made for nothing but the rare failure, whose line names its request itself.
    childLoggerFactory: (logger) => logger,
    genReqId: options.newRequestId,
    requestIdHeader: false,
    bodyLimit: BODY_LIMIT_BYTES,
    serverFactory: (listener) => makeServer(listener),
    clientErrorHandler: answerUnreadable,
    ...(trustedProxies.length > 0 && { trustProxy: [...trustedProxies] }),
    exposeHeadRoutes: false,
    ...(options.databricks !== undefined && {
      rewriteUrl: ({ url = "/" }: IncomingMessage) => routedUrl(url),
    }),
    routerOptions: { maxParamLength: MAX_PATH_PARAMETER_CHARACTERS },
    frameworkErrors: (_error, request, reply) => answerUnknown(request, reply),
  });
  observeRequests(app, options);
  insistOnTls(app, options.databricks?.domain ?? null);
  endConnectionsOnClose(app);
  sendTogether(app);
  app.setNotFoundHandler(answerUnknown);
  app.setErrorHandler((error, request, reply) => {
    request.log.error({ err: error, requestId: request.id }, "request failed");
    return reply.status(500).header("x-request-id", request.id).send({ message: "Internal server error." });
  });
  app.register(nativeRoutes({ ready: options.ready, registry: options.metrics, openApi: describe(options) }));
  app.register(
    stateRoutes({
      state: options.useCases.state,
      findAccessKey: options.findAccessKey,
      clock: options.clock,
    }),
  );
  app.register(
    emrContainersPlugin({
      useCases: options.useCases.emrContainers,
      findAccessKey: options.findAccessKey,
      audit: options.audit,
      clock: options.clock,
      newEventId: options.newRequestId,
    }),
  );
  const { applicationUis } = options.useCases;
  if (applicationUis !== undefined) registerApplicationUis(app, applicationUis, options);
  if (options.databricks !== undefined) {
    const databricks = { ...options.databricks, audit: options.audit, clock: options.clock };
    app.register(databricksAccountPlugin(databricks));
    app.register(databricksWorkspacePlugin(databricks));
    app.register(oauthPlugin(databricks));
    app.register(pagesPlugin(databricks));
  }
  return app;
}

function registerApplicationUis(
  app: FastifyInstance,
  useCases: ApplicationUiUseCases,
  { findAccessKey, audit, clock, newRequestId, uiSessionSeconds = HALF_A_DAY_SECONDS }: HttpServerOptions,
): void {
  app.register(emrPlugin({ useCases, findAccessKey, audit, clock, newEventId: newRequestId }));
  app.register(sparkUiPlugin({ useCases, findAccessKey, sessionSeconds: uiSessionSeconds }));
}

function describe({ version, useCases, databricks }: HttpServerOptions): object {
  const emrContainers = {
    name: EMR_CONTAINERS_DIALECT,
    operations: Object.values(EMR_CONTAINERS_OPERATIONS),
    security: [
      {
        name: AWS_SECURITY_SCHEME,
        scheme: {
          type: "apiKey",
          in: "header",
          name: "Authorization",
          description: "AWS Signature Version 4",
        },
      },
    ],
    errorBody: ErrorBody,
  };
  const emr = {
    name: EMR_DIALECT,
    // One path for all: the fragment tells them apart, as others write such APIs down.
    operations: Object.values(EMR_OPERATIONS).map((operation) => ({
      ...operation,
      path: `/#X-Amz-Target=${EMR_TARGET_PREFIX}${operation.name}`,
    })),
    security: emrContainers.security,
    errorBody: EmrErrorBody,
  };
  const hasUis = useCases.applicationUis !== undefined;
  const native = [
    ...Object.values(NATIVE_ROUTES),
    ...Object.values(STATE_ROUTES),
    ...(hasUis ? SPARK_UI_ROUTES : []),
  ];
  return openApiDocument(
    version,
    [emrContainers, ...(hasUis ? [emr] : []), ...(databricks === undefined ? [] : DOCUMENTED_DATABRICKS)],
    native,
  );
}

/** A request without a route is answered as the dialect would that it was meant for. */
function answerUnknown(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (isMeantForEmrContainers(request)) return answerUnknownOperation(request, reply);
  return reply
    .status(404)
    .header("x-request-id", request.id)
    .send({ message: "There is nothing at this path." });
}

/** One metric and one log line a request; the line holds no header and no query, which may carry secrets. */
function observeRequests(
  app: FastifyInstance,
  { metrics: registry, requestLogger }: HttpServerOptions,
): void {
  const metrics = httpMetrics(registry);
  app.addHook("onResponse", (request, reply, done) => {
    const { dialect = "none", operation = request.emrCall?.operation.name ?? "unknown" } =
      request.routeOptions.config;
    metrics.observe({ dialect, operation }, reply.statusCode, reply.elapsedTime / 1000);
    requestLogger?.info(
      {
        requestId: request.id,
        dialect,
        operation,
        method: request.method,
        path: request.originalUrl.split("?", 1)[0],
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 100) / 100,
        remoteAddress: sourceAddress(request),
      },
      "request",
    );
    done();
  });
  app.addHook("onRequest", (request, reply, done) => {
    // Before the body is read: what is wrong with it is nothing to somebody who asks for what is not there.
    if (request.is404) return void answerUnknown(request, reply);
    if (request.routeOptions.config.dialect === "native") reply.header("x-request-id", request.id);
    done();
  });
}

/**
 * Browsers that have been at a name of the domain by HTTPS go on to, for this long (RFC 6797). Not at `localhost` or an
 * address, where other programs have other ports.
 */
const TLS_FOR_SECONDS = 30 * 24 * 60 * 60;

function insistOnTls(app: FastifyInstance, domain: string | null): void {
  if (domain === null) return;
  app.addHook("onRequest", (request, reply, done) => {
    if (request.protocol === "https" && labelsBelow(hostName(request.host), domain) !== null)
      reply.header("strict-transport-security", `max-age=${TLS_FOR_SECONDS}`);
    done();
  });
}

/** A client that keeps its connection must not keep a server that drains: from then on an answer ends it. */
function endConnectionsOnClose(app: FastifyInstance): void {
  let closing = false;
  app.addHook("preClose", async () => {
    closing = true;
  });
  app.addHook("onSend", (_request, reply, _payload, done) => {
    if (closing) reply.header("connection", "close");
    done();
  });
}

/**
 * The answers of one turn of the event loop leave together. What is sent to a client on this machine wakes it, which
 * takes longer than most requests; it is awake for those that follow.
 */
function sendTogether(app: FastifyInstance): void {
  let waiting: (() => void)[] = [];
  const send = (): void => {
    const all = waiting;
    waiting = [];
    for (const done of all) done();
  };
  app.addHook("onSend", (_request, _reply, _payload, done) => {
    if (waiting.push(done) === 1) setImmediate(send);
  });
}
