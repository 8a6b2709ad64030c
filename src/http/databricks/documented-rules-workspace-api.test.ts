import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import {
  type Answer,
  assertOutcome,
  type Outcome,
  type RulesWorld,
  rulesWorld,
} from "../../../test/support/databricks-rules.ts";
import { makeWorkspace, type ToWorkspace } from "../../../test/support/databricks-workspaces.ts";
import { RULES_OF_THE_WORKSPACE_API } from "../../contract/databricks-workspace/documented-rules.ts";
import { accountId } from "../../core/ids.ts";

type Request = Parameters<RulesWorld["send"]>[0];

interface WorkspaceWorld extends RulesWorld {
  readonly to: ToWorkspace;
  readonly id: string;
  /** Sends to the workspace, where the request does not say otherwise: a path below `/api/2.0/`. */
  ask(path: string, request?: Omit<Request, "path">): Promise<Answer>;
}

async function workspaceWorld(test: TestContext): Promise<WorkspaceWorld> {
  const world = await rulesWorld(test);
  const to = await makeWorkspace(world);
  await makeWorkspace(world, "Other");
  return {
    ...world,
    to,
    id: to["x-databricks-workspace-id"],
    async ask(path, request = {}) {
      const answer = await world.send({ headers: to, ...request, path: `/api/2.0/${path}` });
      return { status: answer.statusCode, body: answer.body === "" ? null : answer.json() };
    },
  };
}

const ME = "preview/scim/v2/Me";
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });

async function token(world: WorkspaceWorld, body: object = {}): Promise<Answer["body"]> {
  return (await world.ask("token/create", { method: "POST", body })).body;
}

async function configured<Result>(
  world: WorkspaceWorld,
  conf: Readonly<Record<string, string>>,
  work: () => Promise<Result>,
): Promise<Result> {
  const set = (body: object) => world.ask("workspace-conf", { method: "PATCH", body });
  assert.equal((await set(conf)).status, 204);
  const result = await work();
  await set(
    Object.fromEntries(
      Object.keys(conf).map((key) => [key, key === "enableTokensConfig" ? "true" : "false"]),
    ),
  );
  return result;
}

/** The same answer, whichever way it is asked for. */
function alike(answers: readonly Answer[]): Outcome {
  const [first] = answers;
  assert.ok(first);
  for (const each of answers) assert.deepEqual(each, first);
  return { answer: first };
}

/** One way into each situation; a rule without a way does not compile. */
const SITUATIONS: {
  readonly [Id in keyof typeof RULES_OF_THE_WORKSPACE_API]: (world: WorkspaceWorld) => Promise<Outcome>;
} = {
  "credential-missing": async ({ ask, to }) =>
    alike([
      await ask(ME, { token: null }),
      await ask(ME, { token: null, headers: {} }),
      await ask(ME, { token: null, headers: { ...to, authorization: "Negotiate abc" } }),
      await ask("nonsense", { token: null }),
    ]),
  "token-invalid": async (world) => {
    const short = await token(world, { lifetime_seconds: 1 });
    const revoked = await token(world);
    const good = await token(world);
    await world.ask("token/delete", { method: "POST", body: { token_id: revoked.token_info.token_id } });
    world.clock.advance(1000);
    const cut = good.token_value.slice(0, -1);
    assert.equal((await world.ask(ME, { token: good.token_value })).status, 200);
    const tokens = [short.token_value, revoked.token_value, cut, `${good.token_value}0`, "dapi", "a.b.c"];
    return alike(await Promise.all(tokens.map((each) => world.ask(ME, { token: each }))));
  },
  "password-wrong": async ({ ask, administrator, to }) => {
    const known = basic(`${administrator.userName}:wrong`);
    const unknown = basic("nobody@x.org:wrong");
    const nul = basic(`${administrator.userName}\0:wrong`);
    const answers = [known, unknown].map((header) => ask(ME, { token: null, headers: { ...to, ...header } }));
    assert.equal((await ask(ME, { token: null, headers: { ...to, ...nul } })).status, 401);
    return alike(await Promise.all(answers));
  },
  "token-as-password": async (world) => {
    const { token_value } = await token(world);
    const headers = { ...world.to, ...basic(`token:${token_value}`) };
    assert.equal((await world.ask(ME, { token: null, headers })).status, 200);
    const path = `/api/2.0/accounts/${world.account}/workspaces`;
    const account = basic(`token:${world.administrator.token}`);
    assert.equal((await world.send({ path, token: null, headers: account })).statusCode, 200);
    return {};
  },
  "workspace-header": async ({ send, to, id }) => {
    for (const path of [`/api/2.0/${ME}`, "/api/2.0/permissions/jobs/1", "/api/2.9/x"])
      assert.equal((await send({ path, headers: to })).headers["x-databricks-org-id"], id, path);
    return {};
  },
  "workspace-not-named": async ({ ask }) => ({ answer: await ask(ME, { headers: {} }) }),
  "workspace-not-usable": async (world) => {
    const { credentials_id, storage_configuration_id } = (await world.done("GET", "workspaces"))[0];
    const { workspace_id: workspace } = await world.done("POST", "workspaces", {
      workspace_name: world.newName(),
      aws_region: "us-west-2",
      credentials_id,
      storage_configuration_id,
    });
    const headers = { "x-databricks-workspace-id": String(workspace) };
    return { answer: await world.ask(ME, { headers }), values: { workspace } };
  },
  "body-of-get": async ({ ask, call }) => {
    for (const body of ["{", '{"a":1}', "[]", "\u0000"]) {
      assert.equal((await ask(ME, { body })).status, 200);
      assert.equal((await call("GET", "workspaces", body)).status, 200);
    }
    return {};
  },
  "body-as-form": async ({ ask, to }) => {
    for (const type of [
      "application/x-www-form-urlencoded",
      "text/plain",
      "multipart/form-data; boundary=x",
    ]) {
      const headers = { ...to, "content-type": type };
      const { status, body } = await ask("token/create", {
        method: "POST",
        headers,
        body: '{"comment":"c"}',
      });
      assert.deepEqual([status, body.token_info.comment], [200, "c"], type);
      const form = await ask("token/create", { method: "POST", headers, body: "comment=c" });
      assert.deepEqual([form.status, form.body.error_code], [400, "MALFORMED_REQUEST"], type);
    }
    return {};
  },
  "address-unknown": async ({ send, to }) => {
    const answer = await send({ path: "/api/2.9/token/list?x=1", headers: to });
    return { answer: { status: answer.statusCode, body: answer.json() } };
  },
  telemetry: async ({ send, to }) => {
    const said = { uploadTime: 1, items: [], protoLogs: ["{}", "{}", "{}"] };
    for (const [body, numProtoSuccess] of [[said, 3] as const, [{}, 0] as const]) {
      const answer = await send({ method: "POST", path: "/telemetry-ext", headers: to, body });
      assert.deepEqual([answer.statusCode, answer.json()], [200, { errors: [], numProtoSuccess }]);
    }
    return {};
  },
  "token-introspected": async ({ ask, account, id }) => {
    const { status, body } = await ask("tokens/introspect");
    const scope = { account_id: account, workspace_id: Number(id) };
    assert.deepEqual([status, body], [200, { principal_context: { authentication_scope: scope } }]);
    return {};
  },
  "token-unknown": async (world) => {
    const { clientId } = world.administrator;
    const made = await world.ask("token-management/on-behalf-of/tokens", {
      method: "POST",
      body: { application_id: clientId },
    });
    const id = made.body.token_info.token_id;
    return {
      answer: await world.ask("token/delete", { method: "POST", body: { token_id: id } }),
      values: { token: id },
    };
  },
  "token-lifetime": async ({ ask }) => ({
    answer: await ask("token/create", { method: "POST", body: { lifetime_seconds: 730 * 86_400 + 1 } }),
  }),
  "tokens-disabled": (world) =>
    configured(world, { enableTokensConfig: "false" }, async () => ({
      answer: await world.ask("token/create", { method: "POST", body: {} }),
    })),
  "token-on-behalf": async ({ ask }) => ({
    answer: await ask("token-management/on-behalf-of/tokens", {
      method: "POST",
      body: { application_id: "nobody" },
    }),
  }),
  "ip-lists-off": async ({ ask, id }) => ({
    answer: await ask("ip-access-lists"),
    values: { workspace: id },
  }),
  "ip-lists-lock-out": (world) =>
    configured(world, { enableIpAccessLists: "true" }, async () => {
      const list = { label: "x", list_type: "ALLOW", ip_addresses: ["203.0.113.0/24"] };
      const answer = await world.ask("ip-access-lists", { method: "POST", body: list });
      assert.match(answer.body.message, /127\.0\.0\.1/);
      return { answer, values: { message: answer.body.message } };
    }),
  "ip-lists-many": (world) =>
    configured(world, { enableIpAccessLists: "true" }, async () => {
      const ip_addresses = Array.from({ length: 1001 }, (_, at) => `10.0.${at >> 8}.${at & 255}`);
      const list = { label: "x", list_type: "BLOCK", ip_addresses };
      return { answer: await world.ask("ip-access-lists", { method: "POST", body: list }) };
    }),
  "conf-unknown": async ({ ask }) => ({ answer: await ask("workspace-conf?keys=enableNothing") }),
  "setting-stale": async ({ call }) => {
    const path = "settings/types/acct_ip_acl_enable/names/default";
    const body = (etag: string) => ({
      allow_missing: true,
      field_mask: "acct_ip_acl_enable.value",
      setting: { setting_name: "default", acct_ip_acl_enable: { value: false }, etag },
    });
    const { status, body: refused } = await call("PATCH", path, body("stale"));
    assert.deepEqual([status, typeof refused.details[0].metadata.etag], [409, "string"]);
    assert.equal((await call("PATCH", path, body(refused.details[0].metadata.etag))).status, 200);
    return {};
  },
  "permissions-unknown-object": async ({ ask }) =>
    alike([await ask("permissions/jobs/1"), await ask("preview/permissions/jobs/1")]),
  "permissions-unknown-principal": async ({ ask }) => ({
    answer: await ask("permissions/authorization/tokens", {
      method: "PATCH",
      body: { access_control_list: [{ user_name: "nobody@x.org", permission_level: "CAN_USE" }] },
    }),
  }),
  "permissions-level": async ({ ask }) => ({
    answer: await ask("permissions/authorization/tokens", {
      method: "PUT",
      body: { access_control_list: [{ group_name: "users", permission_level: "IS_OWNER" }] },
    }),
  }),
  "assignment-unknown": async ({ call, ask, id }) =>
    alike([
      await call("PUT", `workspaces/${id}/permissionassignments/principals/1`, { permissions: ["USER"] }),
      await ask("preview/permissionassignments/principals/1", {
        method: "PUT",
        body: { permissions: ["USER"] },
      }),
    ]),
  "assignment-level": async ({ call, id, store, account, administrator }) => {
    const user = await store.principals.named(accountId(account), "user", administrator.userName);
    const path = `workspaces/${id}/permissionassignments/principals/${user?.id}`;
    return { answer: await call("PUT", path, { permissions: ["OWNER"] }) };
  },
  "assignment-by-name": async ({ ask, call }) => {
    await call("POST", "scim/v2/Users", { userName: "late@x.org" });
    const permissions = ["USER"];
    const { status, body } = await ask("preview/permissionassignments", {
      method: "POST",
      body: {
        permission_assignments: [
          { user_name: "nobody@x.org", permissions },
          { user_name: "late@x.org", permissions },
        ],
      },
    });
    const [nobody, late] = body.permission_assignments;
    assert.deepEqual([status, "error" in nobody, "error" in late], [200, true, false]);
    assert.deepEqual(late.permissions, permissions);
    return {};
  },
};

describe("databricks-workspace-api.md on who calls, tokens, settings and permissions", () => {
  it("holds row by row", async (t) => {
    const world = await workspaceWorld(t);
    for (const id of Object.keys(SITUATIONS) as (keyof typeof SITUATIONS)[]) {
      const rule = RULES_OF_THE_WORKSPACE_API[id];
      await t.test(`${rule.source}: ${rule.condition}`, async () => {
        await assertOutcome(world, rule, await SITUATIONS[id](world));
      });
    }
  });
});
