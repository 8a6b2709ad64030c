import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { type DatabricksClient, databricksClient } from "../support/databricks-client.ts";
import { firesteel } from "../support/firesteel.ts";
import { type LocalServer, localServers } from "../support/local-server.ts";
import { waitFor } from "../support/wait-for.ts";

const TIMEOUT_MS = 300_000;
const FREED_MS = 60_000;
const ME = "/api/2.0/preview/scim/v2/Me";
const DISCOVERY = "/.well-known/databricks-config";

type Running = LocalServer & { readonly client: DatabricksClient };

async function place(t: TestContext) {
  const servers = await localServers(t);
  const dataDir = join(servers.directory, "data");
  return {
    dataDir,
    async start(settings: Readonly<Record<string, string>> = {}): Promise<Running> {
      const server = await servers.start({ dataDir, settings });
      return { ...server, client: await databricksClient(server) };
    },
  };
}

/** The workspace that answers at a URL. */
async function answering({ client }: Running, url: unknown, headers = {}): Promise<unknown> {
  const { status, headers: answered } = await client.send(`${url}${ME}`, { headers });
  return status === 200 ? Number(answered["x-databricks-org-id"]) : status;
}

async function doctor(dataDir: string, set: readonly string[] = []): Promise<Map<string, string>> {
  const args = ["doctor", "-o", "json", "--data-dir", dataDir, ...set.flatMap((each) => ["--set", each])];
  const { stdout, stderr } = await firesteel(args);
  assert.equal(stderr, "");
  const checks = JSON.parse(stdout) as { name: string; status: string; finding: string }[];
  return new Map(checks.map(({ name, status, finding }) => [name, `${status}: ${finding}`]));
}

const portOf = (url: unknown) => Number(new URL(String(url)).port);

async function occupied(t: TestContext, port: number): Promise<Server> {
  const other = createServer().listen(port, "127.0.0.1");
  await once(other, "listening");
  t.after(() => other.close());
  return other;
}

describe("addresses", { timeout: TIMEOUT_MS, concurrency: 2 }, () => {
  it("a workspace keeps its URL whatever the settings become, until it is updated", async (t) => {
    const { dataDir, start } = await place(t);
    const plain = await start();
    const { workspace_id: id, workspace_url: first, warnings } = await plain.client.createWorkspace("sales");
    assert.match(String(first), /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.doesNotMatch(String(warnings), /Address/);
    await plain.close();

    // The same port speaks HTTPS now: nothing answers at the stored URL, and nothing changes it in silence.
    const secure = await start({ "tls.enabled": "true" });
    const kept = await secure.client.getWorkspace(id);
    assert.equal(kept.workspace_url, first);
    const now = String(first).replace("http:", "https:");
    assert.match(String(kept.warnings), new RegExp(`^Address: .* answers at ${RegExp.escape(now)} now\\.`));
    assert.match(secure.log(), /workspaces have URLs that these settings do not lead to/);
    assert.equal(await answering(secure, now), id);
    assert.equal(
      (await doctor(dataDir)).get("Addresses"),
      `warn: the settings have changed since these got their URLs: sales at ${first} now ${now}`,
    );
    const moved = await secure.client.updateWorkspace(id);
    assert.equal(moved.workspace_url, now);
    assert.doesNotMatch(String(moved.warnings), /Address/);
    await secure.close();

    // Below a domain it has no port of its own.
    const named = await start({ "tls.enabled": "true", "server.domain": "a.test" });
    assert.equal((await named.client.getWorkspace(id)).workspace_url, now);
    await assert.rejects(answering(named, now), /ECONNREFUSED/);
    assert.equal(await answering(named, named.url, { "x-databricks-workspace-id": String(id) }), id);
    const below = (await named.client.updateWorkspace(id)).workspace_url;
    assert.equal(below, `https://sales.a.test:${portOf(named.url)}`);
    assert.equal(await answering(named, below), id);
    const checks = await doctor(dataDir, ["server.domain=a.test"]);
    assert.equal(checks.get("Workspaces"), `warn: this machine does not reach sales at ${below}`);
    assert.match(checks.get("Domain") ?? "", /^warn: https:\/\/accounts\.a\.test:\d+ does not lead/);
    assert.match(checks.get("TLS") ?? "", /^ok: clients that trust .*authority\.pem know this server/);
    await named.close();

    // And back: another port, since the first may be somebody else's by now.
    const back = await start();
    assert.equal((await back.client.getWorkspace(id)).workspace_url, below);
    const last = (await back.client.updateWorkspace(id)).workspace_url;
    assert.match(String(last), /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(await answering(back, last), id);
    assert.match((await doctor(dataDir)).get("Workspaces") ?? "", /^ok: 1 at a URL of its own/);
  });

  it("a port that is taken at the start is told of and taken once it is free; the URL stays", async (t) => {
    const { dataDir, start } = await place(t);
    const before = await start();
    const { workspace_id: id, workspace_url: url } = await before.client.createWorkspace("sales");
    await before.close();

    const other = await occupied(t, portOf(url));
    const server = await start();
    assert.equal((await server.client.getWorkspace(id)).workspace_url, url);
    assert.equal(await answering(server, server.url, { "x-databricks-workspace-id": String(id) }), id);
    assert.match(server.log(), /a workspace's own port is taken; it is tried again/);
    assert.equal(
      (await doctor(dataDir)).get("Workspaces"),
      `warn: another program has the port of sales at ${url}`,
    );
    other.close();
    await waitFor("the workspace to answer on its port", FREED_MS, async () =>
      answering(server, url).then(
        (found) => found === id,
        () => false,
      ),
    );
    assert.match(server.log(), /a workspace answers on its own port again/);
    assert.equal((await server.client.getWorkspace(id)).workspace_url, url);
  });

  it("IPv6, and both families, have workspaces' ports too", async (t) => {
    const { start } = await place(t);
    const six = await start({ "server.host": "::1" });
    assert.match(six.url, /^http:\/\/\[::1\]:\d+$/);
    const { workspace_id: id, workspace_url: url } = await six.client.createWorkspace("six");
    assert.match(String(url), /^http:\/\/\[::1\]:\d+$/);
    assert.equal(await answering(six, url), id);
    await assert.rejects(answering(six, `http://127.0.0.1:${portOf(url)}`), /ECONNREFUSED/);
    await six.close();

    const both = await start({ "server.host": "localhost", "tls.enabled": "true" });
    assert.match(both.url, /^https:\/\/localhost:\d+$/);
    const made = await both.client.createWorkspace("both");
    assert.match(String(made.workspace_url), /^https:\/\/localhost:\d+$/);
    for (const host of ["127.0.0.1", "[::1]", "localhost"]) {
      const at = `https://${host}:${portOf(made.workspace_url)}`;
      assert.equal(await answering(both, at), made.workspace_id, at);
      const main = `https://${host}:${portOf(both.url)}`;
      const { json } = await both.client.send(`${main}${DISCOVERY}`, { token: null });
      assert.equal(json.oidc_endpoint, `${main}/oidc/accounts/{account_id}`);
    }
  });

  it("callers by IPv4 and IPv6 on one listener are who access lists mean", async (t) => {
    const { dataDir, start } = await place(t);
    const server = await start({ "server.host": "::" });
    assert.match(server.url, /^http:\/\/\[::1\]:\d+$/);
    const { workspace_id: id, workspace_url: url } = await server.client.createWorkspace("sales");
    assert.equal(url, server.url);
    const headers = { "x-databricks-workspace-id": String(id) };
    const port = portOf(server.url);
    const from4 = `http://127.0.0.1:${port}`;
    const set = async (path: string, body: object, method = "POST") => {
      const answer = await server.client.send(`${from4}/api/2.0/${path}`, { method, body, headers });
      assert.ok(answer.status < 300, JSON.stringify(answer.json));
    };
    const only4 = { label: "v4", list_type: "ALLOW", ip_addresses: ["127.0.0.0/8"] };
    await set("workspace-conf", { enableIpAccessLists: "true" }, "PATCH");
    await set("ip-access-lists", only4);
    assert.equal(await answering(server, from4, headers), id);
    assert.equal(await answering(server, server.url, headers), 403);
    await set("ip-access-lists", { ...only4, label: "v6", ip_addresses: ["::1"] });
    assert.equal(await answering(server, server.url, headers), id);
    await server.close();
    const files = await readdir(join(dataDir, "audit"));
    const audited = await Promise.all(files.map((file) => readFile(join(dataDir, "audit", file), "utf8")));
    assert.deepEqual([...new Set(audited.join("").match(/"sourceIPAddress":"[^"]*"/g))].sort(), [
      '"sourceIPAddress":"127.0.0.1"',
      '"sourceIPAddress":"::1"',
    ]);
  });

  it("a proxy is believed where it is trusted, and nobody else", async (t) => {
    const { start } = await place(t);
    const settings = {
      "server.domain": "a.test",
      "server.publicUrl": "https://accounts.a.test",
      "server.trustedProxies": "127.0.0.1",
    };
    const behind = await start(settings);
    const { workspace_id: id, workspace_url: url } = await behind.client.createWorkspace("sales");
    assert.equal(url, "https://sales.a.test");
    const forwarded = {
      "x-forwarded-for": "203.0.113.7",
      "x-forwarded-host": "sales.a.test",
      "x-forwarded-proto": "https",
    };
    assert.equal(await answering(behind, behind.url, forwarded), id);
    const found = await behind.client.send(`${behind.url}${DISCOVERY}`, { token: null, headers: forwarded });
    assert.equal(found.json.oidc_endpoint, "https://sales.a.test/oidc");
    assert.equal(found.json.workspace_id, String(id));
    assert.match(String(found.headers["strict-transport-security"]), /^max-age=\d+$/);
    assert.match(behind.log(), /"remoteAddress":"203\.0\.113\.7"/);
    await behind.close();

    const alone = await start({ "server.domain": "a.test" });
    const headers = { ...forwarded, host: "sales.a.test" };
    const spoofed = await alone.client.send(`${alone.url}${DISCOVERY}`, { token: null, headers });
    assert.equal(spoofed.json.oidc_endpoint, "http://sales.a.test/oidc");
    assert.equal(spoofed.headers["strict-transport-security"], undefined);
    assert.doesNotMatch(alone.log(), /"remoteAddress":"203\.0\.113\.7"/);
  });

  it("a request without a Host is one to the main listener", async (t) => {
    const { start } = await place(t);
    const server = await start({ "server.domain": "a.test" });
    const socket = connect(portOf(server.url), "127.0.0.1").setEncoding("utf8");
    let answer = "";
    socket.on("data", (piece) => {
      answer += piece;
    });
    socket.write(`GET ${DISCOVERY} HTTP/1.0\r\n\r\n`);
    await once(socket, "close");
    assert.match(answer, /^HTTP\/1\.[01] 200/);
    const { host_type, oidc_endpoint } = JSON.parse(answer.slice(answer.indexOf("{")));
    assert.equal(host_type, "account");
    assert.equal(oidc_endpoint, `${server.url}/oidc/accounts/{account_id}`);
  });

  it("names below the domain are told to stay with HTTPS, and this machine's own are not", async (t) => {
    const { start } = await place(t);
    const server = await start({ "tls.enabled": "true", "server.domain": "a.test" });
    const port = portOf(server.url);
    const insists = async (host: string) => {
      const { headers } = await server.client.send(`https://${host}:${port}/healthz`, { token: null });
      return headers["strict-transport-security"] !== undefined;
    };
    for (const host of ["accounts.a.test", "sales.a.test", "a.test"]) assert.equal(await insists(host), true);
    for (const host of ["localhost", "127.0.0.1"]) assert.equal(await insists(host), false);
    await assert.rejects(insists("deep.sales.a.test"), /altnames/);
  });

  it("settings that contradict each other stop the start, and say what to do", async (t) => {
    const { start } = await place(t);
    await assert.rejects(start({ "tls.cert": "/a.pem" }), /tls\.cert is given without tls\.key/);
    await assert.rejects(start({ "tls.key": "/a.key" }), /tls\.key is given without tls\.cert/);
    const pair = { "tls.cert": "/a.pem", "tls.key": "/a.key" };
    await assert.rejects(start(pair), /tls\.enabled is false: add --tls/);
    await assert.rejects(start({ ...pair, "tls.enabled": "true" }), /tls\.cert: \/a\.pem cannot be read/);
    await assert.rejects(start({ "server.domain": "127.0.0.1" }), /is not a domain such as/);
    await assert.rejects(start({ "server.trustedProxies": "10.0.0.0/33" }), /is not a list of addresses/);
    await assert.rejects(start({ "server.publicUrl": "https://a.test/path" }), /is not an address such as/);
    await assert.rejects(
      start({ "server.host": "203.0.113.1" }),
      /no interface of this machine has this address/,
    );
  });
});
