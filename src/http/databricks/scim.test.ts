import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { type DatabricksHttp, databricksHttp } from "../../../test/support/databricks-http.ts";
import { makeWorkspace } from "../../../test/support/databricks-workspaces.ts";
import { accountObjectId } from "../../core/ids.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Sends SCIM requests to the account or, with its headers, to a workspace. */
function scim(http: DatabricksHttp, headers?: Readonly<Record<string, string>>) {
  const base =
    headers === undefined ? `/api/2.0/accounts/${http.account}/scim/v2` : "/api/2.0/preview/scim/v2";
  return async (method: Method, path: string, body?: unknown) => {
    const answer = await http.send({
      method,
      path: `${base}/${path}`,
      ...(body !== undefined && { body }),
      headers: { ...headers, "content-type": "application/scim+json; charset=utf-8" },
    });
    return {
      status: answer.statusCode,
      body: answer.body === "" ? null : answer.json(),
      headers: answer.headers,
    };
  };
}

const ops = (...Operations: object[]) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations,
});
const path = (filter: string) => `?filter=${encodeURIComponent(filter)}`;
const ERROR = ["urn:ietf:params:scim:api:messages:2.0:Error"];

async function both(test: TestContext) {
  const http = await databricksHttp(test);
  const to = await makeWorkspace(http);
  return { http, to, account: scim(http), workspace: scim(http, to) };
}

describe("SCIM of an account", () => {
  it("makes, shows, finds, replaces and removes a user", async (t) => {
    const account = scim(await databricksHttp(t));
    const made = await account("POST", "Users", {
      userName: "Ann@Example.com",
      name: { givenName: "Ann" },
      roles: [{ value: "" }, {}],
    });
    assert.equal(made.status, 201);
    assert.equal(made.headers["content-type"], "application/scim+json; charset=utf-8");
    const { id } = made.body;
    assert.match(id, /^\d+$/);
    assert.deepEqual(made.body, {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
      id,
      displayName: "Ann@Example.com",
      groups: [],
      userName: "Ann@Example.com",
      name: { givenName: "Ann" },
      emails: [{ value: "Ann@Example.com", primary: true, type: "work" }],
      active: true,
    });
    const found = await account("GET", `Users${path('userName eq "ann@EXAMPLE.com"')}`);
    assert.deepEqual([found.body.totalResults, found.body.Resources[0]], [1, made.body]);
    const twin = await account("POST", "Users", { userName: "ANN@example.com" });
    assert.deepEqual(twin.body, {
      schemas: ERROR,
      status: "409",
      scimType: "uniqueness",
      detail:
        "User with email ANN@example.com already exists in this account. Note: emails are case insensitive (i.e abc@domain.com and ABC@DOMAIN.COM are considered equivalent)",
    });
    const renamed = await account("PUT", `Users/${id}`, { id, userName: "other@example.com" });
    assert.deepEqual([renamed.status, renamed.body.scimType], [400, "mutability"]);
    const replaced = await account("PUT", `Users/${id}`, {
      id,
      userName: "Ann@Example.com",
      displayName: "Ann",
      roles: [{ value: "account_admin" }],
    });
    assert.deepEqual(
      [replaced.body.displayName, replaced.body.name, replaced.body.emails, replaced.body.roles],
      ["Ann", undefined, [], [{ value: "account_admin" }]],
    );
    assert.equal((await account("DELETE", `Users/${id}`)).status, 204);
    const gone = await account("GET", `Users/${id}`);
    assert.deepEqual(
      [gone.status, gone.body],
      [404, { schemas: ERROR, status: "404", detail: `User with id ${id} not found.` }],
    );
  });

  it("pages until a page is empty, sorted and with the attributes asked for", async (t) => {
    const account = scim(await databricksHttp(t));
    for (let count = 10; count < 40; count += 1)
      await account("POST", "Groups", { displayName: `g${count}` });
    const names: string[] = [];
    for (let start = 1; ; ) {
      const { body } = await account(
        "GET",
        `Groups?startIndex=${start}&count=12&sortBy=displayName&sortOrder=descending&attributes=displayName`,
      );
      assert.deepEqual(
        [body.totalResults, body.startIndex, body.itemsPerPage],
        [30, start, body.Resources.length],
      );
      if (body.Resources.length === 0) break;
      for (const each of body.Resources) {
        assert.deepEqual(Object.keys(each).sort(), ["displayName", "id", "schemas"]);
        names.push(each.displayName);
      }
      start += body.Resources.length;
    }
    assert.deepEqual(names, [...new Set(names)].sort().reverse());
    assert.equal(names.length, 30);
  });

  it("tells a service principal's application id whatever is asked for", async (t) => {
    const account = scim(await databricksHttp(t));
    const { body } = await account("POST", "ServicePrincipals", { displayName: "robot" });
    const { body: shown } = await account("GET", `ServicePrincipals/${body.id}?attributes=displayName`);
    assert.deepEqual(Object.keys(shown).sort(), ["applicationId", "displayName", "id", "schemas"]);
    assert.equal(shown.applicationId, body.applicationId);
  });

  it("refuses filters that are none, and finds nothing by those that inject", async (t) => {
    const account = scim(await databricksHttp(t));
    for (const filter of ['userName eq "a" or', "userName", "nonsense eq 1", "(id eq 1", 'userName gt "a"']) {
      const { status, body } = await account("GET", `Users${path(filter)}`);
      assert.deepEqual([filter, status, body.scimType], [filter, 400, "invalidFilter"]);
    }
    for (const filter of [
      `userName eq "x' or '1'='1"`,
      `id eq "1; drop table principals"`,
      `displayName co "%"`,
    ]) {
      const { status, body } = await account("GET", `Users${path(filter)}`);
      assert.deepEqual([filter, status, body.totalResults], [filter, 200, 0]);
    }
    const injected = await account("GET", `Users${path(`userName eq "x" or userName pr`)}`);
    assert.equal(injected.body.totalResults, 1);
  });

  it("shows groups of groups as indirect, and members with what they are", async (t) => {
    const account = scim(await databricksHttp(t));
    const user = (await account("POST", "Users", { userName: "u@x.org", displayName: "U" })).body.id;
    const inner = (await account("POST", "Groups", { displayName: "inner", members: [{ value: user }] }))
      .body;
    const outer = (await account("POST", "Groups", { displayName: "outer" })).body;
    const patched = await account(
      "PATCH",
      `Groups/${outer.id}`,
      ops({ op: "Add", path: "members", value: [{ value: inner.id }] }),
    );
    assert.deepEqual(patched.body.members, [
      { value: inner.id, display: "inner", $ref: `Groups/${inner.id}`, type: "direct" },
    ]);
    assert.deepEqual(inner.members, [{ value: user, display: "U", $ref: `Users/${user}`, type: "direct" }]);
    const shown = (await account("GET", `Users/${user}`)).body.groups;
    const expected = [
      { value: inner.id, display: "inner", type: "direct", $ref: `Groups/${inner.id}` },
      { value: outer.id, display: "outer", type: "indirect", $ref: `Groups/${outer.id}` },
    ];
    const byValue = (a: { value: string }, b: { value: string }) => (a.value < b.value ? -1 : 1);
    assert.deepEqual(shown.toSorted(byValue), expected.toSorted(byValue));
    const filtered = await account("GET", `Groups${path(`members.value eq "${user}"`)}`);
    assert.deepEqual(
      filtered.body.Resources.map((each: { id: string }) => each.id),
      [inner.id],
    );

    const own = await account(
      "PATCH",
      `Groups/${outer.id}`,
      ops({ op: "add", path: "members", value: [{ value: outer.id }] }),
    );
    assert.deepEqual([own.status, own.body.scimType], [400, "invalidValue"]);
    const left = await account(
      "PATCH",
      `Groups/${inner.id}`,
      ops({ op: "remove", path: `members[value eq "${user}"]` }),
    );
    assert.equal(left.body.members, undefined);
    const again = await account(
      "PATCH",
      `Groups/${inner.id}`,
      ops({ op: "remove", path: `members[value eq "${user}"]` }),
    );
    assert.equal(again.status, 200);
  });

  it("answers many as it answers one", async (t) => {
    const account = scim(await databricksHttp(t));
    const groups: { id: string }[] = [];
    for (let count = 0; count < 25; count += 1) {
      const members = groups.slice(-2).map(({ id }) => ({ value: id }));
      groups.push((await account("POST", "Groups", { displayName: `g${count}`, members })).body);
    }
    const { body } = await account("GET", "Groups?count=1000");
    assert.equal(body.Resources.length, 25);
    for (const each of body.Resources)
      assert.deepEqual(each, (await account("GET", `Groups/${each.id}`)).body);
  });

  it("is for administrators of the account", async (t) => {
    const http = await databricksHttp(t);
    const answer = await http.send({ path: `/api/2.0/accounts/${http.account}/scim/v2/Users`, token: null });
    assert.deepEqual(answer.json(), {
      error_code: "UNAUTHENTICATED",
      message: "Credential was not sent or was of an unsupported type for this API.",
    });
  });
});

describe("SCIM of a workspace", () => {
  it("takes seed 003's service principal: its group by name, and an entitlement that grants nothing", async (t) => {
    const { workspace } = await both(t);
    await workspace("POST", "Groups", { displayName: "jobs" });
    const made = await workspace("POST", "ServicePrincipals", {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal"],
      applicationId: "b4647a57-063a-43e3-a6b4-c9a4e9f9f0b7",
      displayName: "test-service-principal",
      groups: [{ value: "jobs" }],
      entitlements: [{ value: "can-manage" }],
    });
    assert.equal(made.status, 201);
    assert.deepEqual(made.body.entitlements, [{ value: "can-manage" }]);
    assert.deepEqual(made.body.groups.map((each: { display: string }) => each.display).sort(), [
      "jobs",
      "users",
    ]);
    const unknown = await workspace("POST", "ServicePrincipals", {
      displayName: "x",
      groups: [{ value: "Jobs" }],
    });
    assert.deepEqual(unknown.body, {
      schemas: ERROR,
      status: "400",
      scimType: "invalidValue",
      detail: "Group 'Jobs' does not exist: give the id or the exact displayName of a group.",
    });
    const twin = await workspace("POST", "ServicePrincipals", { applicationId: made.body.applicationId });
    assert.deepEqual(
      [twin.status, twin.body.detail],
      [409, `Service principal with application ID ${made.body.applicationId} already exists.`],
    );
  });

  it("makes users the account's, and keeps entitlements, roles and activity for itself", async (t) => {
    const { http, account, workspace } = await both(t);
    const made = (
      await workspace("POST", "Users", {
        userName: "u@x.org",
        entitlements: [{ value: "allow-cluster-create" }],
        roles: [{ value: "account_admin" }],
      })
    ).body;
    assert.deepEqual(made.roles, [{ value: "account_admin" }]);
    const seen = (await account("GET", `Users/${made.id}`)).body;
    assert.deepEqual([seen.roles, seen.entitlements, seen.active], [undefined, undefined, true]);
    assert.deepEqual(
      (await workspace("POST", "Users", { userName: "U@x.org" })).body.detail,
      "User with username U@x.org already exists.",
    );

    const patched = await workspace(
      "PATCH",
      `Users/${made.id}`,
      ops(
        { op: "replace", path: "active", value: [{ value: "false" }] },
        { op: "remove", path: "entitlements" },
      ),
    );
    assert.deepEqual([patched.body.active, patched.body.entitlements], [false, undefined]);
    assert.equal((await account("GET", `Users/${made.id}`)).body.active, true);
    const none = await workspace("PATCH", `Users/${made.id}`, ops({ op: "remove", path: "entitlements" }));
    assert.deepEqual(
      [none.status, none.body.scimType, none.body.detail],
      [400, "invalidPath", "No such attribute with the name : entitlements in the current resource"],
    );

    const other = scim(http, await makeWorkspace(http, "Other"));
    assert.equal((await other("GET", `Users/${made.id}`)).status, 404);
    assert.equal((await other("POST", "Users", { userName: "u@x.org" })).body.id, made.id);
    assert.equal((await workspace("DELETE", `Users/${made.id}`)).status, 204);
    assert.equal((await workspace("GET", `Users/${made.id}`)).status, 404);
    assert.equal((await other("GET", `Users/${made.id}`)).status, 200);
    await account("DELETE", `Users/${made.id}`);
    assert.equal((await other("GET", `Users/${made.id}`)).status, 404);
  });

  it("leaves it to the account who its users are, whatever is sent", async (t) => {
    const { account, workspace } = await both(t);
    const user = {
      userName: "u@x.org",
      displayName: "U",
      externalId: "e1",
      name: { givenName: "Una" },
      emails: [{ value: "u@x.org", type: "work", primary: true }],
    };
    const { id } = (await account("POST", "Users", user)).body;
    await workspace("POST", "Users", { userName: "u@x.org" });
    const before = (await account("GET", `Users/${id}`)).body;
    const other = { displayName: "Eve", externalId: "e2", emails: [{ value: "eve@x.org", primary: true }] };
    const entitlements = [{ value: "allow-cluster-create" }];

    const patched = await workspace(
      "PATCH",
      `Users/${id}`,
      ops({ op: "replace", value: { ...other, name: { givenName: "Eve" }, entitlements } }),
    );
    assert.deepEqual([patched.status, patched.body.displayName], [200, "U"]);
    assert.deepEqual(patched.body.entitlements, entitlements);
    assert.deepEqual((await account("GET", `Users/${id}`)).body, before);

    const put = await workspace("PUT", `Users/${id}`, { userName: "u@x.org", ...other });
    assert.deepEqual([put.status, put.body.emails], [200, before.emails]);
    assert.deepEqual((await account("GET", `Users/${id}`)).body, before);

    await account("PATCH", `Users/${id}`, ops({ op: "replace", path: "displayName", value: "Una" }));
    assert.equal((await workspace("GET", `Users/${id}`)).body.displayName, "Una");

    const made = (await workspace("POST", "Users", { ...other, userName: "new@x.org" })).body;
    assert.deepEqual([made.displayName, made.emails[0].value], ["Eve", "eve@x.org"]);
  });

  it("has the groups admins and users, which follow the assignments", async (t) => {
    const { workspace } = await both(t);
    const { Resources } = (await workspace("GET", "Groups")).body;
    const [admins, users] = ["admins", "users"].map((name) =>
      Resources.find((each: { displayName: string }) => each.displayName === name),
    );
    assert.deepEqual(admins.meta, { resourceType: "WorkspaceGroup" });
    const { id } = (await workspace("POST", "Users", { userName: "u@x.org" })).body;
    const promoted = await workspace(
      "PATCH",
      `Groups/${admins.id}`,
      ops({ op: "add", value: { members: [{ value: id }] } }),
    );
    const has = ({ members }: { members: { value: string }[] }) => members.some(({ value }) => value === id);
    assert.ok(has(promoted.body));
    const groups = (await workspace("GET", `Users/${id}`)).body.groups;
    assert.deepEqual(
      groups.map((each: { display: string }) => each.display),
      ["admins", "users"],
    );
    await workspace("PATCH", `Users/${id}`, ops({ op: "remove", path: `groups[value eq "${admins.id}"]` }));
    assert.ok(!has((await workspace("GET", `Groups/${admins.id}`)).body));
    assert.ok(has((await workspace("GET", `Groups/${users.id}`)).body));

    for (const [method, target, body] of [
      ["DELETE", admins.id, undefined],
      ["PUT", users.id, { displayName: "others" }],
      ["PATCH", users.id, ops({ op: "remove", path: `members[value eq "${id}"]` })],
    ] as const) {
      const refused = await workspace(method, `Groups/${target}`, body);
      assert.deepEqual([method, refused.status, refused.body.scimType], [method, 400, "mutability"]);
    }
  });

  it("cannot change the account's groups, which may hold roles there", async (t) => {
    const { http, to, account, workspace } = await both(t);
    const group = (
      await account("POST", "Groups", { displayName: "rulers", roles: [{ value: "account_admin" }] })
    ).body;
    await http.store.commit([
      {
        kind: "workspace-assignment",
        row: {
          workspace: accountObjectId(to["x-databricks-workspace-id"]),
          principal: group.id,
          level: "USER",
        },
      },
    ]);
    const { id } = (await workspace("POST", "Users", { userName: "u@x.org" })).body;
    const add = { op: "add", path: "members", value: [{ value: id }] };
    const refusals = [
      await workspace("PATCH", `Groups/${group.id}`, ops(add)),
      await workspace(
        "PATCH",
        `Users/${id}`,
        ops({ op: "add", path: "groups", value: [{ value: "rulers" }] }),
      ),
      await workspace("PUT", `Groups/${group.id}`, { displayName: "mine" }),
      await workspace("POST", "Users", { userName: "v@x.org", groups: [{ value: group.id }] }),
    ];
    for (const { status, body } of refusals) assert.deepEqual([status, body.scimType], [400, "mutability"]);
  });
});

describe("Me", () => {
  it("is shown at both paths with the workspace's groups, and as far as it is asked for", async (t) => {
    const { http, to } = await both(t);
    for (const prefix of ["/api/2.0/preview/scim/v2/Me", "/api/2.0/scim/v2/Me"]) {
      const answer = await http.send({ path: `${prefix}?excludedAttributes=groups`, headers: to });
      assert.equal(answer.headers["x-databricks-org-id"], to["x-databricks-workspace-id"]);
      const { id, ...rest } = answer.json();
      assert.deepEqual(rest, {
        schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
        displayName: "Administrator",
        userName: "admin@firesteel.local",
        emails: [{ value: "admin@firesteel.local", type: "work", primary: true }],
        active: true,
      });
    }
  });
});
