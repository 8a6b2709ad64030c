import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { describe, it, type TestContext } from "node:test";
import { accountObjectId } from "../core/ids.ts";
import { portOf } from "./shared/listen.ts";
import { serverMaker } from "./shared/make-server.ts";
import { arrivedAt, WorkspaceListeners, type WorkspaceListenersOptions } from "./workspace-listeners.ts";

const SALES = accountObjectId("111111111111111");

function listeners(
  t: TestContext,
  taken: number[] = [],
  different: Partial<WorkspaceListenersOptions> = {},
): WorkspaceListeners {
  const made = new WorkspaceListeners({
    hosts: ["127.0.0.1"],
    serve: (request, response) => response.end(arrivedAt(request)),
    makeServer: serverMaker(30_000),
    onTaken: (_workspace, port) => taken.push(port),
    ...different,
  });
  t.after(() => made.end());
  return made;
}

async function reserved(ports: WorkspaceListeners): Promise<number> {
  const port = await ports.reserve();
  assert.ok(port !== null);
  return port;
}

const ask = async (port: number) => (await fetch(`http://127.0.0.1:${port}/`)).text();

describe("the ports of workspaces", () => {
  it("answer for their workspace once they are opened", async (t) => {
    const ports = listeners(t);
    const port = await reserved(ports);
    assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 503);
    await ports.open(SALES, port);
    assert.equal(await ask(port), SALES);
    await ports.close(SALES);
    await assert.rejects(ask(port));
  });

  it("can be opened again after all were closed, and others beside them", async (t) => {
    const ports = listeners(t);
    const port = await reserved(ports);
    await ports.open(SALES, port);
    await ports.closeAll();
    await assert.rejects(ask(port));
    await ports.open(SALES, port);
    assert.equal(await ask(port), SALES);
    const other = await reserved(ports);
    await ports.open(accountObjectId("222222222222222"), other);
    assert.equal(await ask(other), "222222222222222");
  });

  it("that another program has are told of once, and taken once it has ended", async (t) => {
    const other = await occupied(t);
    const port = portOf(other);
    const taken: number[] = [];
    const freed = Promise.withResolvers<number>();
    const ports = listeners(t, taken, { retryMs: 5, onFreed: (_workspace, number) => freed.resolve(number) });
    await ports.open(SALES, port);
    await ports.open(SALES, port);
    assert.deepEqual(taken, [port]);
    other.close();
    assert.equal(await freed.promise, port);
    assert.equal(await ask(port), SALES);
    assert.deepEqual(taken, [port]);
  });

  it("that another program has are not taken for a workspace that is gone, or once all have ended", async (t) => {
    const other = await occupied(t);
    const port = portOf(other);
    const taken: number[] = [];
    const ports = listeners(t, taken, { retryMs: 5 });
    await ports.open(SALES, port);
    await ports.close(SALES);
    await ports.open(SALES, port);
    assert.deepEqual(taken, [port, port]);
    await ports.end();
    await ports.open(SALES, port);
    assert.deepEqual(taken, [port, port]);
    await assert.rejects(ports.reserve(), /opens no ports/);
  });

  it("are the same at each of several addresses", async (t) => {
    const ports = listeners(t, [], { hosts: ["127.0.0.1", "::1"] });
    const port = await reserved(ports);
    await ports.open(SALES, port);
    for (const host of ["127.0.0.1", "[::1]"])
      assert.equal(await (await fetch(`http://${host}:${port}/`)).text(), SALES);
  });

  it("are none where there is no address for them", async (t) => {
    const ports = listeners(t, [], { hosts: [] });
    assert.equal(await ports.reserve(), null);
    await ports.open(SALES, 1);
  });
});

async function occupied(t: TestContext): Promise<Server> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  t.after(() => other.close());
  return other;
}
