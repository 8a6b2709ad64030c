import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import type { TestContext } from "node:test";

/**
 * An HTTP proxy that stands for DNS: whatever name and port a client asks to be connected to is this port of this
 * machine. Answers the proxy's URL, and what was asked for so far.
 */
export async function connectProxy(
  context: TestContext,
  port: number,
): Promise<{ url: string; asked: ReadonlySet<string> }> {
  const asked = new Set<string>();
  const server = createServer((_request, response) => response.writeHead(501).end());
  server.on("connect", (request, client, head) => {
    asked.add(request.url ?? "");
    const upstream = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    // One side's end is the other's.
    upstream.on("error", () => client.destroy());
    client.on("error", () => upstream.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the proxy listens on a port");
  return { url: `http://127.0.0.1:${address.port}`, asked };
}
