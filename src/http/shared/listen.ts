import type { Server } from "node:http";

const LAST_ANSWERS_MS = 5_000;
/** Each takes a port that is free at the first address: that it is taken at the second every time is no chance. */
const TRIES = 10;

export interface Listening {
  /** One for each address that this machine has. */
  readonly servers: readonly Server[];
  readonly port: number;
}

/**
 * Listens on one port at several addresses of this machine. Port 0 takes one that is free at all of them. A machine
 * without IPv6 has no `::1`: all but the first address may be missing. Throws what the system says where the port
 * cannot be had; nothing listens then.
 */
export async function listenOn(
  hosts: readonly string[],
  port: number,
  make: () => Server,
): Promise<Listening> {
  for (let tried = 1; ; tried++) {
    const servers: Server[] = [];
    try {
      let taken = port;
      for (const host of hosts) {
        const server = make();
        try {
          await listening(server, host, taken);
        } catch (error) {
          if (servers.length > 0 && isMissingAddress(error)) continue;
          throw error;
        }
        servers.push(server);
        taken = portOf(server);
      }
      return { servers, port: taken };
    } catch (error) {
      await Promise.all(servers.map(closed));
      if (port !== 0 || tried === TRIES || codeOf(error) !== "EADDRINUSE") throw error;
    }
  }
}

/** Takes no more connections, and ends those that are there once they have had the time for an answer. */
export function closed(server: Server): Promise<void> {
  const impatience = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
  return new Promise((resolve) => {
    server.close(() => {
      clearTimeout(impatience);
      resolve();
    });
    server.closeIdleConnections();
  });
}

export function portOf(server: Server): number {
  const address = server.address();
  if (typeof address === "object" && address !== null) return address.port;
  throw new Error("the server does not listen on a port");
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function isMissingAddress(error: unknown): boolean {
  return ["EADDRNOTAVAIL", "EAFNOSUPPORT"].includes(String(codeOf(error)));
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : null;
}
