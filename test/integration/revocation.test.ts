import assert from "node:assert/strict";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type DatabricksClient, databricksClient } from "../support/databricks-client.ts";
import { firesteel } from "../support/firesteel.ts";
import { postgresUnavailable, startPostgres } from "../support/postgres.ts";
import { type ServerProcess, startServerProcess } from "../support/server.ts";
import { makeTemporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

const TIMEOUT_MS = 300_000;
/** Callers that read at each server, each without a pause. */
const CALLERS = 4;
/** Calls that each server has accepted before the revocation, and that each caller begins after it. */
const CALLS = 20;

/** Somebody who may read, until they are revoked. */
interface Reader {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  revoke(): Promise<void>;
  /** Fewer of both, where refusals are held back. */
  readonly callers?: number;
  readonly lateCalls?: number;
}

interface World {
  /** That of the revocations. */
  readonly server: ServerProcess;
  readonly client: DatabricksClient;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Has callers read all the while, at all servers, and revokes them in the midst of it. What counts is order and no time: a
 * call that begins once the revocation has been answered is refused.
 */
async function assertRevoked(
  urls: readonly string[],
  { path, headers, revoke, callers: callersEach = CALLERS, lateCalls = CALLS }: Reader,
): Promise<void> {
  let [isRevoking, isRevoked] = [false, false];
  const accepted = new Map<string, number>();
  const call = async (url: string) => {
    const response = await fetch(url + path, { headers });
    await response.text();
    return response.status;
  };
  const caller = async (url: string) => {
    for (let begunAfter = 0; begunAfter < lateCalls; ) {
      // Before it is sent.
      const isLate = isRevoked;
      const status = await call(url);
      if (isLate) {
        assert.equal(status, 401, `${url}${path}: a call that began after the revocation`);
        begunAfter += 1;
      } else if (status === 200) accepted.set(url, (accepted.get(url) ?? 0) + 1);
      else assert.ok(isRevoking && status === 401, `${url}${path}: ${status} before the revocation`);
    }
  };
  const callers = Promise.all(urls.flatMap((url) => Array.from({ length: callersEach }, () => caller(url))));
  const work = waitFor("all servers to be at work with them", TIMEOUT_MS, async () =>
    urls.every((url) => (accepted.get(url) ?? 0) >= CALLS),
  );
  // A caller that was refused before the revocation says so at once.
  await Promise.race([work, callers.then(() => assert.fail("nobody called before the revocation"))]);
  isRevoking = true;
  await revoke();
  isRevoked = true;
  await callers;
}

async function json(client: DatabricksClient, url: string, method: string, body?: object, headers = {}) {
  const answer = await client.send(url, { method, headers, ...(body !== undefined && { body }) });
  assert.ok(answer.status < 300, `${url}: ${answer.status} ${JSON.stringify(answer.json)}`);
  return answer.json;
}

const accountUrl = ({ server, client }: World) => `${server.url}/api/2.0/accounts/${client.account}`;
const accountPath = ({ client }: World) => `/api/2.0/accounts/${client.account}/credentials`;
const ADMIN = { roles: [{ value: "account_admin" }] };
const basic = (name: string, secret: string) =>
  `Basic ${Buffer.from(`${name}:${secret}`).toString("base64")}`;

const READERS: Readonly<Record<string, (world: World) => Promise<Reader>>> = {
  async "a personal access token that is deleted"({ server, client }) {
    const { workspace_id } = await client.createWorkspace("sales");
    const to = { "x-databricks-workspace-id": String(workspace_id) };
    const token = `${server.url}/api/2.0/token`;
    const made = await json(client, `${token}/create`, "POST", {}, to);
    const { token_id } = made.token_info as { token_id: string };
    return {
      path: "/api/2.0/preview/scim/v2/Me",
      headers: { ...to, authorization: `Bearer ${made.token_value}` },
      revoke: async () => void (await json(client, `${token}/delete`, "POST", { token_id }, to)),
    };
  },
  async "an access token whose service principal is deactivated"(world) {
    const { server, client } = world;
    const principals = `${accountUrl(world)}/scim/v2/ServicePrincipals`;
    const { id, applicationId } = await json(client, principals, "POST", { displayName: "ci", ...ADMIN });
    const secrets = `${accountUrl(world)}/servicePrincipals/${id}/credentials/secrets`;
    const { secret } = await json(client, secrets, "POST");
    const answer = await fetch(`${server.url}/oidc/accounts/${client.account}/v1/token`, {
      method: "POST",
      headers: { authorization: basic(String(applicationId), String(secret)) },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    const { access_token } = (await answer.json()) as { access_token: string };
    const Operations = [{ op: "replace", path: "active", value: false }];
    const schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
    return {
      path: accountPath(world),
      headers: { authorization: `Bearer ${access_token}` },
      revoke: async () => void (await json(client, `${principals}/${id}`, "PATCH", { schemas, Operations })),
    };
  },
  async "the password of a user who is deleted"(world) {
    const { server, client, environment } = world;
    const users = `${accountUrl(world)}/scim/v2/Users`;
    const userName = "ann@example.com";
    const { id } = await json(client, users, "POST", { userName, ...ADMIN });
    const file = join(server.dataDir, "..", "password.txt");
    await writeFile(file, "correct horse battery\n");
    const set = ["user", "set-password", userName, "--password-file", file, "--data-dir", server.dataDir];
    const done = await firesteel(set, { environment });
    assert.equal(done.exitCode, 0, done.stderr);
    return {
      path: accountPath(world),
      headers: { authorization: basic(userName, "correct horse battery") },
      revoke: async () => void (await json(client, `${users}/${id}`, "DELETE")),
      callers: 2,
      lateCalls: 1,
    };
  },
};

for (const { name, skip, isShared } of [
  { name: "at one server on SQLite", skip: false, isShared: false },
  { name: "at one of two servers on PostgreSQL", skip: postgresUnavailable() ?? false, isShared: true },
] as const) {
  describe(`revoked under load, ${name}`, { timeout: TIMEOUT_MS, skip }, () => {
    const servers: ServerProcess[] = [];
    const ends: (() => Promise<unknown>)[] = [];
    let world: World;

    before(async () => {
      const directory = await makeTemporaryDirectory();
      ends.unshift(directory.remove);
      let environment = {};
      if (isShared) {
        const postgres = await startPostgres();
        ends.unshift(postgres.stop);
        environment = { FIRESTEEL_DATABASE_URL: await postgres.createDatabase() };
      }
      const start = async (name: string) => {
        const server = await startServerProcess(join(directory.path, name), environment);
        ends.unshift(server.stop);
        servers.push(server);
        return server;
      };
      const server = await start("data");
      if (isShared) {
        await mkdir(join(directory.path, "other"));
        await cp(join(server.dataDir, "keys"), join(directory.path, "other", "keys"), { recursive: true });
        await start("other");
      }
      world = { server, client: await databricksClient(server), environment };
    });

    after(async () => {
      for (const end of ends) await end();
    });

    for (const [what, reader] of Object.entries(READERS))
      it(`${what} opens nothing from then on`, async () => {
        const urls = servers.map(({ url }) => url);
        await assertRevoked(urls, await reader(world));
      });
  });
}
