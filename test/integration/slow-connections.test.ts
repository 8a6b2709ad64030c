import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { serverMaker } from "../../src/http/shared/make-server.ts";
import { SignedHttp } from "../support/signed-http.ts";

// Side by side: each waits most of the time.
describe("slow and half-open connections", { concurrency: true }, () => {
  const TIMEOUT_MS = 3_000;
  const BYTE_EVERY_MS = 100;
  const REQUEST = "POST /virtualclusters HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n";
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["that sends nothing", "", false],
    ["that stops in its headers", REQUEST, false],
    ["that sends its headers byte by byte", REQUEST, true],
    ["that sends its body byte by byte", `${REQUEST}Authorization: AWS4-HMAC-SHA256\r\n\r\n`, true],
  ];
  for (const [name, beginning, goesOn] of cases) {
    it(`one ${name} is cut, and others are served meanwhile`, async (context) => {
      const http = new SignedHttp({ makeServer: serverMaker(TIMEOUT_MS) });
      context.after(() => http.close());
      const url = await http.app.listen({ host: "127.0.0.1", port: 0 });
      // The first request of a process takes its time, which is not to be part of the connection's.
      assert.equal((await fetch(`${url}/healthz`)).status, 200);
      const socket = await connected(url);
      const sending = new AbortController();
      context.after(() => sending.abort());
      // What is written to a connection that was cut is an error, which is what is wanted here.
      socket.on("error", () => undefined).resume();
      socket.on("close", () => sending.abort());
      socket.write(beginning);
      const from = performance.now();
      const slowly = async () => {
        while (goesOn && !sending.signal.aborted) {
          socket.write("x");
          await delay(BYTE_EVERY_MS, undefined, { signal: sending.signal }).catch(() => undefined);
        }
      };
      const sender = slowly();
      let served = 0;
      while (!socket.closed) {
        assert.equal((await fetch(`${url}/healthz`)).status, 200);
        if (!socket.closed) served += 1;
        assert.ok(performance.now() - from < 20 * TIMEOUT_MS, "the connection is still open");
      }
      await sender;
      assert.ok(served > 0, "nobody was served while it was open");
    });
  }
});

async function connected(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  return socket;
}
