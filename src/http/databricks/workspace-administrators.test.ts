import assert from "node:assert/strict";
import { test } from "node:test";
import { databricksHttp } from "../../../test/support/databricks-http.ts";
import { runningWorkspaces } from "../../../test/support/databricks-workspaces.ts";
import { storedToken } from "../../../test/support/two-accounts.ts";
import { accountId, principalId } from "../../core/ids.ts";

test("the creator and the administrators of admin.env administer a workspace at once, and nobody else", async (context) => {
  const http = await databricksHttp(context);
  const account = accountId(http.account);
  const administrator = async (userName: string) => {
    const { id } = (
      await http.send({
        method: "POST",
        path: `/api/2.0/accounts/${account}/scim/v2/Users`,
        body: { userName, roles: [{ value: "account_admin" }] },
      })
    ).json();
    return { id, token: await storedToken(http, { account, principal: principalId(id) }) };
  };
  const creator = await administrator("creator@example.com");
  const other = await administrator("other@example.com");
  const asCreator = {
    ...http,
    send: (request: Parameters<typeof http.send>[0]) => http.send({ token: creator.token, ...request }),
  };
  const { Sales } = await runningWorkspaces(asCreator, ["Sales"]);

  const answer = await http.send({
    path: `/api/2.0/accounts/${account}/workspaces/${Sales}/permissionassignments`,
  });
  const { permission_assignments: assigned } = answer.json();
  const names = assigned.map(
    ({ principal, permissions }: { principal: Record<string, string>; permissions: string[] }) =>
      `${principal.user_name ?? principal.service_principal_name} ${permissions}`,
  );
  const { userName, clientId, token } = http.administrator;
  assert.deepEqual(
    new Set(names),
    new Set(["creator@example.com ADMIN", `${userName} ADMIN`, `${clientId} ADMIN`]),
  );
  const administers = async (bearer: string) => {
    const headers = { "x-databricks-workspace-id": Sales };
    return (await http.send({ path: "/api/2.0/token-management/tokens", headers, token: bearer })).statusCode;
  };
  const basic = `Basic ${Buffer.from(`${clientId}:${http.administrator.clientSecret}`).toString("base64")}`;
  const oauth = await http.app.inject({
    method: "POST",
    url: `/oidc/accounts/${account}/v1/token`,
    headers: { authorization: basic, "content-type": "application/x-www-form-urlencoded" },
    payload: "grant_type=client_credentials&scope=all-apis",
  });
  assert.deepEqual(
    [
      await administers(creator.token),
      await administers(token),
      await administers(oauth.json().access_token),
      await administers(other.token),
    ],
    [200, 200, 200, 403],
  );
});
