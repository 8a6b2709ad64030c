import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { principalId } from "../ids.ts";
import { checkIpAddresses, type IpAccessList, mayCall } from "./ip-access-list.ts";

function list(type: IpAccessList["type"], addresses: readonly string[], enabled = true): IpAccessList {
  const by = principalId("1");
  return {
    id: "l",
    label: "l",
    type,
    addresses,
    enabled,
    createdAtMs: 0,
    createdBy: by,
    updatedAtMs: 0,
    updatedBy: by,
  };
}

describe("IP access lists", () => {
  const office = list("ALLOW", ["203.0.113.0/24", "2001:db8::/32", "192.0.2.1"]);
  for (const [address, lists, expected] of [
    ["198.51.100.1", [], true],
    ["198.51.100.1", [office], false],
    ["203.0.113.255", [office], true],
    ["203.0.114.0", [office], false],
    ["192.0.2.1", [office], true],
    ["::ffff:192.0.2.1", [office], true],
    ["2001:db8:ffff::1", [office], true],
    ["2001:db9::1", [office], false],
    ["fe80::1%eth0", [list("ALLOW", ["fe80::/10"])], true],
    ["203.0.113.7", [office, list("BLOCK", ["203.0.113.7"])], false],
    ["203.0.113.7", [office, list("BLOCK", ["203.0.113.7"], false)], true],
    ["198.51.100.1", [list("BLOCK", ["203.0.113.7"])], true],
    ["198.51.100.1", [list("ALLOW", ["203.0.113.7"], false)], true],
    ["203.0.113.7", [list("ALLOW", ["0.0.0.0/0"])], true],
    ["192.0.2.1", [list("ALLOW", ["::ffff:192.0.2.0/120"])], true],
    ["192.0.3.1", [list("ALLOW", ["::ffff:192.0.2.0/120"])], false],
    ["192.0.2.1", [list("ALLOW", ["::ffff:c000:201"])], true],
    ["::ffff:c000:201", [office], true],
    ["192.0.2.1", [list("ALLOW", ["::/0"])], false],
    ["::1", [list("ALLOW", ["0.0.0.0/0"])], false],
    ["no address", [list("ALLOW", ["0.0.0.0/0", "::/0"])], false],
  ] as const) {
    const on = lists.map((each) => `${each.enabled ? "" : "(off) "}${each.type} ${each.addresses}`);
    it(`${address} ${expected ? "may" : "may not"} call by ${on.join("; ") || "no list"}`, () =>
      assert.equal(mayCall(address, lists), expected));
  }

  it("hold addresses and ranges only", () => {
    checkIpAddresses(["1.2.3.4", "1.2.3.4/0", "::/128", "::ffff:1.2.3.4"]);
    for (const wrong of [
      "1.2.3",
      "1.2.3.4/33",
      "::/129",
      "1.2.3.4/",
      "example.com",
      "",
      "1.2.3.4/-1",
      "fe80::1%eth0",
    ])
      assert.throws(() => checkIpAddresses(["1.2.3.4", wrong]), { code: "INVALID_PARAMETER_VALUE" });
    assert.throws(() => checkIpAddresses([]), { code: "INVALID_PARAMETER_VALUE" });
  });
});
