import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startMailServer } from "../support/mail-server.ts";
import { type ServerProcess, startServerProcess } from "../support/server.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

const FIRESTEEL = fileURLToPath(new URL("../../bin/firesteel", import.meta.url));
const TIMEOUT_MS = 300_000;
const PATIENCE_MS = 120_000;
const execute = promisify(execFile);

/** Makes a workspace as the administrator and waits until it is RUNNING; answers it. */
async function makeRunning({ clientEnvironment, url }: ServerProcess, name: string) {
  const path = `${url}/api/2.0/accounts/${clientEnvironment.DATABRICKS_ACCOUNT_ID}`;
  const headers = { authorization: `Bearer ${clientEnvironment.DATABRICKS_TOKEN}` };
  const call = async (place: string, body?: object) => {
    const request = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const answer = await fetch(`${path}/${place}`, { headers, ...request });
    assert.ok(answer.ok, `${place}: ${answer.status}`);
    // Whatever is asked for below.
    return (await answer.json()) as Record<string, string>;
  };
  const { credentials_id } = await call("credentials", {
    credentials_name: name,
    aws_credentials: { sts_role: { role_arn: "arn:aws:iam::123456789012:role/r" } },
  });
  const { storage_configuration_id } = await call("storage-configurations", {
    storage_configuration_name: name,
    root_bucket_info: { bucket_name: "root-bucket" },
  });
  const { workspace_id } = await call("workspaces", {
    workspace_name: name,
    aws_region: "us-west-2",
    credentials_id,
    storage_configuration_id,
  });
  return waitFor(`workspace ${name} to run`, PATIENCE_MS, async () => {
    const workspace = await call(`workspaces/${workspace_id}`);
    const { workspace_status, workspace_url = "", workspace_id: id } = workspace;
    return workspace_status === "RUNNING" ? { id: String(id), url: workspace_url } : null;
  });
}

test("without an SMTP server the mail is a file in the outbox", { timeout: TIMEOUT_MS }, async (t) => {
  const dataDir = join(await temporaryDirectory(t), "data");
  const server = await startServerProcess(dataDir);
  t.after(() => server.endWithApplications());
  const workspace = await makeRunning(server, "Sales");
  const file = join(dataDir, "outbox", `workspace-${workspace.id}-running.eml`);
  const message = await waitFor("the mail", PATIENCE_MS, () => readFile(file, "utf8").catch(() => null));
  assert.ok(message.includes(`\r\n${workspace.url}\r\n`), message);
  assert.match(message, /^To: admin@firesteel\.local\r$/m);
  assert.deepEqual(await readdir(join(dataDir, "outbox")), [`workspace-${workspace.id}-running.eml`]);
});

test("a mail that no server takes is told by doctor, outlives a SIGKILL, and comes once", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const mail = await startMailServer(t);
  mail.refuseWith("451 Come back later.");
  const dataDir = join(await temporaryDirectory(t), "data");
  const settings = {
    FIRESTEEL_MAIL_SMTP: `smtp://127.0.0.1:${mail.port}`,
    FIRESTEEL_MAIL_FROM: "spark@example.com",
  };
  const killed = await startServerProcess(dataDir, settings);
  const workspace = await makeRunning(killed, "Sales");
  const finding = await waitFor("doctor to tell of it", PATIENCE_MS, async () => {
    const { stdout } = await execute(FIRESTEEL, ["doctor", "--data-dir", dataDir, "-o", "json"], {
      env: { ...process.env, ...settings },
    });
    const checks = JSON.parse(stdout) as { name: string; finding: string }[];
    return checks.find(({ name }) => name === "E-mail")?.finding;
  });
  assert.match(finding, /^not sent yet to admin@firesteel\.local: .*451 Come back later\./);
  await killed.kill();

  mail.refuseWith(null);
  const server = await startServerProcess(dataDir, settings);
  t.after(() => server.endWithApplications());
  await waitFor("the mail to come", PATIENCE_MS, async () => mail.received.length > 0);
  const [received = assert.fail("it was there")] = mail.received;
  assert.deepEqual([received.from, received.to], ["spark@example.com", ["admin@firesteel.local"]]);
  assert.match(received.message, new RegExp(`^Message-ID: <workspace-${workspace.id}-running@`, "m"));
  assert.ok(received.message.includes(`\r\n${workspace.url}\r\n`), received.message);
  await server.stop();
  assert.equal(mail.received.length, 1);
  assert.deepEqual(await readdir(join(dataDir, "outbox")).catch(() => []), []);
});
