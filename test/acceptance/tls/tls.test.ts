import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { promisify } from "node:util";
import type { ReadyFile } from "../../../src/cli/machine/ready-file.ts";
import { connectProxy } from "../../support/connect-proxy.ts";
import { startEphemeralServer } from "../../support/ephemeral-server.ts";
import { firesteel } from "../../support/firesteel.ts";
import { testPython } from "../../support/runtime.ts";

const execute = promisify(execFile);
const TIMEOUT_MS = 240_000;
/** curl's exit code where it does not trust the server. */
const UNTRUSTED = 60;

interface Outcome {
  readonly code: number;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Runs a client with what the ready file tells it, and nothing of this machine's. */
async function client(
  { environment }: ReadyFile,
  [program, ...args]: readonly [string, ...string[]],
  more: Readonly<Record<string, string | undefined>> = {},
): Promise<Outcome> {
  const env = { HOME: "/nonexistent", PATH: "/usr/bin:/bin", ...environment, ...more };
  const lines = (text: string) => text.split("\n").filter((line) => line !== "");
  return execute(program, args, { env }).then(
    ({ stdout, stderr }) => ({ code: 0, lines: lines(stdout), errors: stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      lines: lines(error.stdout),
      errors: error.stderr,
    }),
  );
}

async function sdk(ready: ReadyFile, hosts: readonly string[] = [], more = {}): Promise<readonly string[]> {
  const python = await testPython(["databricks-sdk==0.156.0"]);
  const { code, lines, errors } = await client(
    ready,
    [python, join(import.meta.dirname, "sdk.py"), ...hosts],
    more,
  );
  assert.equal(code, 0, errors);
  return lines;
}

function cli(ready: ReadyFile, ...args: string[]): ReturnType<typeof firesteel> {
  return firesteel([...args, "--data-dir", ready.dataDir]);
}

async function secureServer(context: TestContext, ...args: string[]): Promise<ReadyFile> {
  const { ready } = await startEphemeralServer(context, { args: ["--tls", ...args] });
  return ready;
}

describe("clients over HTTPS", { timeout: TIMEOUT_MS, concurrency: 2 }, () => {
  it("the SDK, boto3, curl and the command line know a server on both loopback addresses", async (t) => {
    const ready = await secureServer(t, "--host", "localhost");
    const { url, port } = ready;
    assert.equal(url, `https://localhost:${port}`);
    for (const name of ["DATABRICKS_HOST", "AWS_ENDPOINT_URL_EMR_CONTAINERS"])
      assert.equal(ready.environment[name], url);

    const printed = await sdk(ready, ["127.0.0.1", "[::1]"]);
    const workspace = /^workspace (https:\/\/localhost:(\d+))$/.exec(printed[0] ?? "");
    assert.ok(workspace !== null, String(printed[0]));
    const own = workspace[2];
    const at = (where: string, host: string) => [
      `${where} https://${host}:${own} admin@firesteel.local True`,
      `${where} by OAuth oauth-m2m True`,
    ];
    assert.deepEqual(printed.slice(1), [
      ...at("there", "localhost"),
      ...at("also", "127.0.0.1"),
      ...at("also", "[::1]"),
      "by the main listener admin@firesteel.local",
      "by its token alone admin@firesteel.local True",
      "account by OAuth ['Sales']",
    ]);

    const python = await testPython(["boto3==1.44.5", "awscli==1.46.3"]);
    const endpoints = [`https://127.0.0.1:${port}`, `https://[::1]:${port}`];
    const aws = await client(ready, [python, join(import.meta.dirname, "aws.py"), ...endpoints]);
    assert.deepEqual(
      aws.lines,
      [
        ...[url, ...endpoints].map((each) => `${each} []`),
        ...(existsSync("/etc/ssl/certs/ca-certificates.crt") ? ["not trusted by others"] : []),
      ],
      aws.errors,
    );

    const curl = (address: string, more = {}) =>
      client(ready, ["curl", "--silent", "--show-error", "--fail", `${address}/healthz`], more);
    for (const address of [url, ...endpoints, `https://[::1]:${own}`])
      assert.deepEqual((await curl(address)).lines, ['{"status":"ok"}'], address);
    const nobody = { SSL_CERT_FILE: undefined, CURL_CA_BUNDLE: undefined };
    assert.equal((await curl(url, nobody)).code, UNTRUSTED);
    assert.notEqual((await curl(url.replace("https:", "http:"))).code, 0);

    const listed = await cli(ready, "account", "workspaces", "list", "-o", "json");
    assert.equal(listed.exitCode, 0, listed.stderr);
    assert.equal(JSON.parse(listed.stdout)[0].workspace_url, workspace[1]);
    const doctor = await cli(ready, "doctor");
    assert.match(doctor.stdout, /^TLS +ok +clients that trust .*authority\.pem/m);
    assert.match(doctor.stdout, /^Workspaces +ok +1 at a URL of its own/m);

    // A reset forgets workspaces; who trusted the server goes on to.
    const reset = await cli(ready, "reset");
    assert.equal(reset.exitCode, 0, reset.stderr);
    const env = JSON.parse((await cli(ready, "env", "-o", "json")).stdout);
    assert.equal(env.DATABRICKS_HOST, url);
    assert.deepEqual((await curl(url)).lines, ['{"status":"ok"}']);
  });

  it("the SDK and curl know the account and a workspace by names below a domain", async (t) => {
    const domain = ["--domain", "spark.test", "--set", "server.publicUrl=https://accounts.spark.test"];
    const ready = await secureServer(t, ...domain);
    assert.equal(ready.url, `https://127.0.0.1:${ready.port}`);
    assert.equal(ready.environment.DATABRICKS_HOST, "https://accounts.spark.test");
    const proxy = await connectProxy(t, ready.port);
    const throughProxy = { HTTPS_PROXY: proxy.url, https_proxy: proxy.url };
    assert.deepEqual(await sdk(ready, [], throughProxy), [
      "workspace https://sales.spark.test",
      "there https://sales.spark.test admin@firesteel.local True",
      "there by OAuth oauth-m2m True",
      "by the main listener admin@firesteel.local",
      "by its token alone admin@firesteel.local True",
      "account by OAuth ['Sales']",
    ]);
    const discovery = "https://sales.spark.test/.well-known/databricks-config";
    const { lines } = await client(ready, ["curl", "--silent", "--fail", discovery], throughProxy);
    assert.equal(JSON.parse(lines.join("")).oidc_endpoint, "https://sales.spark.test/oidc");
    assert.deepEqual([...proxy.asked].sort(), ["accounts.spark.test:443", "sales.spark.test:443"]);
  });
});
