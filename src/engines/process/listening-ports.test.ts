import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { type ListenerSource, listeningPorts, sharesNetwork } from "./listening-ports.ts";

const line = (address: string, port: number, state: string, inode: number) =>
  `   0: ${address}:${port.toString(16).toUpperCase()} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000 100 0 0 10 0`;

const source: ListenerSource = {
  sockets: async () =>
    [
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
      line("0100007F", 4040, "0A", 1),
      line("0100007F", 4041, "0A", 2),
      line("0100007F", 4042, "01", 3),
      line("0000000000000000FFFF00000100007F", 4043, "0A", 4),
      line("0A00020F", 4044, "0A", 5),
      line("0100007F", 5000, "0A", 6),
      "",
    ].join("\n"),
  async *descriptors() {
    yield "/dev/null";
    for (const inode of [2, 3, 4, 5, 6]) yield `socket:[${inode}]`;
  },
};

test("only listeners on loopback, in the range and of the process itself count", async () => {
  // 4040 is somebody else's, 4042 a connection, 4044 on another address, 5000 too far.
  assert.deepEqual(await listeningPorts(1, 4040, 4056, source), [4041, 4043]);
  assert.deepEqual(await listeningPorts(1, 4044, 4056, source), []);
});

test("the kernel tells of this process's own listener", { skip: process.platform !== "linux" }, async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  assert.deepEqual(await listeningPorts(process.pid, port, port), [port]);
  assert.equal(await sharesNetwork(process.pid), true);
  assert.deepEqual(await listeningPorts(2 ** 22 + 1, port, port), []);
});
