import assert from "node:assert/strict";
import { test } from "node:test";
import { databricksHttp } from "../../../test/support/databricks-http.ts";
import { makeWorkspace } from "../../../test/support/databricks-workspaces.ts";

// What was sent of a principal is what is read, in its order and with its explicit `false` and "", each time: clients
// that compare would find a difference at every look (databricks-account-api.md, end of E1; databricks-workspace-api.md C10).

const RESOURCES = {
  Users: {
    userName: "Ada.L@Example.com",
    displayName: "",
    externalId: "ext-1",
    name: { givenName: "Ada", familyName: "L" },
    emails: [
      { value: "b@example.com", primary: false, type: "home" },
      { value: "ada.l@example.com", primary: true, type: "work" },
    ],
    active: false,
  },
  ServicePrincipals: {
    displayName: "robot",
    externalId: "ext-2",
    applicationId: "8ed68e1b-0000-4000-8000-1234567890ab",
    active: false,
  },
  Groups: { displayName: "Engineers", externalId: "ext-3" },
};

/** In an order that is not theirs. */
const LISTS = {
  "an account": { roles: [{ value: "z-role" }, { value: "a-role" }] },
  "a workspace": {
    roles: [{ value: "arn:aws:iam::1:instance-profile/z" }, { value: "arn:aws:iam::1:instance-profile/a" }],
    entitlements: [{ value: "workspace-access" }, { value: "can-manage" }, { value: "allow-cluster-create" }],
  },
};

for (const level of ["an account", "a workspace"] as const)
  for (const [kind, resource] of Object.entries(RESOURCES))
    test(`${kind} of ${level} are read as they were sent, each time`, async (t) => {
      const http = await databricksHttp(t);
      const headers = level === "an account" ? {} : await makeWorkspace(http);
      const base =
        level === "an account"
          ? `/api/2.0/accounts/${http.account}/scim/v2/${kind}`
          : `/api/2.0/preview/scim/v2/${kind}`;
      const sent = { ...resource, ...LISTS[level] };
      const answer = await http.send({ method: "POST", path: base, body: sent, headers });
      assert.equal(answer.statusCode, 201, answer.body);
      const made = answer.json();
      assert.deepEqual({ ...made, ...sent }, made);
      const read = async (query = "") => (await http.send({ path: `${base}${query}`, headers })).json();
      for (const look of [1, 2])
        assert.equal(JSON.stringify(await read(`/${made.id}`)), JSON.stringify(made), `look ${look}`);
      const listed = await read(`?filter=id+eq+${made.id}`);
      assert.equal(JSON.stringify(listed.Resources), JSON.stringify([made]));
      // As Terraform updates: the whole resource again changes nothing.
      const path = `${base}/${made.id}`;
      const put = await http.send({ method: "PUT", path, body: sent, headers });
      assert.ok(put.statusCode < 300, put.body);
      assert.deepEqual(await read(`/${made.id}`), made);
    });
