import assert from "node:assert/strict";
import { createServer } from "node:http";
import { describe, it, type TestContext } from "node:test";
import { accountObjectId } from "../core/ids.ts";
import { serverMaker } from "./shared/make-server.ts";
import { arrivedAt, WorkspaceListeners } from "./workspace-listeners.ts";

const SALES = accountObjectId("111111111111111");

function listeners(t: TestContext, taken: number[] = []): WorkspaceListeners {
  const made = new WorkspaceListeners({
    hosts: ["127.0.0.1"],
    serve: (request, response) => response.end(arrivedAt(request)),
    makeServer: serverMaker(30_000),
    onTaken: (_workspace, port) => taken.push(port),
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

  it("that another program has are told of, and not opened once all have ended", async (t) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    t.after(() => other.close());
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const taken: number[] = [];
    const ports = listeners(t, taken);
    await ports.open(SALES, port);
    assert.deepEqual(taken, [port]);
    await ports.end();
    await ports.open(SALES, port);
    assert.deepEqual(taken, [port]);
  });
});
