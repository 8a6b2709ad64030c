import assert from "node:assert/strict";
import { test } from "node:test";
import { type DatabricksHttp, databricksHttp } from "../../../test/support/databricks-http.ts";
import { makeWorkspace } from "../../../test/support/databricks-workspaces.ts";

// Seed 003 L56-60 and databricks-account-api.md F: groups[].value is an id, or else an exact displayName.

const KINDS = {
  Users: { userName: "u@x.org" },
  ServicePrincipals: { displayName: "robot" },
  Groups: { displayName: "inner" },
} as const;

type Send = (
  method: "GET" | "POST" | "PUT" | "PATCH",
  path: string,
  body?: object,
) => ReturnType<DatabricksHttp["send"]>;

async function levels(http: DatabricksHttp): Promise<Readonly<Record<string, Send>>> {
  const headers = await makeWorkspace(http);
  return {
    "an account": (method, path, body) =>
      http.send({ method, path: `/api/2.0/accounts/${http.account}/scim/v2/${path}`, body }),
    "a workspace": (method, path, body) =>
      http.send({ method, path: `/api/2.0/preview/scim/v2/${path}`, body, headers }),
  };
}

const patch = (...Operations: object[]) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations,
});

test("a group that is none is refused by its name however it is given, and changes nothing", async (t) => {
  const http = await databricksHttp(t);
  for (const [level, send] of Object.entries(await levels(http)))
    for (const [kind, body] of Object.entries(KINDS)) {
      const made = (await send("POST", kind, body)).json();
      const path = `${kind}/${made.id}`;
      for (const value of ["no such group", "1", "ADMINS"]) {
        const groups = [{ value }];
        const ways: readonly Parameters<Send>[] = [
          ["POST", kind, { ...body, userName: "v@x.org", displayName: "other", groups }],
          ["PUT", path, { ...made, groups }],
          ["PATCH", path, patch({ op: "add", path: "groups", value: groups })],
          ["PATCH", path, patch({ op: "add", value: { groups } })],
          ["PATCH", path, patch({ op: "replace", path: "groups", value: groups })],
        ];
        for (const way of ways) {
          const answer = await send(...way);
          const where = `${level}, ${way[0]} ${kind}, ${JSON.stringify(way[2])}`;
          assert.deepEqual(
            [answer.statusCode, answer.json()],
            [
              400,
              {
                schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
                status: "400",
                scimType: "invalidValue",
                detail: `Group '${value}' does not exist: give the id or the exact displayName of a group.`,
              },
            ],
            where,
          );
          assert.deepEqual((await send("GET", path)).json(), made, where);
        }
      }
    }
});

test("an id comes before a name that reads like it", async (t) => {
  const http = await databricksHttp(t);
  for (const [level, send] of Object.entries(await levels(http))) {
    const first = (await send("POST", "Groups", { displayName: `first of ${level}` })).json();
    const second = (await send("POST", "Groups", { displayName: first.id })).json();
    const groupsOf = async (value: string) => {
      const body = { displayName: "robot", groups: [{ value }] };
      const { groups } = (await send("POST", "ServicePrincipals", body)).json();
      return groups.map((group: { value: string }) => group.value);
    };
    assert.ok((await groupsOf(first.id)).includes(first.id), level);
    assert.ok(!(await groupsOf(first.id)).includes(second.id), level);
    assert.ok((await groupsOf(`first of ${level}`)).includes(first.id), level);
  }
});
