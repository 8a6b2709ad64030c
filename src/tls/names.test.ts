import assert from "node:assert/strict";
import { test } from "node:test";
import { certificateNames, type NamedServer } from "./names.ts";

const OWN = ["localhost", "127.0.0.1", "::1"];

test("a certificate is for what leads to the server", () => {
  const cases: [Partial<NamedServer>, string[]][] = [
    [{}, []],
    [{ hosts: ["127.0.0.1", "::1"] }, []],
    [{ hosts: ["10.1.2.3"] }, ["10.1.2.3"]],
    [{ hosts: ["::"] }, ["box", "192.0.2.1"]],
    [{ hosts: ["0.0.0.0"] }, ["box", "192.0.2.1"]],
    [{ domain: "a.test" }, ["a.test", "*.a.test"]],
    [{ publicUrl: "https://Spark.example.com:8443" }, ["spark.example.com"]],
    [{ publicUrl: "https://[2001:db8::1]" }, ["2001:db8::1"]],
  ];
  for (const [server, more] of cases) {
    const named = { hosts: ["127.0.0.1"], domain: null, publicUrl: null, ...server };
    assert.deepEqual(
      certificateNames(named, () => ["box", "192.0.2.1"]),
      [...OWN, ...more],
    );
  }
});

test("this machine has names that a certificate can have", () => {
  const names = certificateNames({ hosts: ["::"], domain: null, publicUrl: null });
  for (const name of names) assert.match(name, /^[a-z0-9.:-]+$/);
});
