import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { readAdminEnv } from "../../src/cli/machine/admin-env.ts";
import { createHost } from "../../src/host.ts";
import { runFakeCli } from "../support/fake-cli.ts";
import { type LocalServer, localServers, localSettings } from "../support/local-server.ts";

const FIRESTEEL = fileURLToPath(new URL("../../bin/firesteel", import.meta.url));
const TIMEOUT_MS = 300_000;

describe("firesteel user, service-principal, group and token", { timeout: TIMEOUT_MS }, () => {
  let server: LocalServer;
  let directory: string;
  let account: string;
  let workspace: { workspace_id: number; workspace_url: string };

  interface Given {
    readonly environment?: Record<string, string>;
    readonly stdin?: string;
    readonly typed?: readonly string[];
  }
  async function run(args: readonly string[], given: Given = {}) {
    const { dataDir } = server;
    const host = createHost(await localSettings(dataDir), {}, "1.2.3");
    return runFakeCli([...args, "--data-dir", dataDir], { host, ...given });
  }
  /** What a command line of single words prints. */
  async function ok(line: string, given: Given = {}): Promise<string> {
    const done = await run(line.split(" "), given);
    assert.equal(done.exitCode, 0, `${line}: ${done.stderr}`);
    return done.stdout;
  }
  const json = async (line: string, given: Given = {}) => JSON.parse(await ok(`${line} -o json`, given));
  async function refused(line: string, message: RegExp, exitCode = 1, given: Given = {}): Promise<void> {
    const done = await run(line.split(" "), given);
    assert.deepEqual([done.exitCode, done.stdout], [exitCode, ""], done.stderr);
    assert.match(done.stderr, message);
  }
  async function status(path: string, authorization: string, url = server.url): Promise<number> {
    const response = await fetch(url + path, { headers: { authorization } });
    await response.text();
    return response.status;
  }
  const me = (authorization: string) => status("/api/2.0/scim/v2/Me", authorization, workspace.workspace_url);
  const basic = (name: string, secret: string) =>
    `Basic ${Buffer.from(`${name}:${secret}`).toString("base64")}`;

  const cleaners: (() => Promise<void>)[] = [];
  after(async () => {
    for (const clean of cleaners) await clean();
  });
  before(async () => {
    // What a test's context is asked for, for all of them.
    const context = { after: (clean: () => Promise<void>) => void cleaners.push(clean) };
    const servers = await localServers(context as unknown as TestContext);
    directory = servers.directory;
    server = await servers.start({ dataDir: join(directory, "data") });
    account = (await readAdminEnv(server.dataDir))?.get("DATABRICKS_ACCOUNT_ID") ?? "";
    const { credentials_id } = await json(
      "account credentials create --credentials-name c --aws-credentials.sts-role.role-arn arn:aws:iam::123456789012:role/r",
    );
    const { storage_configuration_id } = await json(
      "account storage create --storage-configuration-name s --root-bucket-info.bucket-name root-bucket",
    );
    workspace = await json(
      `account workspaces create --workspace-name Sales --deployment-name sales --aws-region us-west-2 --wait --credentials-id ${credentials_id} --storage-configuration-id ${storage_configuration_id}`,
    );
  });

  it("makes a user in a group and a workspace, who signs in with the password that is set", async () => {
    await ok("group create data");
    const made = await json("user create ada@example.com --group data --workspace Sales --display-name Ada");
    assert.deepEqual([made.userName, made.groups[0].display], ["ada@example.com", "data"]);
    await ok("user set-password ada@example.com --password-file -", { stdin: "open sesame\nrest" });
    assert.equal(await me(basic("ada@example.com", "open sesame")), 200);
    await writeFile(join(directory, "password"), "second sesame\n");
    await ok(`user set-password ada@example.com --password-file ${join(directory, "password")}`);
    assert.equal(await me(basic("ada@example.com", "open sesame")), 401);
    assert.equal(await me(basic("ada@example.com", "second sesame")), 200);
    await ok("user set-password ada@example.com", { typed: ["third sesame", "third sesame"] });
    assert.equal(await me(basic("ada@example.com", "third sesame")), 200);
    assert.equal(
      await status(`/api/2.0/accounts/${account}/credentials`, basic("ada@example.com", "third sesame")),
      403,
    );

    const shown = await ok("user show ada@example.com");
    assert.match(shown, /^User name +ada@example\.com$/m);
    assert.match(shown, /^Account administrator +no$/m);
    assert.match(await ok("user list"), /ada@example\.com +Ada +no +yes/);
    assert.equal((await json(`user show ${made.id}`)).userName, "ada@example.com");
  });

  it("makes a user an administrator, and not one again; keeps it out; takes it out of a workspace", async () => {
    await ok("user create bob@example.com --workspace-admin sales");
    await ok("user set-password bob@example.com", { stdin: "open sesame" });
    const bob = basic("bob@example.com", "open sesame");
    const accountCall = () => status(`/api/2.0/accounts/${account}/credentials`, bob);
    assert.equal(await accountCall(), 403);
    await ok("user update bob@example.com --admin true");
    assert.equal(await accountCall(), 200);
    assert.match(await ok("user list"), /bob@example\.com +\S+ +yes +yes/);
    await ok("user update bob@example.com --admin false --display-name Bob");
    assert.equal(await accountCall(), 403);
    assert.equal(await me(bob), 200);
    await ok("user update bob@example.com --active false");
    assert.equal(await me(bob), 401);
    await ok("user update bob@example.com --active true");
    await ok("user unassign bob@example.com --workspace Sales");
    assert.equal(await me(bob), 403);
    await ok(`user assign bob@example.com --workspace ${workspace.workspace_id} --admin`);
    assert.equal(await me(bob), 200);
    assert.match(await ok("user delete bob@example.com"), /Deleted user bob@example\.com/);
    assert.equal(await me(bob), 401);
  });

  it("gives a service principal secrets that sign in, shows them once, and deletes them", async () => {
    const made = await json("service-principal create nightly --secret --lifetime 90d --workspace Sales");
    const token = (secret: string) =>
      fetch(`${server.url}/oidc/accounts/${account}/v1/token`, {
        method: "POST",
        headers: { authorization: basic(made.applicationId, secret) },
        body: new URLSearchParams({ grant_type: "client_credentials" }),
      });
    assert.equal((await token(made.secret.secret)).status, 200);
    const lasts = Date.parse(made.secret.expire_time) - Date.parse(made.secret.create_time);
    assert.equal(lasts, 90 * 86_400_000);
    const second = await json(`service-principal secret create ${made.applicationId}`);
    assert.equal((await token(second.secret)).status, 200);
    const listed = await ok("service-principal secret list nightly");
    assert.ok(listed.includes(second.id) && !listed.includes(second.secret));
    await ok(`service-principal secret delete nightly ${made.secret.id}`);
    assert.equal((await token(made.secret.secret)).status, 401);
    assert.match(
      await ok("service-principal show nightly"),
      new RegExp(`Application ID +${made.applicationId}`),
    );
  });

  it("puts users, service principals and groups into groups, by their names, and takes them out", async () => {
    await ok("user create eve@example.com");
    await ok("service-principal create weekly");
    await ok("group create inner");
    await ok("group create outer --member inner");
    const members = await ok("group add outer eve@example.com weekly");
    for (const name of ["inner", "eve@example.com", "weekly"])
      assert.ok(members.startsWith("Members of outer: ") && members.includes(name), members);
    assert.match(await ok("user show eve@example.com"), /^Groups +outer$/m);
    assert.match(await ok("group remove outer weekly inner"), /^Members of outer: eve@example\.com\n$/);
    await ok("group update outer --admin true");
    await ok("user set-password eve@example.com", { stdin: "open sesame" });
    const call = () =>
      status(`/api/2.0/accounts/${account}/credentials`, basic("eve@example.com", "open sesame"));
    assert.equal(await call(), 200);
    await ok("group delete outer");
    assert.equal(await call(), 403);
  });

  it("makes, lists and revokes tokens: one's own, and others' as an administrator", async () => {
    const own = await json("token create --workspace Sales --comment laptop --lifetime 1h");
    assert.equal(await me(`Bearer ${own.token_value}`), 200);
    // Whoever has a workspace's token alone needs to name nothing else.
    const environment = { DATABRICKS_HOST: workspace.workspace_url, DATABRICKS_TOKEN: own.token_value };
    const listed = await ok("token list", { environment });
    assert.ok(listed.includes(own.token_info.token_id) && !listed.includes(own.token_value));
    const other = await json("token create --workspace Sales --service-principal nightly --comment job");
    assert.equal(await me(`Bearer ${other.token_value}`), 200);
    assert.ok(!(await ok("token list --workspace Sales")).includes(other.token_info.token_id));
    assert.match(
      await ok("token list --workspace Sales --all"),
      new RegExp(`${other.token_info.token_id}.* job `),
    );
    await refused(`token revoke ${other.token_info.token_id} --workspace Sales`, /does not exist/);
    await ok(`token revoke ${other.token_info.token_id} --workspace Sales --any`);
    assert.equal(await me(`Bearer ${other.token_value}`), 401);
    await ok(`token revoke ${own.token_info.token_id}`, { environment });
    assert.equal(await me(`Bearer ${own.token_value}`), 401);
  });

  it("says what is wrong, and makes nothing by halves", async () => {
    await refused(
      "user show nobody@example.com",
      /there is no user nobody@example\.com\n.*firesteel user list/s,
    );
    await refused("user create mallory@example.com --workspace nowhere", /there is no workspace nowhere/);
    await refused("user create mallory@example.com --group no-such-group", /no-such-group/);
    await refused("user show mallory@example.com", /there is no user/);
    await refused('user show x"or"1', /there is no user x"or"1/);
    await refused("user update ada@example.com", /nothing to change/, 2);
    await refused("user update ada@example.com --admin yes", /--admin yes: expected true or false/, 2);
    await refused("user assign ada@example.com", /--workspace is missing/, 2);
    await refused("group add data", /no member is named/, 2);
    await refused("group add data nobody", /there is no user, service principal or group nobody/);
    await refused("token create --workspace Sales --lifetime soon", /--lifetime soon: expected a time/, 2);
    await refused("user set-password nobody@example.com", /does not exist/, 1, { stdin: "open sesame" });
    await refused("user set-password ada@example.com", /the password has 5 characters/, 2, {
      stdin: "short",
    });
    await refused("user set-password ada@example.com", /there is no password/, 2);
    await refused("user set-password ada@example.com", /the passwords differ/, 2, { typed: ["one", "two"] });
    await refused("user set-password ada@example.com --password-file /nonexistent", /ENOENT/, 2);
    await ok("service-principal create twin");
    await ok("service-principal create twin");
    await refused("service-principal show twin", /2 service principals have the name twin: give an id/);
  });

  it("does not show a password while it is typed", async () => {
    // Python's pty makes a terminal whose echo can be seen.
    const script = `
import os, pty, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
seen = b""
for prompt in (b"New password: ", b"Again: "):
    while prompt not in seen:
        seen += os.read(terminal, 1024)
    os.write(terminal, b"unseem\\x7fn sesame\\r")
while True:
    try:
        piece = os.read(terminal, 1024)
    except OSError:
        break
    if not piece:
        break
    seen += piece
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;
    const arguments_ = ["user", "set-password", "ada@example.com", "--data-dir", server.dataDir];
    const child = spawn("python3", ["-c", script, FIRESTEEL, ...arguments_], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let seen = "";
    child.stdout.setEncoding("utf8").on("data", (piece) => (seen += piece));
    const [exitCode] = await once(child, "close");
    assert.equal(exitCode, 0, seen);
    assert.match(seen, /The password of ada@example\.com is set/);
    assert.ok(!seen.includes("sesame"), seen);
    assert.equal(await me(basic("ada@example.com", "unseen sesame")), 200);
  });
});
