import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import {
  type DatabricksHttp,
  type DatabricksRequest,
  databricksHttp,
} from "../../../test/support/databricks-http.ts";
import { makeWorkspace } from "../../../test/support/databricks-workspaces.ts";

/** Sends a request and answers its status and body. */
function caller(http: DatabricksHttp, headers: Readonly<Record<string, string>> = {}) {
  return async (method: NonNullable<DatabricksRequest["method"]>, path: string, body?: unknown) => {
    const answer = await http.send({ method, path, headers, ...(body !== undefined && { body }) });
    return { status: answer.statusCode, body: answer.body === "" ? null : answer.json() };
  };
}

async function parts(test: TestContext) {
  const http = await databricksHttp(test);
  const to = await makeWorkspace(http);
  const base = `/api/2.0/accounts/${http.account}`;
  const account = caller(http);
  const workspace = caller(http, to);
  const user = (await account("POST", `${base}/scim/v2/Users`, { userName: "u@x.org", displayName: "U" }))
    .body;
  return { http, to, base, account, workspace, user, id: to["x-databricks-workspace-id"] };
}

describe("permission assignments", () => {
  it("are set, listed and removed by the account, and the workspace sees the same", async (t) => {
    const { base, account, workspace, user, id } = await parts(t);
    const path = `${base}/workspaces/${id}/permissionassignments`;
    const principal = { principal_id: Number(user.id), display_name: "U", user_name: "u@x.org" };
    const set = await account("PUT", `${path}/principals/${user.id}`, { permissions: ["ADMIN"] });
    assert.deepEqual([set.status, set.body], [200, { principal, permissions: ["ADMIN"] }]);
    const lists = [
      await account("GET", path),
      await workspace("GET", "/api/2.0/preview/permissionassignments"),
    ];
    for (const { body } of lists)
      assert.deepEqual(
        body.permission_assignments.find(
          (each: { principal: { principal_id: number } }) =>
            each.principal.principal_id === principal.principal_id,
        ),
        set.body,
      );
    const levels = await account("GET", `${path}/permissions`);
    assert.deepEqual(
      levels.body.permissions.map((each: { permission_level: string }) => each.permission_level),
      ["USER", "ADMIN"],
    );
    assert.deepEqual((await account("DELETE", `${path}/principals/${user.id}`)).body, {});
    assert.equal((await workspace("GET", `/api/2.0/preview/scim/v2/Users/${user.id}`)).status, 404);
    const unknown = await account("PUT", `${path}/principals/1`, { permissions: ["USER"] });
    assert.deepEqual([unknown.status, unknown.body.error_code], [404, "RESOURCE_DOES_NOT_EXIST"]);
    const wrong = await account("PUT", `${path}/principals/${user.id}`, { permissions: ["OWNER"] });
    assert.deepEqual([wrong.status, wrong.body.error_code], [400, "INVALID_PARAMETER_VALUE"]);
  });

  it("are made by name, each with its own error", async (t) => {
    const { workspace } = await parts(t);
    const { status, body } = await workspace("POST", "/api/2.0/preview/permissionassignments", {
      permission_assignments: [
        { user_name: "u@x.org", permissions: ["USER"] },
        { group_name: "nobody", permissions: ["USER"] },
      ],
    });
    assert.equal(status, 200);
    assert.deepEqual(
      body.permission_assignments.map((each: { error?: string }) => each.error),
      [undefined, "Principal nobody does not exist in the account."],
    );
  });
});

describe("permissions of objects", () => {
  it("are those of tokens and passwords, with the administrators' inherited", async (t) => {
    const { workspace } = await parts(t);
    const path = "/api/2.0/permissions/authorization/tokens";
    const admins = {
      group_name: "admins",
      all_permissions: [
        { permission_level: "CAN_MANAGE", inherited: true, inherited_from_object: ["/authorization/"] },
      ],
    };
    const given = [{ permission_level: "CAN_USE", inherited: false }];
    assert.deepEqual((await workspace("GET", path)).body, {
      object_id: "/authorization/tokens",
      object_type: "tokens",
      access_control_list: [{ group_name: "users", all_permissions: given }, admins],
    });
    const item = { user_name: "u@x.org", permission_level: "CAN_USE" };
    const missing = await workspace("PUT", path, { access_control_list: [item] });
    assert.deepEqual(
      [missing.status, missing.body.message],
      [404, "Principal: UserName(u@x.org) does not exist"],
    );
    await workspace("POST", "/api/2.0/scim/v2/Users", { userName: "u@x.org" });
    const put = await workspace("PUT", path, { access_control_list: [item] });
    const own = { user_name: "u@x.org", display_name: "U", all_permissions: given };
    assert.deepEqual(put.body.access_control_list, [own, admins]);
    const patched = await workspace("PATCH", path, {
      access_control_list: [{ group_name: "users", permission_level: "CAN_USE" }],
    });
    assert.deepEqual(
      patched.body.access_control_list.map(
        (each: Record<string, string>) => each.user_name ?? each.group_name,
      ),
      ["u@x.org", "users", "admins"],
    );
    const high = await workspace("PUT", path, {
      access_control_list: [{ user_name: "u@x.org", permission_level: "CAN_MANAGE" }],
    });
    assert.deepEqual([high.status, high.body.error_code], [400, "INVALID_PARAMETER_VALUE"]);
    assert.deepEqual((await workspace("GET", `${path}/permissionLevels`)).body, {
      permission_levels: [{ permission_level: "CAN_USE", description: "Can use" }],
    });
  });

  it("of tokens say who may make one", async (t) => {
    const { http, to, workspace } = await parts(t);
    const robot = (await workspace("POST", "/api/2.0/scim/v2/ServicePrincipals", { displayName: "robot" }))
      .body;
    const { token_value: token } = (
      await workspace("POST", "/api/2.0/token-management/on-behalf-of/tokens", {
        application_id: robot.applicationId,
      })
    ).body;
    const asRobot = (method: "POST" | "PUT", path: string, body: object) =>
      http.send({ method, path: `/api/2.0/${path}`, headers: to, token, body });
    assert.equal((await asRobot("POST", "token/create", {})).statusCode, 200);
    const nobody = { access_control_list: [] };
    const own = await asRobot("PUT", "permissions/authorization/tokens", nobody);
    assert.deepEqual([own.statusCode, own.json().error_code], [403, "PERMISSION_DENIED"]);
    await workspace("PUT", "/api/2.0/permissions/authorization/tokens", nobody);
    assert.equal((await asRobot("POST", "token/create", {})).statusCode, 403);
  });

  it("of what there is not are not found, at every path", async (t) => {
    const { workspace } = await parts(t);
    for (const path of [
      "permissions/clusters/1",
      "permissions/sql/warehouses/1",
      "preview/permissions/jobs/1",
    ]) {
      const { status, body } = await workspace("GET", `/api/2.0/${path}`);
      assert.deepEqual([path, status, body.error_code], [path, 404, "RESOURCE_DOES_NOT_EXIST"]);
    }
  });
});

describe("IP access lists", () => {
  it("of a workspace are off until switched on, and never lock out who sets them", async (t) => {
    const { http, to, workspace } = await parts(t);
    const lists = "/api/2.0/ip-access-lists";
    const off = await workspace("GET", lists);
    assert.deepEqual([off.status, off.body.error_code], [404, "FEATURE_DISABLED"]);
    const conf = "/api/2.0/workspace-conf";
    assert.equal((await workspace("PATCH", conf, { enableIpAccessLists: "true" })).status, 204);
    assert.deepEqual((await workspace("GET", `${conf}?keys=enableIpAccessLists,maxTokenLifetimeDays`)).body, {
      enableIpAccessLists: "true",
      maxTokenLifetimeDays: null,
    });
    const elsewhere = {
      label: "office",
      list_type: "ALLOW",
      ip_addresses: ["203.0.113.0/24", "2001:db8::/32"],
    };
    const locked = await workspace("POST", lists, elsewhere);
    assert.deepEqual([locked.status, locked.body.error_code], [400, "INVALID_STATE"]);
    const bad = await workspace("POST", lists, { ...elsewhere, ip_addresses: ["1.2.3.4/33"] });
    assert.deepEqual([bad.status, bad.body.error_code], [400, "INVALID_PARAMETER_VALUE"]);
    const made = await workspace("POST", lists, {
      ...elsewhere,
      ip_addresses: [...elsewhere.ip_addresses, "127.0.0.1"],
    });
    const { list_id: id, address_count: count } = made.body.ip_access_list;
    assert.deepEqual([made.status, count], [200, 3]);

    const from = (remoteAddress: string) =>
      http.app.inject({
        url: "/api/2.0/scim/v2/Me",
        headers: { ...to, authorization: `Bearer ${http.administrator.token}` },
        remoteAddress,
      });
    assert.equal((await from("2001:db8::1")).statusCode, 200);
    assert.equal((await from("::ffff:203.0.113.9")).statusCode, 200);
    const stranger = await from("198.51.100.7");
    assert.equal(stranger.statusCode, 403);
    const mint = await http.app.inject({
      method: "POST",
      url: "/oidc/v1/token",
      headers: { ...to, "content-type": "application/x-www-form-urlencoded" },
      payload: "grant_type=client_credentials",
      remoteAddress: "::ffff:198.51.100.7",
    });
    assert.deepEqual([mint.statusCode, mint.json().error], [403, "access_denied"]);
    assert.match(mint.json().error_description, /^Source IP address: 198\.51\.100\.7 is blocked/);
    assert.match(
      stranger.json().message,
      /^Source IP address: 198\.51\.100\.7 is blocked by Databricks IP ACL/,
    );
    const block = { label: "bad", list_type: "BLOCK", ip_addresses: ["203.0.113.9"] };
    const blocking = (await workspace("POST", lists, block)).body.ip_access_list.list_id;
    assert.equal((await from("203.0.113.9")).statusCode, 403);
    await workspace("PATCH", `${lists}/${blocking}`, { enabled: false });
    assert.equal((await from("203.0.113.9")).statusCode, 200);

    const narrowed = await workspace("PUT", `${lists}/${id}`, { ...elsewhere, enabled: true });
    assert.deepEqual([narrowed.status, narrowed.body.error_code], [400, "INVALID_STATE"]);
    await workspace("DELETE", `${lists}/${id}`);
    assert.equal((await workspace("GET", `${lists}/${id}`)).status, 404);
    const unknown = await workspace("PATCH", conf, { nonsense: "true" });
    assert.deepEqual([unknown.status, unknown.body.error_code], [400, "INVALID_REQUEST"]);
  });

  it("of an account are in force once its setting says so", async (t) => {
    const { http, base, account } = await parts(t);
    const lists = `${base}/ip-access-lists`;
    const setting = `${base}/settings/types/acct_ip_acl_enable/names/default`;
    const list = { label: "office", list_type: "ALLOW", ip_addresses: ["203.0.113.0/24"] };
    const { list_id: id } = (await account("POST", lists, list)).body.ip_access_list;
    const change = (etag?: string) =>
      account("PATCH", setting, {
        allow_missing: true,
        field_mask: "acct_ip_acl_enable.value",
        setting: { setting_name: "default", acct_ip_acl_enable: { value: true }, ...(etag && { etag }) },
      });
    assert.equal((await change()).body.error_code, "INVALID_STATE");
    await account("PATCH", `${lists}/${id}`, { ip_addresses: ["203.0.113.0/24", "127.0.0.0/8"] });
    const before = (await account("GET", setting)).body;
    assert.deepEqual(before.acct_ip_acl_enable, { value: false });
    const after = await change(before.etag);
    assert.deepEqual([after.status, after.body.acct_ip_acl_enable], [200, { value: true }]);
    const stale = await change(before.etag);
    assert.deepEqual([stale.status, stale.body.details[0].metadata.etag], [409, after.body.etag]);
    const stranger = await http.app.inject({
      url: lists,
      headers: { host: "127.0.0.1", authorization: `Bearer ${http.administrator.token}` },
      remoteAddress: "198.51.100.7",
    });
    assert.equal(stranger.statusCode, 403);
    const { clientId, clientSecret: client_secret } = http.administrator;
    const token = (endpoint: string, remoteAddress: string, secret = client_secret) =>
      http.app.inject({
        method: "POST",
        url: `/oidc/accounts/${http.account}/v1/${endpoint}`,
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString("base64")}`,
        },
        payload: "grant_type=client_credentials&token=x",
        remoteAddress,
      });
    assert.equal((await token("token", "203.0.113.9")).statusCode, 200);
    for (const [endpoint, secret] of [
      ["token", client_secret],
      ["token", "wrong"],
      ["revoke", "wrong"],
    ] as const) {
      const refused = await token(endpoint, "198.51.100.7", secret);
      assert.deepEqual(
        [refused.statusCode, refused.json()],
        [
          403,
          {
            error: "access_denied",
            error_description: `Source IP address: 198.51.100.7 is blocked by Databricks IP ACL for account: ${http.account}`,
          },
        ],
      );
    }
    const { etag } = (await account("DELETE", `${setting}?etag=${encodeURIComponent(after.body.etag)}`)).body;
    assert.deepEqual((await account("GET", setting)).body, {
      setting_name: "default",
      etag,
      acct_ip_acl_enable: { value: false },
    });
    const other = await account("GET", `${base}/settings/types/nonsense/names/default`);
    assert.deepEqual([other.status, other.body.error_code], [501, "NOT_IMPLEMENTED"]);
  });
});

describe("rule sets", () => {
  it("are read, replaced under their etag, and gone with what they are of", async (t) => {
    const { http, base, account, workspace } = await parts(t);
    const made = (await account("POST", `${base}/scim/v2/ServicePrincipals`, { displayName: "robot" })).body;
    const preview = `/api/2.0/preview/accounts/${http.account}/access-control`;
    const resource = `accounts/${http.account}/servicePrincipals/${made.applicationId}`;
    const name = `${resource}/ruleSets/default`;
    const query = `?name=${encodeURIComponent(name)}&etag=`;
    const empty = (await account("GET", `${preview}/rule-sets${query}`)).body;
    assert.deepEqual(empty, { name, etag: empty.etag, grant_rules: [] });
    const rules = [{ role: "roles/servicePrincipal.user", principals: ["users/u@x.org"] }];
    const replace = (etag: string, grant_rules: object[] = rules) =>
      account("PUT", `${preview}/rule-sets`, { name, rule_set: { name, etag, grant_rules } });
    const replaced = await replace(empty.etag);
    assert.deepEqual(replaced.body, { name, etag: replaced.body.etag, grant_rules: rules });
    assert.equal((await replace(empty.etag)).status, 409);
    for (const rule of [
      { role: "roles/king", principals: [] },
      { role: "roles/servicePrincipal.user", principals: ["users/nobody@x.org"] },
    ])
      assert.equal((await replace(replaced.body.etag, [rule])).body.error_code, "INVALID_PARAMETER_VALUE");
    const roles = await account(
      "GET",
      `${preview}/assignable-roles?resource=${encodeURIComponent(resource)}`,
    );
    assert.deepEqual(roles.body.roles, [
      { name: "roles/servicePrincipal.manager" },
      { name: "roles/servicePrincipal.user" },
    ]);
    const proxy = `/api/2.0/preview/accounts/access-control/rule-sets${query}`;
    assert.equal((await workspace("GET", proxy)).status, 404);
    await workspace("POST", "/api/2.0/scim/v2/ServicePrincipals", { applicationId: made.applicationId });
    assert.deepEqual((await workspace("GET", proxy)).body, replaced.body);

    await account("DELETE", `${base}/scim/v2/ServicePrincipals/${made.id}`);
    await account("POST", `${base}/scim/v2/ServicePrincipals`, { applicationId: made.applicationId });
    assert.deepEqual((await account("GET", `${preview}/rule-sets${query}`)).body.grant_rules, []);
  });
});
