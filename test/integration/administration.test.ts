import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { exportJWK, generateKeyPair } from "jose";
import { EmrClient } from "../../src/cli/emr/emr-client.ts";
import { readAdminEnv } from "../../src/cli/machine/admin-env.ts";
import { dataPaths } from "../../src/cloud/local/data-directory.ts";
import { FileKeyRing } from "../../src/cloud/local/key-ring.ts";
import type { Change, Store } from "../../src/core/ports/store.ts";
import { openStore } from "../../src/store/open-store.ts";
import { firesteel } from "../support/firesteel.ts";
import { postgresUnavailable, startPostgres } from "../support/postgres.ts";
import { type ServerProcess, startServerProcess } from "../support/server.ts";
import { anAccessKey } from "../support/store-rows.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

const FIRESTEEL = fileURLToPath(new URL("../../bin/firesteel", import.meta.url));
const TIMEOUT_MS = 600_000;
const ACCESS_KEYS = 2_000;
const PASSPHRASE = { FIRESTEEL_BACKUP_PASSPHRASE: "correct horse battery staple" };

type Variables = Readonly<Record<string, string>>;

async function adminOf(dataDir: string): Promise<Variables> {
  return Object.fromEntries((await readAdminEnv(dataDir)) ?? []);
}

/** HTTP status of a call to the account API. */
async function callWith(url: string, account: string, authorization: string): Promise<number> {
  const response = await fetch(`${url}/api/2.0/accounts/${account}/credentials`, {
    headers: { authorization },
  });
  await response.text();
  return response.status;
}

const bearer = (token: string) => `Bearer ${token}`;
const basic = (name: string, secret: string) =>
  `Basic ${Buffer.from(`${name}:${secret}`).toString("base64")}`;

async function accessToken(url: string, admin: Variables): Promise<string> {
  const response = await fetch(`${url}/oidc/accounts/${admin.DATABRICKS_ACCOUNT_ID}/v1/token`, {
    method: "POST",
    headers: { authorization: basic(admin.DATABRICKS_CLIENT_ID ?? "", admin.DATABRICKS_CLIENT_SECRET ?? "") },
    body: new URLSearchParams({ grant_type: "client_credentials", scope: "all-apis" }),
  });
  const answer = (await response.json()) as { access_token?: string };
  assert.ok(answer.access_token, JSON.stringify(answer));
  return answer.access_token;
}

function keyIdOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()).kid;
}

/** All four ways in, as the administrator; throws by name where one does not work. */
async function assertAllWaysIn(url: string, admin: Variables): Promise<void> {
  const account = admin.DATABRICKS_ACCOUNT_ID ?? "";
  const ways = {
    token: bearer(admin.DATABRICKS_TOKEN ?? ""),
    password: basic(admin.DATABRICKS_USERNAME ?? "", admin.DATABRICKS_PASSWORD ?? ""),
    secret: bearer(await accessToken(url, admin)),
  };
  for (const [name, authorization] of Object.entries(ways))
    assert.equal(await callWith(url, account, authorization), 200, name);
  await Array.fromAsync(signedClient(url, admin).listVirtualClusters());
}

function signedClient(url: string, admin: Variables): EmrClient {
  return new EmrClient({
    endpoint: url,
    region: admin.AWS_REGION ?? "",
    credentials: {
      accessKeyId: admin.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: admin.AWS_SECRET_ACCESS_KEY ?? "",
    },
  });
}

/** Calls in every way, again and again, until it is stopped; answers how often, and what was refused. */
function callAllTheTime(url: string, admin: Variables, earlier: string) {
  let calls = 0;
  let stopped = false;
  const account = admin.DATABRICKS_ACCOUNT_ID ?? "";
  const ways: readonly (() => Promise<unknown>)[] = [
    async () => assert.equal(await callWith(url, account, bearer(earlier)), 200, "a token from before"),
    async () =>
      assert.equal(await callWith(url, account, bearer(await accessToken(url, admin))), 200, "a new token"),
    async () => assert.equal(await callWith(url, account, bearer(admin.DATABRICKS_TOKEN ?? "")), 200),
    () => Array.fromAsync(signedClient(url, admin).listVirtualClusters()),
  ];
  const running = Promise.all(
    ways.map(async (call) => {
      for (; !stopped; calls += 1) await call();
    }),
  );
  return {
    calls: () => calls,
    async stop(): Promise<number> {
      stopped = true;
      await running;
      return calls;
    },
  };
}

async function rotate(dataDir: string, ...args: string[]) {
  const rotated = await firesteel(["keys", "rotate", ...args, "--data-dir", dataDir, "-o", "json"]);
  assert.equal(rotated.exitCode, 0, rotated.stderr);
  return JSON.parse(rotated.stdout) as {
    atRest: { id: string; retiresAtMs: number | null }[];
    signing: { id: string; retiresAtMs: number | null }[];
    encryptedAnew: number;
  };
}

async function storeOf(context: TestContext, dataDir: string): Promise<{ store: Store; ring: FileKeyRing }> {
  const paths = dataPaths(dataDir);
  const store = await openStore({ databaseUrl: "", file: paths.database });
  context.after(() => store.close());
  return { store, ring: await FileKeyRing.open(paths.keyFile, { mayMake: false }) };
}

async function auditRecords(dataDir: string): Promise<string> {
  const folder = join(dataDir, "audit");
  return (
    await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")))
  ).join("");
}

describe("firesteel keys rotate", { timeout: TIMEOUT_MS }, () => {
  it("interrupts no call while it runs, while it is killed, and while it is gone on with", async (context) => {
    const dataDir = join(await temporaryDirectory(context), "data");
    let server: ServerProcess = await startServerProcess(dataDir);
    context.after(() => server.stop());
    const admin = await adminOf(dataDir);
    const { store, ring } = await storeOf(context, dataDir);
    await store.commit(
      Array.from({ length: ACCESS_KEYS }, (_, index): Change => {
        const encryptedSecret = ring.encrypt(`secret ${index}`);
        return { kind: "access-key", row: anAccessKey(`K${index}`, { encryptedSecret }) };
      }),
    );
    const left = async () => {
      ring.keys();
      const keys = await store.accessKeys.list();
      return keys.filter(({ encryptedSecret }) => !ring.isNewest(encryptedSecret)).length;
    };
    const earlier = await accessToken(server.url, admin);
    const calling = callAllTheTime(server.url, admin, earlier);

    const child = spawn(FIRESTEEL, ["keys", "rotate", "--at-rest", "--data-dir", dataDir], {
      stdio: "ignore",
    });
    await waitFor("the rotation to be in its midst", TIMEOUT_MS, async () => {
      // It stands still while it is looked at: else it might be over by the time that is known.
      child.kill("SIGSTOP");
      const count = ring.keys().length === 2 ? await left() : 0;
      if (count > 20 && count < ACCESS_KEYS - 20) return true;
      child.kill("SIGCONT");
      return false;
    });
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.ok((await left()) > 0, "it was killed in the midst");
    for (const { id, encryptedSecret } of (await store.accessKeys.list()).filter(({ id }) => /^K\d/.test(id)))
      assert.equal(ring.decrypt(encryptedSecret), `secret ${id.slice(1)}`);

    const whole = await rotate(dataDir);
    assert.deepEqual([whole.atRest.length, whole.signing.length, await left()], [3, 2, 0]);
    assert.ok(whole.encryptedAnew > ACCESS_KEYS);
    const later = await accessToken(server.url, admin);
    assert.deepEqual(
      [keyIdOf(earlier), keyIdOf(later)],
      whole.signing.map(({ id }) => id),
    );
    const calls = calling.calls();
    await waitFor("more calls", TIMEOUT_MS, async () => calling.calls() > calls + 8);
    await calling.stop();
    const published = (await (await fetch(`${server.url}/oidc/jwks.json`)).json()) as { keys: unknown[] };
    assert.equal(published.keys.length, 2);

    // Killed while a rotation is to be gone on with: the next server does.
    await ring.add(Date.now());
    await server.kill();
    server = await startServerProcess(dataDir);
    await waitFor("the server to go on with the rotation", TIMEOUT_MS, async () => (await left()) === 0);
    await assertAllWaysIn(server.url, await adminOf(dataDir));
    assert.equal(await callWith(server.url, admin.DATABRICKS_ACCOUNT_ID ?? "", bearer(earlier)), 200);

    const backup = join(dataDir, "..", "backup.tar");
    const options = { environment: PASSPHRASE };
    const made = await firesteel(["backup", "create", backup, "--data-dir", dataDir], options);
    assert.equal(made.exitCode, 0, made.stderr);
    await rotate(dataDir);
    const elsewhere = join(dataDir, "..", "restored");
    const restored = await firesteel(["backup", "restore", backup, "--data-dir", elsewhere], options);
    assert.equal(restored.exitCode, 0, restored.stderr);
    const copy = await startServerProcess(elsewhere);
    context.after(() => copy.stop());
    await assertAllWaysIn(copy.url, await adminOf(elsewhere));

    await server.stop();
    const back = await firesteel(["backup", "restore", backup, "--replace", "--data-dir", dataDir], options);
    assert.equal(back.exitCode, 0, back.stderr);
    server = await startServerProcess(dataDir);
    await assertAllWaysIn(server.url, await adminOf(dataDir));
    assert.match(await auditRecords(dataDir), /"actionName":"rotateKeys".*"at_rest_key":"[0-9a-f]{8}"/);
  });

  it("works on a stopped server's directory, and on none that never had one", async (context) => {
    const dataDir = join(await temporaryDirectory(context), "data");
    const refused = await firesteel(["keys", "rotate", "--data-dir", dataDir]);
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /no server has run on .* yet/);
    await (await startServerProcess(dataDir)).stop();
    const rotated = await rotate(dataDir, "--at-rest");
    assert.deepEqual([rotated.atRest.length, rotated.signing.length, rotated.encryptedAnew], [2, 0, 2]);
    const server = await startServerProcess(dataDir);
    context.after(() => server.stop());
    await assertAllWaysIn(server.url, await adminOf(dataDir));
    const listed = await firesteel(["keys", "list", "--data-dir", dataDir]);
    assert.match(listed.stdout, /at rest +[0-9a-f]{8} +- +until .*\n *at rest +[0-9a-f]{8} .* in use\n/);
  });
});

describe("firesteel admin reset", { timeout: TIMEOUT_MS }, () => {
  async function reset(dataDir: string, environment: Variables = {}) {
    const done = await firesteel(["admin", "reset", "--data-dir", dataDir, "-o", "json"], { environment });
    assert.equal(done.exitCode, 0, done.stderr);
    // As the command writes it, with what it writes beside it.
    return { ...JSON.parse(done.stdout), stderr: done.stderr } as {
      password: string;
      adminEnv: string;
      revoked: Record<string, unknown>;
      accountFederationPolicies: unknown;
      stderr: string;
    };
  }

  /** Lets an issuer of our own sign in as the service principal, and as whom it names. */
  async function federate(url: string, admin: Variables): Promise<void> {
    const account = `${url}/api/2.0/accounts/${admin.DATABRICKS_ACCOUNT_ID}`;
    const headers = { authorization: bearer(admin.DATABRICKS_TOKEN ?? "") };
    const filter = `applicationId eq "${admin.DATABRICKS_CLIENT_ID}"`;
    const found = await fetch(`${account}/scim/v2/ServicePrincipals?${new URLSearchParams({ filter })}`, {
      headers,
    });
    const { Resources } = (await found.json()) as { Resources: { id: string }[] };
    const { publicKey } = await generateKeyPair("RS256");
    const jwks_json = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "k" }] });
    const trust = { issuer: "https://idp.example.com", jwks_json };
    for (const [path, oidc_policy] of [
      ["federationPolicies?policy_id=people", trust],
      [`servicePrincipals/${Resources[0]?.id}/federationPolicies`, { ...trust, subject: "ci" }],
    ] as const) {
      const body = JSON.stringify({ oidc_policy });
      const made = await fetch(`${account}/${path}`, { method: "POST", headers, body });
      assert.equal(made.status, 200, await made.text());
    }
  }

  async function assertReset(
    url: string,
    dataDir: string,
    before: Variables,
    earlier: string,
    password: string,
  ) {
    const account = before.DATABRICKS_ACCOUNT_ID ?? "";
    const refused = {
      token: bearer(before.DATABRICKS_TOKEN ?? ""),
      password: basic(before.DATABRICKS_USERNAME ?? "", before.DATABRICKS_PASSWORD ?? ""),
      "access token": bearer(earlier),
    };
    for (const [name, authorization] of Object.entries(refused))
      assert.equal(await callWith(url, account, authorization), 401, name);
    const after = await adminOf(dataDir);
    assert.equal(after.DATABRICKS_PASSWORD, password);
    assert.equal(after.DATABRICKS_CLIENT_ID, before.DATABRICKS_CLIENT_ID);
    assert.equal(after.AWS_SECRET_ACCESS_KEY, before.AWS_SECRET_ACCESS_KEY);
    await assertAllWaysIn(url, after);
    assert.equal((await stat(join(dataDir, "admin.env"))).mode & 0o777, 0o600);
  }

  it("gives new credentials while the server runs and while it does not", async (context) => {
    const dataDir = join(await temporaryDirectory(context), "data");
    let server = await startServerProcess(dataDir);
    context.after(() => server.stop());
    for (const runs of [true, false]) {
      const before = await adminOf(dataDir);
      const earlier = await accessToken(server.url, before);
      assert.equal(
        await callWith(server.url, before.DATABRICKS_ACCOUNT_ID ?? "", bearer(earlier)),
        200,
        "good until then",
      );
      if (!runs) await server.stop();
      // As a server with certificates of its own has it.
      else await appendFile(join(dataDir, "admin.env"), "SSL_CERT_FILE=/bundle.pem\n");
      if (runs) await federate(server.url, before);
      const { password, adminEnv, revoked, accountFederationPolicies, stderr } = await reset(dataDir);
      assert.equal(adminEnv, join(dataDir, "admin.env"));
      assert.deepEqual(revoked, {
        password: true,
        personalAccessTokens: 1,
        servicePrincipalSecrets: 1,
        federationPolicies: runs ? 1 : 0,
      });
      assert.deepEqual(accountFederationPolicies, [
        { policyId: "people", issuer: "https://idp.example.com" },
      ]);
      assert.match(stderr, /idp\.example\.com can still sign in as admin@.*delete --policy-id people/);
      if (!runs) server = await startServerProcess(dataDir);
      assert.equal((await adminOf(dataDir)).SSL_CERT_FILE, runs ? "/bundle.pem" : undefined);
      await assertReset(server.url, dataDir, before, earlier, password);
    }
    const audit = await auditRecords(dataDir);
    assert.equal(audit.match(/"actionName":"resetAdministrator"/g)?.length, 2);
    for (const secret of ["DATABRICKS_PASSWORD", "DATABRICKS_TOKEN", "DATABRICKS_CLIENT_SECRET"])
      assert.ok(!audit.includes((await adminOf(dataDir))[secret] ?? "?"), secret);
  });

  it("works where the database is in PostgreSQL, as does keys rotate", {
    skip: postgresUnavailable() ?? false,
  }, async (context) => {
    const postgres = await startPostgres();
    context.after(() => postgres.stop());
    const dataDir = join(await temporaryDirectory(context), "data");
    const environment = { FIRESTEEL_DATABASE_URL: await postgres.createDatabase() };
    const server = await startServerProcess(dataDir, environment);
    context.after(() => server.stop());
    const before = await adminOf(dataDir);
    const earlier = await accessToken(server.url, before);
    const { password } = await reset(dataDir, environment);
    await assertReset(server.url, dataDir, before, earlier, password);
    const rotated = await firesteel(["keys", "rotate", "--data-dir", dataDir], { environment });
    assert.equal(rotated.exitCode, 0, rotated.stderr);
    await assertAllWaysIn(server.url, await adminOf(dataDir));
  });
});
