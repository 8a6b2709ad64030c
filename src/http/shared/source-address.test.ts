import assert from "node:assert/strict";
import { test } from "node:test";
import { sourceAddress, sourceNetwork } from "./source-address.ts";

test("a source is named as lists name it, whichever socket it came in at", () => {
  for (const [ip, expected] of [
    ["127.0.0.1", "127.0.0.1"],
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["::FFFF:192.0.2.1", "192.0.2.1"],
    ["::1", "::1"],
    ["2001:db8::1", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
  ] as const)
    assert.equal(sourceAddress({ ip }), expected);
});

test("the addresses that a machine chooses for itself are of one network", () => {
  for (const [ip, expected] of [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::1", "0:0:0:0::/64"],
    ["2001:db8:0:7:1:2:3:4", "2001:db8:0:7::/64"],
    ["2001:db8::5", "2001:db8:0:0::/64"],
    ["2001:db8:0:7::", "2001:db8:0:7::/64"],
    ["fe80::1:2%eth0", "fe80:0:0:0::/64"],
  ] as const)
    assert.equal(sourceNetwork({ ip }), expected);
});
