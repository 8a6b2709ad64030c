import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { readAdminEnv } from "../../src/cli/machine/admin-env.ts";
import { KillableServer } from "../harness/killable-server.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

// The whole server, killed by the kernel while it delivers once a second.

const BUCKET = "audit-bucket";
const LIVES = 3;
const TIMEOUT_MS = 120_000;

type Members = Record<string, unknown>;

async function linesOf(directory: string): Promise<readonly Members[]> {
  const names = await readdir(directory, { recursive: true }).catch(() => []);
  const texts = await Promise.all(
    names.filter((name) => /\.jsonl?$/.test(name)).map((name) => readFile(join(directory, name), "utf8")),
  );
  return texts
    .flatMap((text) => text.split("\n"))
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Members]; // whoever wrote it wrote objects
      } catch {
        return []; // the half line of a killed server, or the end
      }
    });
}

test("audit records are delivered once each, however often the server is killed", async (t) => {
  const directory = await temporaryDirectory(t);
  const server = new KillableServer({
    directory,
    settings: { "audit.deliverySeconds": "1" },
    shellRuntime: null,
  });
  t.after(() => server.kill());
  await server.start();
  const call = async (method: string, path: string, body?: object) => {
    const environment = await readAdminEnv(server.dataDir);
    const record = JSON.parse(await readFile(join(server.dataDir, "server.json"), "utf8"));
    const account = environment?.get("DATABRICKS_ACCOUNT_ID");
    const answer = await fetch(`${record.url}/api/2.0/accounts/${account}/${path}`, {
      method,
      headers: { authorization: `Bearer ${environment?.get("DATABRICKS_TOKEN")}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    assert.equal(answer.status, 200, await answer.clone().text());
    return (await answer.json()) as Members;
  };
  const { credentials_id } = await call("POST", "credentials", {
    credentials_name: "c",
    aws_credentials: { sts_role: { role_arn: "arn:aws:iam::123456789012:role/logs" } },
  });
  const { storage_configuration_id } = await call("POST", "storage-configurations", {
    storage_configuration_name: "s",
    root_bucket_info: { bucket_name: BUCKET },
  });
  const made = await call("POST", "log-delivery", {
    log_delivery_configuration: {
      log_type: "AUDIT_LOGS",
      output_format: "JSON",
      credentials_id,
      storage_configuration_id,
    },
  });
  const { creation_time } = made.log_delivery_configuration as { creation_time: number };

  const delivered = () => linesOf(join(server.dataDir, "buckets", BUCKET));
  for (let life = 0; life < LIVES; life++) {
    const before = (await delivered()).length;
    await waitFor("another delivery", TIMEOUT_MS, async () => {
      await Promise.all(Array.from({ length: 20 }, () => call("GET", "workspaces")));
      return (await delivered()).length > before ? true : null;
    });
    const calls = Array.from({ length: 20 }, () => call("GET", "workspaces").catch(() => null));
    await server.kill();
    await Promise.all(calls);
    await server.start();
  }
  const idsOf = (records: readonly Members[]) => records.map(({ requestId }) => String(requestId)).sort();
  const recorded = (await linesOf(join(server.dataDir, "audit"))).filter(
    ({ accountId, timestamp }) => accountId !== undefined && Number(timestamp) >= creation_time,
  );
  const found = await waitFor("all records in the bucket", TIMEOUT_MS, async () => {
    const ids = idsOf(await delivered());
    return ids.length >= recorded.length ? ids : null;
  });
  assert.deepEqual(found, idsOf(recorded));
});
