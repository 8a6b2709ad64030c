import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import {
  type Answer,
  assertOutcome,
  type Method,
  type Outcome,
  type RulesWorld,
  rulesWorld,
} from "../../../test/support/databricks-rules.ts";
import { makeWorkspace, type ToWorkspace } from "../../../test/support/databricks-workspaces.ts";
import { RULES_OF_SCIM } from "../../contract/databricks/documented-rules-scim.ts";

interface ScimWorld extends RulesWorld {
  readonly to: ToWorkspace;
  /** SCIM of the account. */
  scim(method: Method, path: string, body?: unknown): Promise<Answer>;
  /** SCIM of the workspace. */
  local(method: Method, path: string, body?: unknown): Promise<Answer>;
  /** A new user of the account; answers its id. */
  user(name?: string): Promise<string>;
}

async function scimWorld(test: TestContext): Promise<ScimWorld> {
  const world = await rulesWorld(test);
  const to = await makeWorkspace(world);
  const scim: ScimWorld["scim"] = (method, path, body) => world.call(method, `scim/v2/${path}`, body);
  return {
    ...world,
    to,
    scim,
    async local(method, path, body) {
      const url = `/api/2.0/preview/scim/v2/${path}`;
      const answer = await world.send({ method, path: url, headers: to, body });
      return { status: answer.statusCode, body: answer.body === "" ? null : answer.json() };
    },
    async user(name = `${world.newName()}@x.org`) {
      return (await scim("POST", "Users", { userName: name })).body.id;
    },
  };
}

const where = (filter: string) => `?filter=${encodeURIComponent(filter)}`;
const patch = (...Operations: object[]) => ({ Operations });
const names = ({ body }: Answer): string[] =>
  body.Resources.map((each: { userName: string }) => each.userName).sort();

async function reserved(world: ScimWorld, name: string): Promise<string> {
  return (await world.local("GET", `Groups${where(`displayName eq "${name}"`)}`)).body.Resources[0].id;
}

/** The same sent twice, under a name in other capitals. */
async function twice(
  send: ScimWorld["scim"],
  collection: string,
  member: string,
  name: string,
): Promise<Outcome> {
  assert.equal((await send("POST", collection, { [member]: name })).status, 201);
  const again = name.toUpperCase();
  return { answer: await send("POST", collection, { [member]: again }), values: { name: again } };
}

/** One way into each situation; a rule without a way does not compile. */
const SITUATIONS: {
  readonly [Id in keyof typeof RULES_OF_SCIM]: (world: ScimWorld) => Promise<Outcome>;
} = {
  "user-taken": (world) => twice(world.scim, "Users", "userName", `${world.newName()}@x.org`),
  "user-taken-in-workspace": (world) => twice(world.local, "Users", "userName", `${world.newName()}@x.org`),
  "group-taken": (world) => twice(world.local, "Groups", "displayName", world.newName()),
  "service-principal-taken": (world) =>
    twice(world.scim, "ServicePrincipals", "applicationId", world.newName()),
  "user-unknown": async ({ scim }) => ({ answer: await scim("GET", "Users/1") }),
  "group-unknown": async ({ local }) => ({ answer: await local("DELETE", "Groups/1") }),
  "service-principal-unknown": async ({ scim }) => ({
    answer: await scim("PATCH", "ServicePrincipals/1", patch({ op: "add", value: {} })),
  }),
  "user-name-missing": async ({ scim }) => ({ answer: await scim("POST", "Users", { displayName: "x" }) }),
  "group-name-missing": async ({ scim }) => {
    const long = await scim("POST", "Groups", { displayName: "x".repeat(256) });
    const answer = await scim("POST", "Groups", {});
    assert.deepEqual(long, answer);
    return { answer };
  },
  "filter-operator": async ({ scim }) => ({ answer: await scim("GET", `Users${where('userName gt "a"')}`) }),
  "filter-attribute": async ({ local }) => {
    const filter = 'userName eq "nobody" and password pr';
    return { answer: await local("GET", `Users${where(filter)}`) };
  },
  "filter-unfinished": async ({ scim }) => ({
    answer: await scim("GET", `Users${where('(userName eq "a"')}`),
  }),
  "filter-long": async (world) => {
    const filter = Array.from({ length: 501 }, () => "id pr").join(" or ");
    const answer = await world.scim("GET", `Users${where(filter)}`);
    const path = `members[${Array.from({ length: 50_000 }, () => "value eq 1").join(" or ")}]`;
    const { id } = (await world.scim("POST", "Groups", { displayName: world.newName() })).body;
    assert.deepEqual(await world.scim("PATCH", `Groups/${id}`, patch({ op: "remove", path })), answer);
    assert.ok((await world.scim("GET", `Users${where(filter.slice(0, -9))}`)).status === 200);
    return { answer };
  },
  "filter-injection": async ({ scim, local }) => {
    const hostile = [
      "' or '1'='1",
      '" or userName pr or userName eq "',
      "'; drop table principals; --",
      "%",
      "_",
      "\\",
      "*",
      "$1",
      "?",
      "{userName}",
    ];
    for (const value of hostile) {
      for (const operator of ["eq", "co", "sw", "ew"]) {
        for (const attribute of ["userName", "displayName", "id", "emails.value"]) {
          for (const send of [scim, local]) {
            const filter = `${attribute} ${operator} ${JSON.stringify(value)}`;
            const { status, body } = await send("GET", `Users${where(filter)}`);
            assert.deepEqual([status, body.totalResults], [200, 0], filter);
          }
        }
      }
    }
    // PostgreSQL stores no such character, and SQLite's patterns end at it.
    for (const send of [scim, local]) {
      const { status, body } = await send("GET", `Users${where('userName co "\u0000"')}`);
      assert.deepEqual([status, body.detail], [400, "filter holds a NUL character."]);
    }
    return {};
  },
  "filter-operators": async (world) => {
    const stem = world.newName();
    for (const name of ["ann", "bob", "bea"]) await world.user(`${stem}.${name}@x.org`);
    const [ann, bob, bea] = ["ann", "bob", "bea"].map((name) => `${stem}.${name}@x.org`);
    for (const [filter, expected] of [
      [`userName eq "${ann?.toUpperCase()}"`, [ann]],
      [`userName sw "${stem}." and userName ne "${bob}"`, [ann, bea]],
      [`userName co "${stem}.B"`, [bob, bea]],
      [`userName sw "${stem}" and userName ew "a@x.org"`, [bea]],
      [`userName sw "${stem}" and (userName co ".an" or userName co ".bo")`, [ann, bob]],
      [`userName sw "${stem}" and not (userName co ".b")`, [ann]],
      [`USERNAME SW "${stem}" AND active eq true`, [ann, bob, bea]],
      [`userName sw "${stem}" and active eq false`, []],
    ] as const) {
      const sorted = expected.toSorted();
      assert.deepEqual(names(await world.scim("GET", `Users${where(filter)}`)), sorted, filter);
      // What the store cannot judge is judged after it, and finds the same.
      const judged = filter.replace(/userName/gi, "emails.value");
      assert.deepEqual(names(await world.scim("GET", `Users${where(judged)}`)), sorted, judged);
    }
    return {};
  },
  "filter-plus": async (world) => {
    const name = `${world.newName()}+tag@x.org`;
    await world.user(name);
    assert.deepEqual(names(await world.scim("GET", `Users${where(`userName eq "${name}"`)}`)), [name]);
    return {};
  },
  "sort-attribute": async ({ local }) => ({ answer: await local("GET", "Users?sortBy=password") }),
  "page-beyond": async ({ scim }) => {
    const { totalResults } = (await scim("GET", "Users")).body;
    const { status, body } = await scim("GET", `Users?startIndex=${totalResults + 1}&count=10000`);
    assert.deepEqual(
      [status, body.totalResults, body.itemsPerPage, body.Resources],
      [200, totalResults, 0, []],
    );
    return {};
  },
  "page-edges": async ({ scim }) => {
    const all = (await scim("GET", "Users")).body;
    for (const start of [0, -7]) assert.deepEqual((await scim("GET", `Users?startIndex=${start}`)).body, all);
    const none = (await scim("GET", "Users?count=0")).body;
    assert.deepEqual([none.totalResults, none.Resources], [all.totalResults, []]);
    assert.equal((await scim("GET", "Users?count=many")).status, 400);
    return {};
  },
  immutable: async (world) => ({
    answer: await world.scim("PUT", `Users/${await world.user()}`, { userName: "other@x.org" }),
  }),
  "application-id-immutable": async (world) => {
    const { id } = (await world.scim("POST", "ServicePrincipals", {})).body;
    return { answer: await world.scim("PUT", `ServicePrincipals/${id}`, { applicationId: "other" }) };
  },
  "reserved-deleted": async (world) => ({
    answer: await world.local("DELETE", `Groups/${await reserved(world, "admins")}`),
  }),
  "reserved-renamed": async (world) => ({
    answer: await world.local("PUT", `Groups/${await reserved(world, "users")}`, { displayName: "all" }),
  }),
  "group-by-name": async (world) => {
    const name = world.newName();
    const { id } = (await world.scim("POST", "Groups", { displayName: name })).body;
    for (const value of [id, name]) {
      const { groups } = (
        await world.scim("POST", "Users", { userName: `${world.newName()}@x.org`, groups: [{ value }] })
      ).body;
      assert.deepEqual(groups[0].value, id);
    }
    const groups = [{ value: name.toUpperCase() }];
    return {
      answer: await world.scim("POST", "Users", { userName: "late@x.org", groups }),
      values: { name: name.toUpperCase() },
    };
  },
  "member-unknown": async (world) => ({
    answer: await world.scim("POST", "Groups", { displayName: world.newName(), members: [{ value: "1" }] }),
  }),
  "member-itself": async (world) => {
    const name = world.newName();
    const { id } = (await world.scim("POST", "Groups", { displayName: name })).body;
    const add = { op: "add", path: "members", value: [{ value: id }] };
    return { answer: await world.scim("PATCH", `Groups/${id}`, patch(add)), values: { name } };
  },
  "empty-entitlements": async (world) => {
    for (const entitlements of [[{ value: "" }], [{}]]) {
      const made = await world.local("POST", "Users", { userName: `${world.newName()}@x.org`, entitlements });
      assert.deepEqual([made.status, made.body.entitlements], [201, undefined]);
    }
    return {};
  },
  "patch-without-entitlements": async (world) => {
    const { id } = (await world.local("POST", "Users", { userName: `${world.newName()}@x.org` })).body;
    const remove = { op: "remove", path: "entitlements" };
    return { answer: await world.local("PATCH", `Users/${id}`, patch(remove)) };
  },
  "patch-operation": async (world) => ({
    answer: await world.scim("PATCH", `Users/${await world.user()}`, patch({ op: "move", path: "active" })),
  }),
  "patch-missing-member": async (world) => {
    const made = (await world.scim("POST", "Groups", { displayName: world.newName() })).body;
    const remove = { op: "remove", path: 'members[value eq "1"]' };
    const { status, body } = await world.scim("PATCH", `Groups/${made.id}`, patch(remove));
    assert.deepEqual([status, body], [200, made]);
    return {};
  },
  "patch-shapes": async (world) => {
    for (const operation of [
      { op: "Replace", path: "active", value: false },
      { op: "replace", path: "active", value: "False" },
      { op: "REPLACE", path: "ACTIVE", value: [{ value: "false" }] },
      { op: "add", value: { active: false } },
      { op: "replace", value: { Active: "false" } },
    ]) {
      const { body } = await world.scim("PATCH", `Users/${await world.user()}`, patch(operation));
      assert.equal(body.active, false, JSON.stringify(operation));
    }
    const member = await world.user();
    for (const operation of [
      { op: "add", path: "members", value: [{ value: member }, { value: member }] },
      { op: "Add", path: "members", value: { value: member } },
      { op: "add", value: { members: [{ value: member }] } },
      { op: "replace", value: { members: [{ value: member }] } },
      { op: "replace", path: "members", value: [{ value: Number(member) }] },
    ]) {
      const { id } = (await world.scim("POST", "Groups", { displayName: world.newName() })).body;
      for (const _twice of [1, 2]) {
        const { body } = await world.scim("PATCH", `Groups/${id}`, patch(operation));
        assert.deepEqual(
          body.members.map(({ value }: { value: string }) => value),
          [member],
        );
      }
    }
    return {};
  },
  "patch-many": async (world) => {
    const one = { op: "replace", path: "displayName", value: "x" };
    const operations = Array.from({ length: 1001 }, () => one);
    return { answer: await world.scim("PATCH", `Users/${await world.user()}`, patch(...operations)) };
  },
  "nested-groups": async (world) => {
    const user = await world.user();
    const group = async (members: readonly string[]) =>
      (
        await world.scim("POST", "Groups", {
          displayName: world.newName(),
          members: members.map((value) => ({ value })),
        })
      ).body.id;
    const inner = await group([user]);
    const outer = await group([inner]);
    const { groups } = (await world.scim("GET", `Users/${user}`)).body;
    assert.deepEqual(
      groups.map(({ value, type, $ref }: Record<string, string>) => [value, type, $ref]),
      [
        [inner, "direct", `Groups/${inner}`],
        [outer, "indirect", `Groups/${outer}`],
      ].toSorted(),
    );
    const listed = (await world.scim("GET", `Users${where(`groups.value eq "${outer}"`)}`)).body;
    assert.deepEqual(listed.Resources[0].groups, groups);
    return {};
  },
  "account-admin": async (world) => {
    const { local, scim } = world;
    const { id, applicationId } = (await local("POST", "ServicePrincipals", {})).body;
    const inner = (await scim("POST", "Groups", { displayName: world.newName(), members: [{ value: id }] }))
      .body;
    const roles = [{ value: "account_admin" }];
    const outer = { displayName: world.newName(), members: [{ value: inner.id }], roles };
    assert.deepEqual((await scim("POST", "Groups", outer)).body.roles, roles);
    const secret = await world.done("POST", `servicePrincipals/${id}/credentials/secrets`, {});
    const basic = Buffer.from(`${applicationId}:${secret.secret}`).toString("base64");
    const token = await world.send({
      method: "POST",
      path: `/oidc/accounts/${world.account}/v1/token`,
      token: null,
      headers: { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
      body: "grant_type=client_credentials&scope=all-apis",
    });
    const listed = async () =>
      (
        await world.send({
          path: `/api/2.0/accounts/${world.account}/workspaces`,
          token: token.json().access_token,
        })
      ).statusCode;
    assert.equal(await listed(), 200);
    await scim("PATCH", `Groups/${inner.id}`, patch({ op: "remove", path: `members[value eq "${id}"]` }));
    assert.equal(await listed(), 403);
    return {};
  },
  "user-removed": async (world) => {
    const { local, scim, to } = world;
    const { id, applicationId } = (await local("POST", "ServicePrincipals", {})).body;
    const path = "/api/2.0/token-management/on-behalf-of/tokens";
    const body = { application_id: applicationId };
    const { token_value: token } = (await world.send({ method: "POST", path, headers: to, body })).json();
    const me = async () =>
      (await world.send({ path: "/api/2.0/preview/scim/v2/Me", headers: to, token })).statusCode;
    assert.equal(await me(), 200);
    assert.equal((await scim("DELETE", `ServicePrincipals/${id}`)).status, 204);
    assert.equal(await me(), 401);
    assert.equal((await local("GET", `ServicePrincipals/${id}`)).status, 404);
    return {};
  },
  "can-manage": async (world) => {
    const { local, to } = world;
    const entitlements = [{ value: "can-manage" }];
    const made = (await local("POST", "ServicePrincipals", { entitlements })).body;
    assert.deepEqual(made.entitlements, entitlements);
    const path = "/api/2.0/token-management/on-behalf-of/tokens";
    const body = { application_id: made.applicationId };
    const { token_value: token } = (await world.send({ method: "POST", path, headers: to, body })).json();
    const tokens = await world.send({ path: "/api/2.0/token-management/tokens", headers: to, token });
    assert.equal(tokens.statusCode, 403);
    return {};
  },
};

describe("SCIM of databricks-account-api.md B9 and databricks-workspace-api.md C10", () => {
  it("holds row by row", async (t) => {
    const world = await scimWorld(t);
    for (const id of Object.keys(SITUATIONS) as (keyof typeof SITUATIONS)[]) {
      const rule = RULES_OF_SCIM[id];
      await t.test(`${rule.source}: ${rule.condition}`, async () => {
        await assertOutcome(world, rule, await SITUATIONS[id](world));
      });
    }
    await t.test("C10: a list shows of each what GET shows of it alone", async () => {
      for (const send of [world.scim, world.local]) {
        for (const collection of ["Users", "Groups", "ServicePrincipals"]) {
          const { Resources } = (await send("GET", `${collection}?count=1000`)).body;
          assert.ok(Resources.length > 0, collection);
          for (const listed of Resources) {
            const alone = (await send("GET", `${collection}/${listed.id}`)).body;
            // Of everybody who is in the workspace, a list says nothing.
            if (listed.displayName === "users") delete alone.members;
            assert.deepEqual(listed, alone);
          }
        }
      }
    });
  });
});
