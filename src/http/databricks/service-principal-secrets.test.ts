import assert from "node:assert/strict";
import { test } from "node:test";
import { type DatabricksHttp, databricksHttp } from "../../../test/support/databricks-http.ts";
import { accountId } from "../../core/ids.ts";

async function secretsPath(http: DatabricksHttp): Promise<string> {
  const { clientId } = http.administrator;
  const found = await http.store.principals.named(accountId(http.account), "service-principal", clientId);
  return `/api/2.0/accounts/${http.account}/servicePrincipals/${found?.id}/credentials/secrets`;
}

test("a secret is shown once; its hash is listed, and five are the limit", async (t) => {
  const http = await databricksHttp(t);
  const path = await secretsPath(http);
  const made = (
    await http.send({ method: "POST", path, body: { lifetime: "3600s", scopes: ["all-apis"] } })
  ).json();
  assert.match(made.secret, /^dose[0-9a-f]{32}$/);
  assert.equal(Date.parse(made.expire_time) - Date.parse(made.create_time), 3_600_000);
  const { secret, ...shown } = made;
  const listed = (await http.send({ path })).json().secrets;
  assert.deepEqual(
    listed.find(({ id }: { id: string }) => id === made.id),
    shown,
  );
  assert.doesNotMatch(JSON.stringify(listed), new RegExp(secret));
  // One came with the account; of those that ask at one time for the rest, not one too many gets one.
  const asked = await Promise.all(Array.from({ length: 5 }, () => http.send({ method: "POST", path })));
  assert.deepEqual(asked.map(({ statusCode }) => statusCode).sort(), [200, 200, 200, 400, 400]);
  const all = (await http.send({ path })).json();
  assert.deepEqual([all.secrets.length, all.next_page_token], [5, undefined]);
  const paged: object[] = [];
  let token = "";
  do {
    const page = (await http.send({ path: `${path}?page_size=2&page_token=${token}` })).json();
    paged.push(...page.secrets);
    assert.ok(page.secrets.length <= 2);
    token = page.next_page_token ?? "";
  } while (token !== "");
  assert.deepEqual(paged, all.secrets);
  const wrong = await http.send({ path: `${path}?page_token=nonsense` });
  assert.deepEqual([wrong.statusCode, wrong.json().error_code], [400, "INVALID_PARAMETER_VALUE"]);
  assert.doesNotMatch(JSON.stringify(http.audit), new RegExp(secret));
});

test("a lifetime that is none, and a principal or a secret that is not there, are refused", async (t) => {
  const http = await databricksHttp(t);
  const path = await secretsPath(http);
  for (const lifetime of ["", "1", "0s", "-5s", "63072001s", "1h", "1e3s"]) {
    const answer = await http.send({ method: "POST", path, body: { lifetime } });
    assert.deepEqual(
      [answer.statusCode, answer.json().error_code],
      [400, "INVALID_PARAMETER_VALUE"],
      lifetime,
    );
  }
  for (const scopes of [["sql"], ["all-apis", "sql"], []]) {
    const answer = await http.send({ method: "POST", path, body: { scopes } });
    assert.deepEqual([answer.statusCode, answer.json().error_code], [400, "INVALID_PARAMETER_VALUE"]);
    assert.match(answer.json().message, /^scopes: a secret is for all-apis/);
  }
  const nobody = await http.send({ path: path.replace(/\d+\/credentials/, "1/credentials") });
  assert.deepEqual([nobody.statusCode, nobody.json().error_code], [404, "RESOURCE_DOES_NOT_EXIST"]);
  const gone = await http.send({ method: "DELETE", path: `${path}/nothing` });
  assert.deepEqual([gone.statusCode, gone.json().error_code], [404, "RESOURCE_DOES_NOT_EXIST"]);
});
