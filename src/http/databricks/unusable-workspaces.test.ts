import assert from "node:assert/strict";
import { test } from "node:test";
import { type TwoAccounts, twoAccounts } from "../../../test/support/two-accounts.ts";
import type { AnyDatabricksOperation } from "../../contract/databricks/operation.ts";
import { DATABRICKS_WORKSPACE_OPERATIONS } from "../../contract/databricks-workspace/operations.ts";
import { accountObjectChange } from "../../core/account-object/ties.ts";
import { accountObjectId } from "../../core/ids.ts";
import type { Workspace, WorkspaceState } from "../../core/workspace/workspace.ts";

const OPERATIONS: readonly AnyDatabricksOperation[] = Object.values(DATABRICKS_WORKSPACE_OPERATIONS);

/** What the vendor's Python and Go clients try again for (databricks-account-api.md A14). */
const TRANSIENT = /does not have any associated worker environments/;

async function put(
  { http, workspaces }: TwoAccounts,
  state: WorkspaceState,
  change: Partial<Workspace> = {},
) {
  const workspace = await http.store.accountObjects.workspace(accountObjectId(workspaces.here));
  assert.ok(workspace);
  const next = { ...workspace, state, body: { ...workspace.body, ...change } };
  await http.store.commit([accountObjectChange(next)]);
}

const STATES: readonly { state: WorkspaceState; change: Partial<Workspace>; says: RegExp }[] = [
  { state: "PROVISIONING", change: { hasRun: false, step: "network" }, says: TRANSIENT },
  {
    state: "FAILED",
    change: { hasRun: false, step: "network" },
    says: /is FAILED.*workspace_status_message/,
  },
  { state: "FAILED", change: { hasRun: true, step: "network" }, says: /is FAILED.*PATCH/ },
  { state: "CANCELLING", change: { step: null }, says: /is being deleted\.$/ },
];

for (const { state, change, says } of STATES) {
  test(`no route of a workspace that is ${state}, ${change.hasRun === true ? "having run" : "never run"}, answers`, async (t) => {
    const world = await twoAccounts(t);
    const { here } = world.workspaces;
    await put(world, state, change);
    const paths = OPERATIONS.flatMap(({ method, path, aliases = [] }) =>
      [path, ...aliases].map((each) => ({ method, path: each.replace(/\{\w+\}/g, "0") })),
    );
    for (const { method, path } of [...paths, { method: "GET", path: "/api/2.0/nonsense" } as const]) {
      const ask = (token: string | null) =>
        world.http.send({ method, path: `${path}?o=${here}`, body: "{", token });
      const member = await ask(world.tokens.adminHere);
      assert.deepEqual(
        [member.statusCode, member.json().error_code],
        [state === "PROVISIONING" ? 400 : 409, "INVALID_STATE"],
        `${method} ${path}`,
      );
      assert.match(member.json().message, says);
      assert.equal(TRANSIENT.test(member.json().message), state === "PROVISIONING");
      assert.equal((await ask(world.tokens.stranger)).statusCode, 403, `${method} ${path}`);
      assert.equal((await ask(null)).statusCode, 401, `${method} ${path}`);
    }
  });
}

test("a workspace that has run answers while it is provisioned anew, and one that is gone answers nobody", async (t) => {
  const world = await twoAccounts(t);
  const { http, workspaces, tokens } = world;
  const me = (token: string) =>
    http.send({ path: `/api/2.0/preview/scim/v2/Me?o=${workspaces.here}`, token });
  await put(world, "PROVISIONING", { step: "network" });
  assert.equal((await me(tokens.adminHere)).statusCode, 200);

  await http.provision();
  const path = `/api/2.0/accounts/${http.account}/workspaces/${workspaces.here}`;
  assert.equal((await http.send({ method: "DELETE", path })).statusCode, 200);
  assert.match((await me(tokens.admin)).json().message, /is being deleted/);
  await http.provision();
  assert.deepEqual(
    [(await me(tokens.adminHere)).statusCode, (await me(tokens.admin)).statusCode],
    // The token went with its workspace; the account's administrator is told what a stranger is.
    [401, 403],
  );
  assert.match((await me(tokens.admin)).json().message, /is not a member of workspace/);
});

test("clients sign in to a workspace that is still being made, so that their calls succeed once it runs", async (t) => {
  const world = await twoAccounts(t);
  await put(world, "PROVISIONING", { hasRun: false, step: "network" });
  const { clientId, clientSecret } = world.http.administrator;
  const headers = { host: "here.example.com" };
  const discovery = await world.http.send({
    path: "/oidc/.well-known/oauth-authorization-server",
    token: null,
    headers,
  });
  assert.equal(discovery.statusCode, 200);
  const granted = await world.http.send({
    method: "POST",
    path: "/oidc/v1/token",
    token: null,
    headers: {
      ...headers,
      "content-type": "application/x-www-form-urlencoded",
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`,
    },
    body: "grant_type=client_credentials&scope=all-apis",
  });
  const token: string = granted.json().access_token;
  const me = () => world.http.send({ path: "/api/2.0/preview/scim/v2/Me", token, headers });
  assert.match((await me()).json().message, TRANSIENT);
  await world.http.provision();
  assert.equal((await me()).statusCode, 200);
});
