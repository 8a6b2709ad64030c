import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type DatabricksHttp, databricksHttp } from "../../../test/support/databricks-http.ts";
import { runningWorkspaces } from "../../../test/support/databricks-workspaces.ts";

/** How a request may name a workspace: databricks-account-api.md A12. `{sales}` and `{other}` are ids. */
interface Named {
  readonly host?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const NAMES = ["sales", "other"] as const;
const HEADER = "x-databricks-workspace-id";
const OLD_HEADER = "x-databricks-org-id";

async function withWorkspaces(t: TestContext) {
  const http = await databricksHttp(t);
  const ids = await runningWorkspaces(http, NAMES);
  const filled = (text: string) =>
    text.replace(/\{(sales|other)\}/g, (_whole, name: keyof typeof ids) => ids[name]);
  const ask = (token: string | null, { host = "127.0.0.1:7070", query = "", headers = {} }: Named) =>
    http.send({
      path: `/api/2.0/preview/scim/v2/Me${filled(query)}`,
      token,
      headers: {
        host,
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, filled(value)])),
      },
    });
  const tokenOf = async (workspace: string) => {
    const path = "/api/2.0/token/create";
    const made = await http.send({ method: "POST", path, body: {}, headers: { [HEADER]: workspace } });
    return String(made.json().token_value);
  };
  return { http, ids, ask, salesToken: await tokenOf(ids.sales) };
}

/** Which workspace answered, by the header that each answer of one has; else the code of the refusal. */
function outcome(
  ids: Readonly<Record<string, string>>,
  answer: Awaited<ReturnType<DatabricksHttp["send"]>>,
): string {
  if (answer.statusCode !== 200) return answer.json().error_code ?? `SCIM ${answer.json().status}`;
  const id = answer.headers["x-databricks-org-id"];
  return Object.entries(ids).find(([, each]) => each === id)?.[0] ?? `workspace ${id}`;
}

test("a request names its workspace by Host, header, ?o= or token, and they must agree", async (t) => {
  const { http, ids, ask, salesToken } = await withWorkspaces(t);
  const account = http.administrator.token;
  const cases: [string, Named, forAccount: string, forSalesToken: string][] = [
    ["nothing", {}, "INVALID_PARAMETER_VALUE", "sales"],
    ["a Host below the domain", { host: "sales.example.com" }, "sales", "sales"],
    ["one in capitals", { host: "SALES.Example.COM" }, "sales", "sales"],
    ["one with a port", { host: "sales.example.com:8443" }, "sales", "sales"],
    ["one with the root's dot", { host: "sales.example.com." }, "sales", "sales"],
    ["one with both", { host: "sales.example.com.:8443" }, "sales", "sales"],
    [
      "a Host that is no deployment",
      { host: "nobody.example.com" },
      "PERMISSION_DENIED",
      "PERMISSION_DENIED",
    ],
    ["the domain itself", { host: "example.com" }, "INVALID_PARAMETER_VALUE", "sales"],
    ["the account's Host", { host: "accounts.example.com" }, "INVALID_PARAMETER_VALUE", "sales"],
    ["a Host two labels below", { host: "a.sales.example.com" }, "INVALID_PARAMETER_VALUE", "sales"],
    ["a foreign Host", { host: "sales.evil.test" }, "INVALID_PARAMETER_VALUE", "sales"],
    [
      "a foreign Host with the domain in it",
      { host: "sales.example.com.evil.test" },
      "INVALID_PARAMETER_VALUE",
      "sales",
    ],
    [
      "a name that ends like the domain",
      { host: "sales.notexample.com" },
      "INVALID_PARAMETER_VALUE",
      "sales",
    ],
    ["an IPv6 Host", { host: "[::1]:7070" }, "INVALID_PARAMETER_VALUE", "sales"],
    ["the header", { headers: { [HEADER]: "{sales}" } }, "sales", "sales"],
    ["the header in capitals", { headers: { "X-DATABRICKS-WORKSPACE-ID": "{sales}" } }, "sales", "sales"],
    ["the older header", { headers: { [OLD_HEADER]: "{sales}" } }, "sales", "sales"],
    ["a header without a value", { headers: { [HEADER]: "" } }, "INVALID_PARAMETER_VALUE", "sales"],
    [
      "a header of no workspace",
      { headers: { [HEADER]: "12345" } },
      "PERMISSION_DENIED",
      "PERMISSION_DENIED",
    ],
    [
      "a header that is no id",
      { headers: { [HEADER]: "{sales}'--" } },
      "PERMISSION_DENIED",
      "PERMISSION_DENIED",
    ],
    [
      "two ids in one header",
      { headers: { [HEADER]: "{sales}, {other}" } },
      "PERMISSION_DENIED",
      "PERMISSION_DENIED",
    ],
    ["?o=", { query: "?o={sales}" }, "sales", "sales"],
    ["?o= among others", { query: "?attributes=userName&o={sales}" }, "sales", "sales"],
    ["?o= without a value", { query: "?o=" }, "INVALID_PARAMETER_VALUE", "sales"],
    ["?o= twice", { query: "?o={sales}&o={other}" }, "PERMISSION_DENIED", "PERMISSION_DENIED"],
    ["?o= of no workspace", { query: "?o=12345" }, "PERMISSION_DENIED", "PERMISSION_DENIED"],
    [
      "all of them, which agree",
      {
        host: "sales.example.com",
        headers: { [HEADER]: "{sales}", [OLD_HEADER]: "{sales}" },
        query: "?o={sales}",
      },
      "sales",
      "sales",
    ],
    ["another than the token's, by Host", { host: "other.example.com" }, "other", "PERMISSION_DENIED"],
    [
      "another than the token's, by header",
      { headers: { [HEADER]: "{other}" } },
      "other",
      "PERMISSION_DENIED",
    ],
    ["another than the token's, by ?o=", { query: "?o={other}" }, "other", "PERMISSION_DENIED"],
    [
      "Host against header",
      { host: "sales.example.com", headers: { [HEADER]: "{other}" } },
      "PERMISSION_DENIED",
      "PERMISSION_DENIED",
    ],
    [
      "Host against ?o=",
      { host: "sales.example.com", query: "?o={other}" },
      "PERMISSION_DENIED",
      "PERMISSION_DENIED",
    ],
    [
      "header against ?o=",
      { headers: { [HEADER]: "{sales}" }, query: "?o={other}" },
      "PERMISSION_DENIED",
      "PERMISSION_DENIED",
    ],
    [
      "header against header",
      { headers: { [HEADER]: "{sales}", [OLD_HEADER]: "{other}" } },
      "PERMISSION_DENIED",
      "PERMISSION_DENIED",
    ],
    // Nobody but a trusted proxy says what the client's Host was.
    [
      "a forwarded Host",
      { headers: { "x-forwarded-host": "sales.example.com" } },
      "INVALID_PARAMETER_VALUE",
      "sales",
    ],
  ];
  for (const [what, named, forAccount, forSalesToken] of cases) {
    assert.equal(outcome(ids, await ask(account, named)), forAccount, `${what}, with a token of the account`);
    assert.equal(outcome(ids, await ask(salesToken, named)), forSalesToken, `${what}, with a token of sales`);
    assert.equal((await ask(null, named)).statusCode, 401, `${what}, without a credential`);
  }
});

test("a refusal says which names do not agree, and what a workspace's token opens", async (t) => {
  const { http, ids, ask, salesToken } = await withWorkspaces(t);
  const message = async (token: string, named: Named) => (await ask(token, named)).json().message;
  const user = http.administrator.userName;
  assert.equal(
    await message(http.administrator.token, {
      host: "sales.example.com",
      headers: { [HEADER]: "{other}" },
      query: "?o=5",
    }),
    `The request names its workspace in more than one way, by address, headers or ?o=: ${ids.other}, 5, sales. They have to name one, of which ${user} is a member.`,
  );
  const elsewhere = (place: string) =>
    `This token of ${user} opens workspace ${ids.sales} alone, not ${place}: use a credential of the account.`;
  assert.equal(await message(salesToken, { query: "?o={other}" }), elsewhere(`workspace ${ids.other}`));
  assert.equal(await message(salesToken, { query: "?o=5" }), elsewhere("workspace 5"));
  for (const account of [http.account, "11111111-2222-3333-4444-555555555555"]) {
    const answer = await http.send({ path: `/api/2.0/accounts/${account}/workspaces`, token: salesToken });
    assert.deepEqual(
      [answer.statusCode, answer.json()],
      [403, { error_code: "PERMISSION_DENIED", message: elsewhere(`account ${account}`) }],
    );
  }
});

test("discovery says account, or workspace, by the same rules", async (t) => {
  const { http, ids } = await withWorkspaces(t);
  const discover = async (host: string, headers = {}) => {
    const path = "/.well-known/databricks-config";
    return (await http.send({ path, token: null, headers: { host, ...headers } })).json();
  };
  for (const host of ["127.0.0.1:7070", "accounts.example.com", "example.com", "foreign.test"]) {
    const { host_type, workspace_id, oidc_endpoint } = await discover(host);
    assert.deepEqual(
      { host_type, workspace_id, oidc_endpoint },
      {
        host_type: "account",
        workspace_id: undefined,
        oidc_endpoint: `http://${host}/oidc/accounts/{account_id}`,
      },
    );
  }
  const there = await discover("Sales.example.com:8443");
  assert.deepEqual([there.host_type, there.workspace_id], ["workspace", ids.sales]);
  const byHeader = await discover("127.0.0.1:7070", { [HEADER]: ids.sales });
  assert.deepEqual([byHeader.host_type, byHeader.workspace_id], ["workspace", ids.sales]);
});

test("no workspace is deployed under the account's own host name", async (t) => {
  const http = await databricksHttp(t);
  await assert.rejects(
    runningWorkspaces(http, ["Accounts"]),
    /deployment_name 'Accounts' is the account's own: give another one/,
  );
});
