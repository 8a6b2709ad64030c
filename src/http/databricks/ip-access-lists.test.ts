import assert from "node:assert/strict";
import { test } from "node:test";
import { type DatabricksHttp, databricksHttp } from "../../../test/support/databricks-http.ts";
import { makeWorkspace } from "../../../test/support/databricks-workspaces.ts";

const LISTS = "/api/2.0/ip-access-lists";
const CONF = "/api/2.0/workspace-conf";

/** Who calls, and what lists say of them: their address, others of their family, and a range that holds it. */
const CALLERS = [
  { address: "203.0.113.9", other: "203.0.113.10", range: "203.0.113.12/29", blocked: "203.0.113.8/31" },
  { address: "2001:db8::9", other: "2001:db8::a", range: "2001:db8::/64", blocked: "2001:DB8:0::9/128" },
  // An IPv4 caller of a listener of both families.
  {
    address: "::ffff:198.51.100.9",
    other: "198.51.100.8",
    range: "198.51.100.9/32",
    blocked: "198.51.100.9",
  },
];

async function workspaceCalls(http: DatabricksHttp, address: string) {
  const to = await makeWorkspace(http);
  return async (method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: object) => {
    const answer = await http.app.inject({
      method,
      url: path,
      headers: { ...to, authorization: `Bearer ${http.administrator.token}` },
      remoteAddress: address,
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    });
    return { status: answer.statusCode, body: answer.body === "" ? null : answer.json() };
  };
}

for (const { address, other, range, blocked } of CALLERS)
  test(`nobody who calls from ${address} locks themselves out, whichever way`, async (t) => {
    const call = await workspaceCalls(await databricksHttp(t), address);
    await call("PATCH", CONF, { enableIpAccessLists: "true" });
    const list = (list_type: string, ...ip_addresses: string[]) => ({ label: "l", list_type, ip_addresses });
    const made = async (body: object): Promise<string> => {
      const answer = await call("POST", LISTS, body);
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      return answer.body.ip_access_list.list_id;
    };
    const own = await made(list("ALLOW", range));
    const others = await made(list("ALLOW", other));
    const before = (await call("GET", LISTS)).body;
    const ways = [
      ["POST", LISTS, list("BLOCK", blocked)],
      ["PUT", `${LISTS}/${own}`, { ...list("ALLOW", other), enabled: true }],
      ["PUT", `${LISTS}/${own}`, { ...list("ALLOW", range), enabled: false }],
      ["PUT", `${LISTS}/${own}`, { ...list("BLOCK", range), enabled: true }],
      ["PATCH", `${LISTS}/${own}`, { enabled: false }],
      ["PATCH", `${LISTS}/${own}`, { ip_addresses: [other] }],
      ["PATCH", `${LISTS}/${own}`, { list_type: "BLOCK" }],
      ["PATCH", `${LISTS}/${others}`, { list_type: "BLOCK", ip_addresses: [range] }],
      ["DELETE", `${LISTS}/${own}`, undefined],
    ] as const;
    const shown = address.replace("::ffff:", "");
    for (const [method, path, body] of ways) {
      const answer = await call(method, path, body);
      assert.deepEqual(
        [answer.status, answer.body],
        [
          400,
          {
            error_code: "INVALID_STATE",
            message: `Your current IP ${shown} will not be allowed to access the workspace under current configuration. Please include it in an ALLOW list first.`,
          },
        ],
        `${method} ${JSON.stringify(body)}`,
      );
      assert.deepEqual((await call("GET", LISTS)).body, before);
    }
    // Once nobody is named any more, everybody may call.
    assert.equal((await call("DELETE", `${LISTS}/${others}`)).status, 200);
    assert.equal((await call("DELETE", `${LISTS}/${own}`)).status, 200);
    assert.deepEqual((await call("GET", LISTS)).body, { ip_access_lists: [] });
  });

test("lists that were made while they counted keep who is not in them from switching them on again", async (t) => {
  const http = await databricksHttp(t);
  const call = await workspaceCalls(http, "203.0.113.9");
  const body = { label: "office", list_type: "ALLOW", ip_addresses: ["203.0.113.9"] };
  await call("PATCH", CONF, { enableIpAccessLists: "true" });
  const { list_id: id } = (await call("POST", LISTS, body)).body.ip_access_list;
  await call("PATCH", CONF, { enableIpAccessLists: "false" });
  assert.equal((await call("GET", LISTS)).status, 404);
  const [workspace] = await http.store.accountObjects.inStates("workspace", ["RUNNING"]);
  const elsewhere = await http.app.inject({
    method: "PATCH",
    url: CONF,
    headers: {
      authorization: `Bearer ${http.administrator.token}`,
      "x-databricks-workspace-id": String(workspace?.id),
    },
    remoteAddress: "198.51.100.1",
    payload: '{"enableIpAccessLists":"true"}',
  });
  assert.deepEqual([elsewhere.statusCode, elsewhere.json().error_code], [400, "INVALID_STATE"]);
  assert.equal((await call("PATCH", CONF, { enableIpAccessLists: "true" })).status, 204);
  assert.equal((await call("GET", `${LISTS}/${id}`)).status, 200);
});
