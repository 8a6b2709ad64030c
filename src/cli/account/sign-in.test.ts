import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { profilesOf } from "../auth/databrickscfg.ts";
import { find, type Sources, signInOf } from "./sign-in.ts";

const REAL = "https://accounts.cloud.databricks.com";

/** What options, variables and lines of a profile say together. */
function sources({
  environment = {},
  lines,
  ...more
}: Partial<Omit<Sources, "profile">> & { readonly lines?: string }): Sources {
  const [profile = null] = lines === undefined ? [] : profilesOf(`[p]\n${lines.replaceAll("; ", "\n")}\n`);
  return {
    endpointUrl: undefined,
    accountId: undefined,
    isProfileExplicit: false,
    ...more,
    environment,
    profile,
  };
}

describe("how the account's commands sign in", () => {
  it("takes each value from an option, else a variable, else the profile", () => {
    const lines = `host = ${REAL}; account_id = c`;
    const environment = { DATABRICKS_HOST: "https://env.example", DATABRICKS_ACCOUNT_ID: "b" };
    assert.deepEqual(find("host", sources({ lines })), { value: REAL, source: "profile p" });
    assert.deepEqual(find("account_id", sources({ lines, environment })), {
      value: "b",
      source: "DATABRICKS_ACCOUNT_ID",
    });
    assert.equal(find("account_id", sources({ lines, environment, accountId: "a" }))?.value, "a");
    assert.equal(find("host", sources({ environment, endpointUrl: "https://o" }))?.source, "--endpoint-url");
    // An empty variable is none, as in the SDKs.
    assert.equal(find("host", sources({ lines, environment: { DATABRICKS_HOST: "" } }))?.value, REAL);
    assert.equal(find("host", sources({})), null);
  });

  const ways: [what: string, given: Parameters<typeof sources>[0], expected: object | null][] = [
    ["nothing", {}, null],
    ["a token of a profile", { lines: "token = t" }, { type: "pat", token: "t", source: "profile p" }],
    [
      "a client of the environment",
      { environment: { DATABRICKS_CLIENT_ID: "i", DATABRICKS_CLIENT_SECRET: "s" } },
      {
        type: "oauth-m2m",
        id: "i",
        secret: "s",
        source: "DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET",
      },
    ],
    [
      "a secret of the environment for the client of a profile",
      { lines: "client_id = i", environment: { DATABRICKS_CLIENT_SECRET: "s" } },
      { type: "oauth-m2m", id: "i", secret: "s", source: "profile p and DATABRICKS_CLIENT_SECRET" },
    ],
    [
      "a profile of the browser, though the environment has a token",
      { lines: "auth_type = databricks-cli", environment: { DATABRICKS_TOKEN: "t" } },
      { type: "databricks-cli", source: "profile p" },
    ],
    [
      "the variable that chooses, before the profile that a variable names",
      {
        lines: "auth_type = basic; username = u; password = p",
        environment: { DATABRICKS_AUTH_TYPE: "pat", DATABRICKS_TOKEN: "t" },
      },
      { type: "pat", token: "t", source: "DATABRICKS_TOKEN" },
    ],
    [
      "what agrees with an explicit profile",
      { lines: "token = t", environment: { DATABRICKS_TOKEN: "t" }, isProfileExplicit: true },
      { type: "pat", token: "t", source: "DATABRICKS_TOKEN" },
    ],
  ];
  for (const [what, given, expected] of ways)
    it(`knows ${what}`, () => assert.deepEqual(signInOf(sources(given)), expected));

  const mistakes: [what: string, given: Parameters<typeof sources>[0], message: RegExp, hint: RegExp][] = [
    [
      "two ways at once",
      { environment: { DATABRICKS_TOKEN: "t", DATABRICKS_USERNAME: "u" } },
      /^more than one authorization method configured: pat \(DATABRICKS_TOKEN\) and basic \(DATABRICKS_USERNAME\)$/,
      /DATABRICKS_AUTH_TYPE: pat or basic/,
    ],
    [
      "a token of the environment beside a profile's client",
      { lines: "client_id = i; client_secret = s", environment: { DATABRICKS_TOKEN: "t" } },
      /pat \(DATABRICKS_TOKEN\) and oauth-m2m \(profile p\)/,
      /Keep one/,
    ],
    [
      "half of one",
      { environment: { DATABRICKS_USERNAME: "u" } },
      /DATABRICKS_USERNAME signs in by basic, and there is no password$/,
      /^Set DATABRICKS_PASSWORD\.$/,
    ],
    [
      "a type without its values",
      { lines: "auth_type = pat" },
      /profile p signs in by pat, and there is no token$/,
      /auth login --profile p/,
    ],
    [
      "another type",
      { lines: "auth_type = azure-cli" },
      /profile p signs in by azure-cli, which is not known here/,
      /oauth-m2m/,
    ],
    ["keys of Entra ID", { lines: "azure_client_secret = s" }, /by azure-client-secret/, /Known are/],
    [
      "an explicit profile that the environment would overrule",
      { lines: "token = t", environment: { DATABRICKS_TOKEN: "u" }, isProfileExplicit: true },
      /^DATABRICKS_TOKEN and profile p do not agree/,
      /^Unset DATABRICKS_TOKEN/,
    ],
  ];
  for (const [what, given, message, hint] of mistakes)
    it(`refuses ${what}, and says what would work`, () =>
      assert.throws(() => signInOf(sources(given)), { message, hint }));
});
