import assert from "node:assert/strict";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { freePort } from "../../../test/support/free-port.ts";
import type { Authority } from "./authority.ts";
import { signInByBrowser } from "./browser-sign-in.ts";

/** An authorization server's token endpoint, which keeps the forms that it is sent. */
async function tokenEndpoint(t: TestContext): Promise<{ authority: Authority; forms: URLSearchParams[] }> {
  const forms: URLSearchParams[] = [];
  const server = createServer(async (request, response) => {
    forms.push(new URLSearchParams(await text(request)));
    response.end(JSON.stringify({ access_token: "a", refresh_token: "r", expires_in: 60 }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const host = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const authority = {
    host,
    accountId: null,
    workspaceId: null,
    issuer: `${host}/oidc`,
    authorizationEndpoint: `${host}/oidc/v1/authorize`,
    tokenEndpoint: `${host}/token`,
    revocationEndpoint: null,
  };
  return { authority, forms };
}

/** Signs in with a browser that comes back with these parameters, made of the address that it was shown. */
async function signIn(
  authority: Authority,
  answer: (asked: URLSearchParams) => Record<string, string>,
  before?: string,
) {
  return signInByBrowser({
    authority,
    ports: [await freePort()],
    timeoutMs: 20_000,
    signal: new AbortController().signal,
    async show(url) {
      const asked = new URL(url).searchParams;
      const redirect = asked.get("redirect_uri") ?? "";
      if (before !== undefined) assert.equal((await fetch(redirect + before)).status, 404);
      await (await fetch(`${redirect}/?${new URLSearchParams(answer(asked))}`)).text();
    },
  });
}

const state = (asked: URLSearchParams) => asked.get("state") ?? "";

test("a browser that comes back with a code brings tokens; what else it asks for is nothing", async (t) => {
  const { authority, forms } = await tokenEndpoint(t);
  let challenge: string | null = null;
  const answer = await signIn(
    authority,
    (asked) => {
      challenge = asked.get("code_challenge");
      assert.equal(asked.get("code_challenge_method"), "S256");
      assert.equal(asked.get("scope"), "all-apis offline_access");
      return { code: "c", state: state(asked), iss: authority.issuer };
    },
    "/favicon.ico",
  );
  assert.deepEqual(answer, { accessToken: "a", refreshToken: "r", expiresInSeconds: 60 });
  const [form] = forms;
  assert.deepEqual([forms.length, form?.get("code"), form?.get("client_id")], [1, "c", "databricks-cli"]);
  const verifier = new TextEncoder().encode(form?.get("code_verifier") ?? "");
  const digest = Buffer.from(await crypto.subtle.digest("SHA-256", verifier)).toString("base64url");
  assert.equal(digest, challenge);
});

for (const [what, answer, message] of [
  ["another state", () => ({ code: "c", state: "x" }), /another sign-in/],
  ["no state", () => ({ code: "c" }), /another sign-in/],
  [
    "another server's name",
    (asked) => ({ code: "c", state: state(asked), iss: "https://evil" }),
    /https:\/\/evil/,
  ],
  [
    "a refusal",
    (asked) => ({ error: "access_denied", error_description: "No.", state: state(asked) }),
    /No\./,
  ],
] satisfies [string, (asked: URLSearchParams) => Record<string, string>, RegExp][]) {
  test(`a browser that comes back with ${what} brings nothing`, async (t) => {
    const { authority, forms } = await tokenEndpoint(t);
    await assert.rejects(signIn(authority, answer), message);
    assert.deepEqual(forms, []);
  });
}
