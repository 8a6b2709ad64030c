import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** An HTTP proxy that leads every connection of a CONNECT, wherever to it is meant, to one port of this machine. */
export class ConnectProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** The names and ports that were asked for, each once. */
  readonly asked = new Set<string>();

  private constructor(port: number) {
    this.#server = createServer((_request, response) => response.writeHead(405).end());
    this.#server.on("connect", (request, client: Socket, head: Buffer) => {
      this.asked.add(request.url ?? "");
      const there = connect(port, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        there.write(head);
        client.pipe(there).pipe(client);
      });
      for (const [one, other] of [
        [client, there],
        [there, client],
      ] as const) {
        this.#sockets.add(one);
        one.on("error", () => other.destroy());
        one.on("close", () => this.#sockets.delete(one));
      }
    });
  }

  /** Starts one on a free port. */
  static async start(port: number): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(port);
    const { promise, resolve } = Promise.withResolvers<void>();
    proxy.#server.listen(0, "127.0.0.1", resolve);
    await promise;
    return proxy;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo; // it listens on TCP
    return `http://127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    for (const socket of this.#sockets) socket.destroy();
    await promise;
  }
}
