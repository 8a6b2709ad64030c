import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { test } from "node:test";
import { closed, listenOn, portOf } from "./listen.ts";

const make = () => createServer((_request, response) => response.end());

test("one port is listened on at several addresses, or at none", async (t) => {
  const both = await listenOn(["127.0.0.1", "::1"], 0, make);
  t.after(() => Promise.all(both.servers.map(closed)));
  assert.deepEqual(both.servers.map(portOf), [both.port, both.port]);

  const made: Server[] = [];
  const remembered = () => {
    const server = make();
    made.push(server);
    return server;
  };
  // The first address is free, the second is not.
  await assert.rejects(listenOn(["127.0.0.2", "127.0.0.1"], both.port, remembered), { code: "EADDRINUSE" });
  assert.equal(made.length, 2);
  assert.ok(made.every((server) => !server.listening));
});

test("an address that this machine has not may be missing, but not the first", async (t) => {
  const missing = "2001:db8::1";
  const one = await listenOn(["127.0.0.1", missing], 0, make);
  t.after(() => Promise.all(one.servers.map(closed)));
  assert.equal(one.servers.length, 1);
  await assert.rejects(listenOn([missing, "127.0.0.1"], 0, make), { code: "EADDRNOTAVAIL" });
});
