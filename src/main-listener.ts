import type { Server } from "node:http";
import { isIP } from "node:net";
import type { FastifyInstance } from "fastify";
import { listenAddresses } from "./config/addresses.ts";
import { closed, listenOn, portOf } from "./http/shared/listen.ts";
import type { MakeServer } from "./http/shared/make-server.ts";
import { answerUnreadable } from "./http/shared/unreadable-request.ts";

export interface MainListener {
  /**
   * Listens on every address that the host stands for; answers the port. Throws with what would work where it cannot
   * be had.
   */
  listen(host: string, port: number): Promise<number>;
  /** Drains. */
  close(): Promise<void>;
}

/** The listener that serves everything, at one address or, for `localhost`, at two. */
export function mainListener(http: FastifyInstance, makeServer: MakeServer): MainListener {
  const further: Server[] = [];
  const make = () => {
    const server = makeServer((request, response) => {
      // A client that keeps its connection must not keep a server that drains.
      if (!server.listening) response.setHeader("connection", "close");
      http.routing(request, response);
    });
    server.on("clientError", answerUnreadable);
    return server;
  };
  return {
    async listen(host, port) {
      const [first = host, ...others] = listenAddresses(host);
      try {
        // Fastify does not know whether the server that it was given speaks TLS.
        const listenTextResolver = (address: string) => `Listening on ${address.replace(/^https?:\/\//, "")}`;
        await http.listen({ host: first, port, listenTextResolver });
        const taken = portOf(http.server);
        for (const address of others) {
          const { servers } = await listenOn([address], taken, make).catch(ignoreMissingAddress);
          further.push(...servers);
        }
        return taken;
      } catch (cause) {
        throw new Error(
          `Cannot listen on ${isIP(first) === 6 ? `[${first}]` : first}:${port}: ${reasonOf(cause)}.`,
          {
            cause,
          },
        );
      }
    },
    async close() {
      await Promise.all([http.close(), ...further.map(closed)]);
    },
  };
}

/** A machine without IPv6 has no `::1`. */
function ignoreMissingAddress(error: unknown): { servers: readonly Server[] } {
  if (["EADDRNOTAVAIL", "EAFNOSUPPORT"].includes(codeOf(error))) return { servers: [] };
  throw error;
}

function reasonOf(cause: unknown): string {
  switch (codeOf(cause)) {
    case "EADDRINUSE":
      return "another program listens on it. Stop that, or take another port with --port (0 takes a free one)";
    case "EACCES":
      return "this user may not listen on it. Take a port from 1024 on with --port";
    case "EADDRNOTAVAIL":
      return "no interface of this machine has this address. Name another with --host";
    default:
      return String(cause);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
