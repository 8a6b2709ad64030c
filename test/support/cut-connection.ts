import { mkdir } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";

export interface CutConnection {
  /** The database, by way of the wire that can be cut. */
  readonly connectionString: string;
  /** Breaks every connection and lets no other come. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

const SOCKET = ".s.PGSQL.5432";

/** Puts a wire between clients and a PostgreSQL on a socket; `directory` is made for its own socket. */
export async function cutConnection(connectionString: string, directory: string): Promise<CutConnection> {
  const url = new URL(connectionString);
  const target = join(url.searchParams.get("host") ?? "", SOCKET);
  await mkdir(directory);
  const sockets = new Set<Socket>();
  let server: Server | null = null;

  async function mend(): Promise<void> {
    server = createServer((client) => {
      const upstream = connect(target);
      for (const [socket, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(socket);
        // A broken end breaks the other; what is said of it then is no news.
        socket.on("error", () => other.destroy());
        socket.on("close", () => {
          sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
    const listening = server;
    await new Promise<void>((resolve) => listening.listen(join(directory, SOCKET), resolve));
  }

  async function cut(): Promise<void> {
    const closing = server;
    server = null;
    if (closing === null) return;
    const closed = new Promise<void>((resolve) => closing.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  await mend();
  url.searchParams.set("host", directory);
  return { connectionString: url.href, cut, mend, close: cut };
}
