import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type DatabricksHttp, databricksHttp } from "../../../test/support/databricks-http.ts";
import { testIssuer } from "../../../test/support/test-issuer.ts";
import { accountId } from "../../core/ids.ts";

const INLINE = {
  issuer: "https://idp.example.com",
  jwks_json: '{"keys":[{"kty":"RSA","n":"x","e":"AQAB"}]}',
};

async function withPaths(t: TestContext) {
  const http = await databricksHttp(t);
  const { clientId } = http.administrator;
  const found = await http.store.principals.named(accountId(http.account), "service-principal", clientId);
  const account = `/api/2.0/accounts/${http.account}`;
  return {
    http,
    id: found?.id ?? assert.fail(),
    account: `${account}/federationPolicies`,
    principal: `${account}/servicePrincipals/${found?.id}/federationPolicies`,
  };
}

async function make(http: DatabricksHttp, path: string, body: object) {
  const answer = await http.send({ method: "POST", path, body });
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json();
}

test("a policy of the account is read as it was written, listed, changed and deleted", async (t) => {
  const { http, account: path } = await withPaths(t);
  assert.deepEqual((await http.send({ path })).json(), {});
  const policy = {
    description: "ours",
    oidc_policy: { ...INLINE, audiences: ["a", "b"], subject_claim: "email" },
  };
  const made = await make(http, `${path}?policy_id=our-idp`, policy);
  const { uid, create_time, update_time, ...shown } = made;
  assert.deepEqual(shown, {
    name: `accounts/${http.account}/federationPolicies/our-idp`,
    policy_id: "our-idp",
    ...policy,
  });
  assert.match(uid, /^[0-9a-f-]{36}$/);
  assert.equal(create_time, update_time);
  assert.deepEqual((await http.send({ path: `${path}/our-idp` })).json(), made);
  assert.deepEqual((await http.send({ path })).json(), { policies: [made] });

  http.clock.advance(1000);
  const changed = await http.send({
    method: "PATCH",
    path: `${path}/our-idp`,
    body: { oidc_policy: { audiences: ["c"] } },
  });
  assert.deepEqual(changed.json(), {
    ...made,
    oidc_policy: { ...policy.oidc_policy, audiences: ["c"] },
    update_time: "2026-01-01T00:00:01.000Z",
  });
  assert.equal((await http.send({ method: "DELETE", path: `${path}/our-idp` })).body, "{}");
  const gone = await http.send({ path: `${path}/our-idp` });
  assert.deepEqual([gone.statusCode, gone.json().error_code], [404, "RESOURCE_DOES_NOT_EXIST"]);
});

test("a policy of a service principal names it, and goes with it; its id is the server's where none is given", async (t) => {
  const { http, id, principal: path, account } = await withPaths(t);
  const made = await make(http, path, { oidc_policy: { ...INLINE, subject: "repo:me/it" } });
  assert.equal(made.policy_id, made.uid);
  assert.equal(made.service_principal_id, Number(id));
  assert.equal(made.name, `accounts/${http.account}/servicePrincipals/${id}/federationPolicies/${made.uid}`);
  // The same id may be the account's too: they are two collections.
  await make(http, `${account}?policy_id=${made.uid}`, { oidc_policy: INLINE });
  assert.equal((await http.send({ path: `${account}/${made.uid}` })).json().service_principal_id, undefined);

  const scim = `/api/2.0/accounts/${http.account}/scim/v2/ServicePrincipals`;
  const other = (await http.send({ method: "POST", path: scim, body: { displayName: "ci" } })).json();
  const others = path.replace(id, other.id);
  const kept = await make(http, others, { oidc_policy: { ...INLINE, subject: "x" } });
  assert.equal((await http.send({ method: "DELETE", path: `${scim}/${other.id}` })).statusCode, 204);
  assert.equal((await http.send({ path: `${others}/${kept.uid}` })).statusCode, 404);
  assert.deepEqual(await http.store.federationPolicies.of(accountId(http.account), other.id), []);
});

test("an id may have slashes, which a path says encoded", async (t) => {
  const { http, account: path } = await withPaths(t);
  const made = await make(http, `${path}?policy_id=team/ci`, { oidc_policy: INLINE });
  assert.equal(made.name, `accounts/${http.account}/federationPolicies/team/ci`);
  assert.deepEqual((await http.send({ path: `${path}/team%2Fci` })).json(), made);
  assert.equal((await http.send({ method: "DELETE", path: `${path}/team%2Fci` })).statusCode, 200);
  assert.deepEqual((await http.send({ path })).json(), {});
});

test("a mask says what is changed, and what it names and the body does not is cleared", async (t) => {
  const { http, account: path } = await withPaths(t);
  const { policy_id: id } = await make(http, path, {
    description: "before",
    oidc_policy: { ...INLINE, audiences: ["a"], subject_claim: "email" },
  });
  const change = async (mask: string, body: object) => {
    const query = `update_mask=${encodeURIComponent(mask)}`;
    const { statusCode, ...answer } = await http.send({
      method: "PATCH",
      path: `${path}/${id}?${query}`,
      body,
    });
    const { description, oidc_policy, message } = answer.json();
    return [statusCode, description, oidc_policy ?? message];
  };
  const given = { description: "after", oidc_policy: { audiences: ["b"] } };
  assert.deepEqual(await change("description,oidc_policy.subject_claim", given), [
    200,
    "after",
    { ...INLINE, audiences: ["a"] },
  ]);
  assert.deepEqual(await change("*", { oidc_policy: INLINE }), [200, undefined, INLINE]);
  const [cleared] = await change("oidc_policy.issuer", given);
  assert.equal(cleared, 400);
  const [status, , message] = await change("description,uid", given);
  assert.equal(status, 400);
  assert.match(message, /update_mask: 'uid' is none of description,/);
});

const REFUSED = [
  ["no issuer", "", { oidc_policy: {} }, /oidc_policy.issuer: '' is not/],
  ["no policy", "", {}, /Missing required field: oidc_policy/],
  ["an issuer without TLS", "", { oidc_policy: { issuer: "http://idp.example.com" } }, /not an https/],
  [
    "an issuer with a password",
    "",
    { oidc_policy: { issuer: "https://a:b@idp.example.com" } },
    /not an https/,
  ],
  ["an issuer with a query", "", { oidc_policy: { issuer: "https://idp.example.com?x" } }, /not an https/],
  ["keys in two ways", "", { oidc_policy: { ...INLINE, jwks_uri: "https://x.example.com" } }, /not both/],
  [
    "keys in a file",
    "",
    { oidc_policy: { issuer: "https://x.io", jwks_uri: "file:///etc/passwd" } },
    /not an https/,
  ],
  ["keys that are no JSON", "", { oidc_policy: { ...INLINE, jwks_json: "{" } }, /not a JSON Web Key Set/],
  ["no keys", "", { oidc_policy: { ...INLINE, jwks_json: '{"keys":[]}' } }, /not a JSON Web Key Set/],
  [
    "a private key",
    "",
    { oidc_policy: { ...INLINE, jwks_json: '{"keys":[{"kty":"RSA","n":"x","e":"AQAB","d":"s"}]}' } },
    /key 0 is a secret one/,
  ],
  [
    "a shared secret",
    "",
    { oidc_policy: { ...INLINE, jwks_json: '{"keys":[{"kty":"oct","k":"s"}]}' } },
    /key 0 is a secret one/,
  ],
  [
    "an empty audience",
    "",
    { oidc_policy: { ...INLINE, audiences: [""] } },
    /audiences must not hold an empty text/,
  ],
  [
    "a subject",
    "",
    { oidc_policy: { ...INLINE, subject: "x" } },
    /subject goes with the policy of a service/,
  ],
  ["an id in capitals", "policy_id=Mine", { oidc_policy: INLINE }, /policy_id: 'Mine' is not one/],
  ["an id of one letter", "policy_id=a", { oidc_policy: INLINE }, /policy_id: 'a' is not one/],
  [
    "the name of another",
    "policy_id=mine",
    { name: "x", oidc_policy: INLINE },
    /name: 'x' is not accounts\//,
  ],
] as const;

test("a policy that cannot be meant is refused with the member at fault", async (t) => {
  const { http, account } = await withPaths(t);
  for (const [what, query, body, message] of REFUSED) {
    const answer = await http.send({ method: "POST", path: `${account}?${query}`, body });
    assert.deepEqual([answer.statusCode, answer.json().error_code], [400, "INVALID_PARAMETER_VALUE"], what);
    assert.match(answer.json().message, message, what);
  }
  assert.deepEqual((await http.send({ path: account })).json(), {});
});

test("a service principal's policy needs a subject, and a service principal", async (t) => {
  const { http, id, principal: path } = await withPaths(t);
  const answer = await http.send({ method: "POST", path, body: { oidc_policy: INLINE } });
  assert.deepEqual(
    [answer.statusCode, answer.json().message],
    [400, "Missing required field: oidc_policy.subject"],
  );
  const body = { oidc_policy: { ...INLINE, subject: "x" } };
  for (const method of ["GET", "POST"] as const) {
    const nobody = await http.send({
      method,
      path: path.replace(id, "1"),
      ...(method === "POST" && { body }),
    });
    assert.deepEqual([nobody.statusCode, nobody.json().error_code], [404, "RESOURCE_DOES_NOT_EXIST"]);
  }
});

test("an id is given once, and twenty are the limit, also to those who ask at one time", async (t) => {
  const { http, account, principal } = await withPaths(t);
  for (const [path, extra] of [
    [account, {}],
    [principal, { subject: "x" }],
  ] as const) {
    const body = { oidc_policy: { ...INLINE, ...extra } };
    const twice = await Promise.all(
      [1, 2].map(() => http.send({ method: "POST", path: `${path}?policy_id=same`, body })),
    );
    assert.deepEqual(twice.map((answer) => answer.json().error_code).sort(), [
      "RESOURCE_ALREADY_EXISTS",
      undefined,
    ]);
    const asked = await Promise.all(
      Array.from({ length: 21 }, (_, index) =>
        http.send({ method: "POST", path: `${path}?policy_id=number-${index}`, body }),
      ),
    );
    const failed = asked.filter(({ statusCode }) => statusCode !== 200);
    assert.deepEqual(
      failed.map((answer) => [answer.statusCode, answer.json().error_code]),
      [1, 2].map(() => [400, "QUOTA_EXCEEDED"]),
    );
    assert.equal((await http.send({ path })).json().policies.length, 20);
  }
});

test("an issuer that cannot be asked for its keys is refused when the policy is written", async (t) => {
  const { http, account: path } = await withPaths(t);
  const idp = await testIssuer(t);
  const { policy_id: id } = await make(http, path, { oidc_policy: { issuer: idp.issuer } });
  const { policy_id: inline } = await make(http, path, { oidc_policy: INLINE });
  assert.deepEqual(idp.asked, ["/.well-known/openid-configuration", "/keys"]);
  idp.instead.set("/.well-known/openid-configuration", (response) => response.writeHead(500).end());
  for (const request of [
    { method: "POST", path, body: { oidc_policy: { issuer: idp.issuer } } },
    {
      method: "PATCH",
      path: `${path}/${inline}`,
      body: { oidc_policy: { issuer: idp.issuer, jwks_json: "" } },
    },
  ] as const) {
    const answer = await http.send(request);
    assert.deepEqual(
      [answer.statusCode, answer.json().message],
      [400, `Unable to load valid OpenID configuration for issuer '${idp.issuer}': it answered HTTP 500.`],
    );
  }
  // What has nothing to do with its keys can be changed nonetheless.
  const other = {
    method: "PATCH",
    path: `${path}/${id}`,
    body: { oidc_policy: { audiences: ["x"] } },
  } as const;
  assert.equal((await http.send(other)).statusCode, 200);
});
