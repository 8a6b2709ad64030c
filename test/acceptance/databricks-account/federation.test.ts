import type { IncomingMessage, ServerResponse } from "node:http";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { before, describe, it, type TestContext } from "node:test";
import { assertPrintsWhatWasRecorded } from "../../support/recorded.ts";
import { testPython } from "../../support/runtime.ts";
import { sendJson, type TestIssuer, testIssuer } from "../../support/test-issuer.ts";
import { normalise } from "./normalise.ts";

const SCRIPTS = join(import.meta.dirname, "sdk-python");
const CLIENTS = ["databricks-sdk==0.156.0"];
const TIMEOUT_MS = 300_000;
const TENANT = "/11111111-aaaa-4222-8333-444444444444/";

const nowSeconds = () => Math.floor(Date.now() / 1000);

/** Runs a script for the unmodified SDK against a server, beside an identity provider of its own. */
async function prints(
  context: TestContext,
  name: string,
  issuer: TestIssuer,
  more: {
    readonly environment?: Readonly<Record<string, string>>;
    readonly settings?: Readonly<Record<string, string>>;
  },
) {
  const python = await testPython(CLIENTS);
  await assertPrintsWhatWasRecorded(context, {
    recorded: join(SCRIPTS, `${name}.txt`),
    command: () => [python, join(SCRIPTS, `${name}.py`)],
    environment: {
      PATH: [dirname(python), "/usr/bin", "/bin"].join(delimiter),
      ISSUER: issuer.issuer,
      ...more.environment,
    },
    settings: more.settings ?? {},
    normalise: (output, server) => normalise(output.replaceAll(issuer.issuer, "<issuer>"), server),
  });
}

// Side by side: each waits for its server most of the time.
describe("the SDK for Python with tokens from elsewhere", { concurrency: 2 }, () => {
  before(async () => void (await testPython(CLIENTS)));
  it("federation.py prints what was recorded", { timeout: TIMEOUT_MS }, async (context) => {
    const issuer = await testIssuer(context);
    // As GitHub gives a workflow its token: to whoever shows the workflow's own, for the audience that is asked for.
    issuer.instead.set("/token", async (response, request) => {
      const query = new URL(request.url ?? "", issuer.issuer).searchParams;
      if (request.headers.authorization !== "Bearer workflow") {
        response.writeHead(401).end();
        return;
      }
      const times = { iat: nowSeconds(), exp: nowSeconds() + 300 };
      const value = await issuer.token({
        sub: query.get("sub") ?? "",
        aud: query.get("audience") ?? "",
        ...times,
      });
      sendJson(response, { value });
    });
    await prints(context, "federation", issuer, {
      environment: {
        ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer.issuer}/token?sub=repo:me/it:ref:refs/heads/main`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "workflow",
      },
    });
  });

  it("entra.py prints what was recorded", { timeout: TIMEOUT_MS }, async (context) => {
    const entra = await testIssuer(context, TENANT);
    entra.instead.set(`${TENANT}oauth2/token`, (response, request) => entraToken(entra, response, request));
    await prints(context, "entra", entra, {
      settings: { FIRESTEEL_AZURE_ENTRA_ISSUERS: entra.issuer },
    });
  });
});

/** Entra ID's token endpoint of version 1: `resource` is whom the token is for (databricks-account-api.md A8). */
async function entraToken(
  entra: TestIssuer,
  response: ServerResponse,
  request: IncomingMessage,
): Promise<void> {
  const form = new URLSearchParams(await text(request));
  if (form.get("client_secret") !== "azure-secret") {
    response.writeHead(401, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: "invalid_client", error_description: "AADSTS7000215" }));
    return;
  }
  const claims = {
    aud: form.get("resource") ?? "",
    appid: form.get("client_id"),
    idtyp: "app",
    iat: nowSeconds(),
    exp: nowSeconds() + 3600,
  };
  sendJson(response, { access_token: await entra.token(claims), token_type: "Bearer", expires_in: "3600" });
}
