import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Registry } from "prom-client";
import { isFromLoopback } from "./shared/loopback.ts";

/** A route of the server itself, as data for the OpenAPI document. */
export interface NativeRoute {
  readonly operation: string;
  /** GET where it names none. */
  readonly method?: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly summary: string;
  /** Whether it answers only requests from this machine. */
  readonly loopbackOnly: boolean;
  /** Whether requests are signed with Signature Version 4. */
  readonly signed?: boolean;
  readonly contentType: string;
}

export const NATIVE_ROUTES = {
  health: {
    operation: "getHealth",
    path: "/healthz",
    summary: "Tells that the process answers",
    loopbackOnly: false,
    contentType: "application/json",
  },
  readiness: {
    operation: "getReadiness",
    path: "/readyz",
    summary: "Tells whether requests are accepted",
    loopbackOnly: false,
    contentType: "application/json",
  },
  metrics: {
    operation: "getMetrics",
    path: "/metrics",
    summary: "Metrics in Prometheus's text format",
    loopbackOnly: true,
    contentType: "text/plain",
  },
  openApi: {
    operation: "getOpenApi",
    path: "/openapi.json",
    summary: "This document",
    loopbackOnly: true,
    contentType: "application/json",
  },
} as const satisfies Record<string, NativeRoute>;

export interface NativeRoutesOptions {
  /** Resolves once requests are accepted; its rejection is logged and answered with 503. */
  readonly ready: () => Promise<void>;
  readonly registry: Registry;
  readonly openApi: object;
}

/** Health, readiness, metrics and the API's description. */
export function nativeRoutes({ ready, registry, openApi }: NativeRoutesOptions) {
  const document = JSON.stringify(openApi);
  const bodies: Record<keyof typeof NATIVE_ROUTES, (request: FastifyRequest) => Promise<[number, string]>> = {
    health: async () => [200, '{"status":"ok"}'],
    async readiness(request) {
      try {
        await ready();
        return [200, '{"status":"ready"}'];
      } catch (error) {
        request.log.warn({ err: error, requestId: request.id }, "not ready");
        return [503, '{"status":"not ready"}'];
      }
    },
    metrics: async () => [200, await registry.metrics()],
    openApi: async () => [200, document],
  };
  return async (app: FastifyInstance): Promise<void> => {
    for (const [name, route] of Object.entries(NATIVE_ROUTES)) {
      const body = bodies[name as keyof typeof NATIVE_ROUTES]; // the names are those of the table
      app.get(
        route.path,
        { config: { dialect: "native", operation: route.operation } },
        async (request, reply) => {
          if (route.loopbackOnly && !isFromLoopback(request.raw)) {
            return reply
              .status(403)
              .send({ message: `${route.path} answers requests from this machine only.` });
          }
          const [status, text] = await body(request);
          return reply.status(status).type(`${route.contentType}; charset=utf-8`).send(text);
        },
      );
    }
  };
}
