import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type AddressSettings,
  hasWorkspacePorts,
  isLoopback,
  listenAddresses,
  localUrl,
  workspaceUrl,
} from "./addresses.ts";

function settings(different: Partial<AddressSettings>): AddressSettings {
  return {
    "server.host": "127.0.0.1",
    "server.domain": "",
    "server.publicUrl": "",
    "tls.enabled": false,
    "tls.cert": "",
    ...different,
  };
}

const TLS = { "tls.enabled": true } as const;
const OWN = { ...TLS, "tls.cert": "/own.pem" } as const;
const SALES = { deploymentName: "Sales", port: 4000 };

describe("where a server is", () => {
  const hosts: [string, string[], boolean, string][] = [
    ["127.0.0.1", ["127.0.0.1"], true, "http://127.0.0.1:7070"],
    ["127.1.2.3", ["127.1.2.3"], true, "http://127.1.2.3:7070"],
    ["::1", ["::1"], true, "http://[::1]:7070"],
    ["[::1]", ["::1"], true, "http://[::1]:7070"],
    ["0:0:0:0:0:0:0:1", ["::1"], true, "http://[::1]:7070"],
    ["localhost", ["127.0.0.1", "::1"], true, "http://localhost:7070"],
    ["LOCALHOST", ["127.0.0.1", "::1"], true, "http://localhost:7070"],
    ["0.0.0.0", ["0.0.0.0"], false, "http://127.0.0.1:7070"],
    ["::", ["::"], false, "http://[::1]:7070"],
    ["::0", ["::"], false, "http://[::1]:7070"],
    ["10.1.2.3", ["10.1.2.3"], false, "http://10.1.2.3:7070"],
    ["2001:DB8::1", ["2001:db8::1"], false, "http://[2001:db8::1]:7070"],
    ["box.example.com", ["box.example.com"], false, "http://box.example.com:7070"],
  ];
  for (const [host, addresses, onLoopback, url] of hosts) {
    it(`--host ${host} is ${url}`, () => {
      assert.deepEqual(listenAddresses(host), addresses);
      assert.equal(isLoopback(host), onLoopback);
      assert.equal(localUrl(settings({ "server.host": host }), 7070), url);
      assert.equal(hasWorkspacePorts(settings({ "server.host": host })), onLoopback);
    });
  }

  it("with a certificate of the operator's is localhost, where that leads to it", () => {
    const url = (host: string) => localUrl(settings({ ...OWN, "server.host": host }), 7070);
    for (const host of ["127.0.0.1", "::1", "localhost", "0.0.0.0", "::"])
      assert.equal(url(host), "https://localhost:7070", host);
    for (const host of ["127.0.0.5", "10.1.2.3"]) assert.equal(url(host), `https://${host}:7070`);
  });
});

describe("where a workspace is", () => {
  const cases: [string, Partial<AddressSettings>, number, string][] = [
    ["on its own port", {}, 7070, "http://127.0.0.1:4000"],
    ["on its own port, by HTTPS", TLS, 7070, "https://127.0.0.1:4000"],
    ["on its own port of IPv6", { "server.host": "::1" }, 7070, "http://[::1]:4000"],
    ["on its own port of both", { ...TLS, "server.host": "localhost" }, 7070, "https://localhost:4000"],
    ["below the domain", { ...TLS, "server.domain": "a.test" }, 443, "https://sales.a.test"],
    [
      "below the domain on another port",
      { ...TLS, "server.domain": "a.test" },
      7070,
      "https://sales.a.test:7070",
    ],
    ["below the domain without TLS", { "server.domain": "a.test" }, 80, "http://sales.a.test"],
    [
      "behind a proxy that speaks TLS",
      { "server.domain": "a.test", "server.publicUrl": "https://accounts.a.test" },
      7070,
      "https://sales.a.test",
    ],
    [
      "behind a proxy on another port",
      { "server.domain": "a.test", "server.publicUrl": "https://accounts.a.test:8443" },
      7070,
      "https://sales.a.test:8443",
    ],
    [
      "where all share one address",
      { "server.host": "0.0.0.0", "server.publicUrl": "https://spark.example.com" },
      7070,
      "https://spark.example.com",
    ],
    [
      "where all share one address that nobody named",
      { "server.host": "10.1.2.3" },
      7070,
      "http://10.1.2.3:7070",
    ],
  ];
  for (const [what, different, port, url] of cases)
    it(`${what}: ${url}`, () => assert.equal(workspaceUrl(settings(different), port, SALES), url));
});
