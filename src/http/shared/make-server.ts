import { createServer, type RequestListener, type Server, type ServerOptions } from "node:http";

export type CreateServer = (options: ServerOptions, listener: RequestListener) => Server;

/** How often Node looks for connections whose time is up; by default it is half a minute too. */
const CONNECTION_CHECKS = 10;
/** Longer than clients keep an idle connection, so that the client is the one to close it. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/**
 * Makes every listener of the server, so that all have the same limits.
 *
 * @param requestTimeoutMs for a whole request to arrive
 * @param create for TLS; plain HTTP by default
 */
export function serverMaker(requestTimeoutMs: number, create: CreateServer = createServer) {
  return (listener: RequestListener): Server =>
    create(
      {
        requestTimeout: requestTimeoutMs,
        // The time for headers runs from the connection's beginning, so it ends one that sends nothing as well.
        headersTimeout: requestTimeoutMs,
        connectionsCheckingInterval: requestTimeoutMs / CONNECTION_CHECKS,
        keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      },
      listener,
    );
}

export type MakeServer = ReturnType<typeof serverMaker>;
