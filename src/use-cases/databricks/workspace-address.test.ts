import assert from "node:assert/strict";
import { test } from "node:test";
import { accountObjectId } from "../../core/ids.ts";
import type { WorkspacePorts } from "../../core/ports/workspace-ports.ts";
import { reservePort } from "./workspace-address.ts";

test("a port that another workspace claims is that one's, and the next is taken", async () => {
  const free = [4001, 4002, 4003];
  const opened: [string, number][] = [];
  const ports: WorkspacePorts = {
    reserve: async () => free.shift() ?? null,
    giveBack: async () => undefined,
    open: async (workspace, port) => void opened.push([workspace, port]),
    close: async () => undefined,
  };
  const claimed = new Map([
    ["4001", "1"],
    ["4002", "2"],
  ]);
  const holding = async ({ value }: { readonly value: string }) => {
    const holder = claimed.get(value);
    return holder === undefined ? null : { id: accountObjectId(holder) };
  };
  assert.equal(await reservePort({ ports, store: { accountObjects: { holding } } }), 4003);
  assert.deepEqual(opened, [
    ["1", 4001],
    ["2", 4002],
  ]);
  assert.equal(await reservePort({ ports, store: { accountObjects: { holding } } }), null);
});
