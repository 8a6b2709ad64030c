import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { get } from "node:https";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "../support/free-port.ts";
import { scriptedBrowser } from "../support/scripted-browser.ts";
import { type ServerProcess, startServerProcess } from "../support/server.ts";
import { makeTemporaryDirectory, temporaryDirectory } from "../support/temporary.ts";

const execute = promisify(execFile);
const FIRESTEEL = fileURLToPath(new URL("../../bin/firesteel", import.meta.url));
const TIMEOUT_MS = 300_000;
/** Somewhere that nobody answers. */
const MINE = "# mine\n[mine]\nhost = https://127.0.0.1:1\ntoken = dapi1\n";

describe("firesteel auth", { timeout: TIMEOUT_MS, concurrency: 1 }, () => {
  let directory: Awaited<ReturnType<typeof makeTemporaryDirectory>>;
  let server: ServerProcess;
  let environment: NodeJS.ProcessEnv;

  before(async () => {
    directory = await makeTemporaryDirectory();
    server = await startServerProcess(join(directory.path, "data"));
    const { DATABRICKS_USERNAME: userName = "", DATABRICKS_PASSWORD: password = "" } =
      server.clientEnvironment;
    await writeFile(join(directory.path, ".databrickscfg"), MINE, { mode: 0o644 });
    environment = {
      PATH: process.env.PATH,
      HOME: directory.path,
      FIRESTEEL_DATA_DIR: server.dataDir,
      // The SDK for Python has no choice but the one that is taken by default.
      DATABRICKS_OAUTH_CALLBACK_PORT: String(await freePort()),
      ...(await scriptedBrowser(directory.path, { userName, password })),
    };
  });
  after(async () => {
    await server?.endWithApplications();
    await directory.remove();
  });

  const firesteel = async (args: readonly string[], more: NodeJS.ProcessEnv = {}) => {
    const running = execute(FIRESTEEL, ["auth", ...args], { env: { ...environment, ...more } });
    running.child.stdin?.end();
    const { stdout, stderr } = await running;
    return { stdout, stderr };
  };
  const failing = async (args: readonly string[], more: NodeJS.ProcessEnv = {}) => {
    const error: { code?: number; stderr?: string } = await firesteel(args, more).then(
      ({ stdout }) => assert.fail(`it worked: ${stdout}`),
      (thrown: object) => thrown,
    );
    return { code: error.code, stderr: error.stderr ?? "" };
  };
  const read = (file: string) => readFile(join(directory.path, file), "utf8");
  const modeOf = async (file: string) => ((await stat(join(directory.path, file))).mode & 0o777).toString(8);
  const status = async (token: string) => {
    const { DATABRICKS_ACCOUNT_ID: account } = server.clientEnvironment;
    const url = `${server.url}/api/2.0/accounts/${account}/workspaces`;
    return (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status;
  };
  const token = async (...args: string[]) => JSON.parse((await firesteel(["token", ...args])).stdout);

  it("logs in by the browser, and leaves what others wrote as it was", async () => {
    const { stdout, stderr } = await firesteel(["login", "--profile", "people", "--timeout", "30"]);
    assert.match(
      stdout,
      /^Profile people of \S+\.databrickscfg signs in to http:\/\/127\.0\.0\.1:\d+ \(databricks-cli\)\.$/m,
    );
    assert.match(stderr, /http:\/\/127\.0\.0\.1:\d+\/oidc\/accounts\/\S+\/v1\/authorize\?/);
    const file = await read(".databrickscfg");
    assert.ok(file.startsWith(`${MINE}\n[people]\nhost = ${server.url}\naccount_id = `), file);
    assert.match(file, /\ndatabricks_cli_path = \/\S+\/bin\/firesteel\nauth_type = databricks-cli\n$/);
    const cache = JSON.parse(await read(".databricks/token-cache.json"));
    const keys = ["people", `${server.url}/oidc/accounts/${server.clientEnvironment.DATABRICKS_ACCOUNT_ID}`];
    assert.deepEqual([cache.version, Object.keys(cache.tokens)], [1, keys]);
    assert.deepEqual(
      [await modeOf(".databrickscfg"), await modeOf(".databricks/token-cache.json")],
      ["600", "600"],
    );
  });

  it("prints the token that is kept, and renews it when it is told to", async () => {
    const first = await token("--profile", "people");
    assert.deepEqual(Object.keys(first), ["access_token", "token_type", "expiry"]);
    assert.equal(await status(first.access_token), 200);
    assert.deepEqual(await token("--profile", "people"), first);
    const { DATABRICKS_ACCOUNT_ID: account = "" } = server.clientEnvironment;
    const second = await token("--host", server.url, "--account-id", account, "--force-refresh");
    assert.notEqual(second.access_token, first.access_token);
    assert.deepEqual(await token("--profile", "people"), second);
  });

  it("renews it from many processes at once, though a refresh token is good once", async () => {
    const renewed = await Promise.all(
      Array.from({ length: 4 }, () => token("--profile", "people", "--force-refresh")),
    );
    for (const { access_token } of renewed) assert.equal(await status(access_token), 200);
  });

  it("lists the profiles, and who of them is let in", async () => {
    const { stdout } = await firesteel(["profiles", "-o", "json"]);
    const { profiles } = JSON.parse(stdout);
    assert.deepEqual(
      profiles.map(({ name, auth_type }: { name: string; auth_type: string }) => [name, auth_type]),
      [
        ["mine", "pat"],
        ["people", "databricks-cli"],
      ],
    );
    assert.deepEqual([profiles[0].valid, profiles[1].valid], [false, true]);
    const unchecked = JSON.parse((await firesteel(["profiles", "--skip-validate", "-o", "json"])).stdout);
    assert.equal(unchecked.profiles[1].valid, null);
  });

  it("logs in as a service principal, by Basic and by Entra ID", async () => {
    const admin = server.clientEnvironment;
    const secret = { DATABRICKS_CLIENT_SECRET: admin.DATABRICKS_CLIENT_SECRET };
    await firesteel(["login", "--profile", "robot", "--client-id", admin.DATABRICKS_CLIENT_ID ?? ""], secret);
    assert.equal(await status((await token("--profile", "robot")).access_token), 200);
    const password = { DATABRICKS_PASSWORD: admin.DATABRICKS_PASSWORD };
    await firesteel(["login", "--profile", "basic", "--username", admin.DATABRICKS_USERNAME ?? ""], password);
    const azure = ["--azure-client-id", "a", "--azure-tenant-id", "t", "--azure-workspace-resource-id", "/r"];
    await firesteel(["login", "--profile", "azure", ...azure], { ARM_CLIENT_SECRET: "s" });
    const file = await read(".databrickscfg");
    assert.match(
      file,
      /\[basic\]\nhost = \S+\naccount_id = \S+\nusername = \S+\npassword = \S+\nauth_type = basic\n/,
    );
    assert.match(
      file,
      /\[azure\]\nhost = \S+\nazure_tenant_id = t\nazure_client_id = a\nazure_client_secret = s\nazure_workspace_resource_id = \/r\nauth_type = azure-client-secret\n/,
    );
    const { profiles } = JSON.parse((await firesteel(["profiles", "-o", "json"])).stdout);
    assert.deepEqual(
      profiles.map(({ name, valid }: { name: string; valid: boolean | null }) => [name, valid]),
      [
        ["mine", false],
        ["people", true],
        ["robot", true],
        ["basic", true],
        ["azure", null],
      ],
    );
  });

  it("has the account's commands sign in by each profile, and renew what has ended", async () => {
    const call = async (args: readonly string[], more: NodeJS.ProcessEnv = {}) =>
      execute(FIRESTEEL, [...args, "--data-dir", join(directory.path, "elsewhere"), "-o", "json"], {
        env: { ...environment, ...more },
      });
    const { DATABRICKS_USERNAME: admin } = server.clientEnvironment;
    // The kept token has ended, so that the first of these renews it.
    const file = join(directory.path, ".databricks", "token-cache.json");
    const ended = (await read(".databricks/token-cache.json")).replace(
      /"expiry": "[^"]*"/g,
      '"expiry": "2020-01-01T00:00:00Z"',
    );
    await writeFile(file, ended);
    const lists = await Promise.all(
      ["people", "robot", "basic"].flatMap((profile) => [
        call(["account", "workspaces", "list", "--profile", profile]),
        call(["user", "list"], { DATABRICKS_CONFIG_PROFILE: profile }),
      ]),
    );
    for (const [index, { stdout }] of lists.entries()) {
      const answer = JSON.parse(stdout);
      if (index % 2 === 0) assert.deepEqual(answer, []);
      else assert.ok(answer.some(({ userName }: { userName: string }) => userName === admin));
    }
    assert.notEqual(await read(".databricks/token-cache.json"), ended);
    const azure: { stderr?: string } = await call(["user", "list", "-p", "azure"]).catch((thrown) => thrown);
    const { DATABRICKS_HOST, DATABRICKS_ACCOUNT_ID, DATABRICKS_CLIENT_ID } = server.clientEnvironment;
    // Without a profile, what the log-in has kept for the host is the last that is tried.
    const account = { DATABRICKS_HOST, DATABRICKS_ACCOUNT_ID };
    assert.deepEqual(JSON.parse((await call(["account", "workspaces", "list"], account)).stdout), []);
    const wrong = { ...account, DATABRICKS_CLIENT_ID, DATABRICKS_CLIENT_SECRET: "x" };
    const refused: { stderr?: string } = await call(["user", "list"], wrong).catch((thrown) => thrown);
    assert.match(
      refused.stderr ?? "",
      /refuses to sign in: .* \(DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET\)/,
    );
    assert.match(
      azure.stderr ?? "",
      /profile azure signs in by azure-client-secret, which is not known here/,
    );
  });

  it("writes nothing where the sign-in does not work, and says what would", async () => {
    const before = await read(".databrickscfg");
    const wrong = { DATABRICKS_CLIENT_SECRET: "x", DATABRICKS_PASSWORD: "x" };
    const cases: [args: string[], code: number, text: RegExp][] = [
      [["login", "-p", "no", "--client-id", "a"], 1, /Client authentication failed/],
      [["login", "-p", "no", "--username", "a"], 1, /does not know this user name/],
      [["login", "-p", "no", "--username", "a", "--client-id", "b"], 2, /Choose one/],
      [["login", "-p", "no", "--azure-client-id", "a"], 2, /--azure-tenant-id/],
      [["login", "-p", "a]", "--client-id", "a"], 2, /cannot be the name of a profile/],
      [["login", "-p", "no", "--timeout", "x"], 2, /no number of seconds/],
      [["login", "-p", "no", "--host", "ftp://x"], 2, /not an address/],
      [["login", "-p", "no", "--host", "http://127.0.0.1:1"], 3, /cannot reach/],
      [["token", "-p", "nobody"], 2, /has no profile nobody/],
      [["token", "-p", "basic"], 2, /signs in by basic/],
      [["token", "--host", "http://127.0.0.1:1"], 1, /databricks OAuth is not configured for this host/],
      [["logout", "-p", "robot"], 2, /--delete/],
    ];
    const outcomes = await Promise.all(cases.map(([args]) => failing(args, wrong)));
    for (const [index, [args, code, text]] of cases.entries()) {
      assert.deepEqual([args.join(" "), outcomes[index]?.code], [args.join(" "), code]);
      assert.match(outcomes[index]?.stderr ?? "", text);
    }
    const noPort = await failing(["login"], { DATABRICKS_OAUTH_CALLBACK_PORT: "x" });
    assert.match(noPort.stderr, /DATABRICKS_OAUTH_CALLBACK_PORT=x is no port/);
    assert.match((await failing(["login", "--username", "a"])).stderr, /DATABRICKS_PASSWORD is not set/);
    assert.match(
      (await failing(["login", "--print-address", "--timeout", "0.2"])).stderr,
      /nobody has logged in/,
    );
    assert.equal(await read(".databrickscfg"), before);
  });

  it("ends a sign-in here and at the server", async () => {
    const { access_token } = await token("--profile", "people");
    assert.equal(await status(access_token), 200);
    await firesteel(["logout", "--profile", "people"]);
    assert.equal(await status(access_token), 401);
    assert.match((await failing(["token", "--profile", "people"])).stderr, /firesteel auth login/);
    assert.deepEqual(JSON.parse(await read(".databricks/token-cache.json")).tokens, {});
    for (const profile of ["people", "robot", "basic", "azure"])
      await firesteel(["logout", "--profile", profile, "--delete"]);
    assert.equal((await read(".databrickscfg")).trimEnd(), MINE.trimEnd());
  });
});

it("trusts the authority of its data directory, whose server gives cookies for TLS alone", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const directory = await temporaryDirectory(t);
  const server = await startServerProcess(join(directory, "data"), { FIRESTEEL_TLS_ENABLED: "true" });
  t.after(() => server.endWithApplications());
  const { PATH } = process.env;
  const { DATABRICKS_CLIENT_ID: id = "", DATABRICKS_CLIENT_SECRET } = server.clientEnvironment;
  const env = { PATH, HOME: directory, FIRESTEEL_DATA_DIR: server.dataDir, DATABRICKS_CLIENT_SECRET };
  const { stdout } = await execute(FIRESTEEL, ["auth", "login", "--client-id", id], { env });
  assert.match(stdout, /signs in to https:\/\/127\.0\.0\.1:\d+ \(oauth-m2m\)/);
  const ca = await readFile(join(server.dataDir, "tls", "authority.pem"), "utf8");
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  get(server.url, { ca, agent: false }, (answer) =>
    resolve(String(answer.resume().headers["set-cookie"])),
  ).on("error", reject);
  assert.match(await promise, /^__Host-firesteel-login=\S+; Path=\/; .*; HttpOnly; SameSite=Lax; Secure$/);
});
