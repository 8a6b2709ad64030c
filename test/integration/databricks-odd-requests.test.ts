import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { type DatabricksHttp, databricksHttp } from "../support/databricks-http.ts";
import { makeWorkspace, type ToWorkspace } from "../support/databricks-workspaces.ts";

const run = promisify(execFile);
const PATH = "/api/2.0/preview/scim/v2/ServicePrincipals";
const BODY = '{"displayName":"test-msi-or-spn"}';

interface Listening extends DatabricksHttp {
  readonly port: number;
  readonly to: ToWorkspace;
}

async function listening(test: TestContext): Promise<Listening> {
  const http = await databricksHttp(test);
  const to = await makeWorkspace(http);
  await http.app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = http.app.server.address() as AddressInfo; // it listens on a port
  return { ...http, port, to };
}

/** Sends text as it is; answers all that comes back. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.setEncoding("utf8").on("data", (data) => {
    answer += data;
  });
  socket.write(text);
  await once(socket, "close");
  return answer;
}

test("a header without a name, which curl drops, is no harm there and a clear refusal elsewhere", async (t) => {
  const { port, to, administrator } = await listening(t);
  const headers = {
    ...to,
    authorization: `Bearer ${administrator.token}`,
    "content-length": String(BODY.length),
    connection: "close",
  };
  const options = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  // Seed 003 L48.
  const named = ["-H", "Content-Type: application/json", "-H", "application/scim+json"];
  const url = `http://127.0.0.1:${port}${PATH}`;
  const { stdout } = await run("curl", ["-s", "-X", "POST", ...named, ...options, "-d", BODY, url]);
  assert.equal(JSON.parse(stdout).displayName, "test-msi-or-spn");

  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  for (const odd of [": application/scim+json", "application/scim+json", " : x", "a b: c"]) {
    const lines = `POST ${PATH} HTTP/1.1\r\nHost: x\r\n${head.join("")}${odd}\r\n\r\n${BODY}`;
    const answer = await raw(port, lines);
    assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/, odd);
    assert.match(answer, /\{"error_code":"MALFORMED_REQUEST","message":"[^"]+"\}$/, odd);
  }
  const good = await raw(port, `POST ${PATH} HTTP/1.1\r\nHost: x\r\n${head.join("")}\r\n${BODY}`);
  assert.match(good, /^HTTP\/1\.1 201 /);
});
