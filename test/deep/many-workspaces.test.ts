import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { PROVISIONING_STEPS } from "../../src/core/workspace/workspace.ts";
import { startServerProcess } from "../support/server.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

const EVIDENCE = fileURLToPath(new URL("../../docs/evidence/many-workspaces.md", import.meta.url));
const WORKSPACES = Number(process.env.WORKSPACES ?? 200);
const TIMEOUT_MS = 20 * 60_000;
const BUCKET = "root-bucket";

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

test(`${WORKSPACES} workspaces that are created at once all run, each once, and can be deleted at once`, {
  timeout: TIMEOUT_MS,
  skip: process.platform !== "linux",
}, async (t) => {
  const dataDir = join(await temporaryDirectory(t), "data");
  const server = await startServerProcess(dataDir, { FIRESTEEL_LOG_LEVEL: "warn" });
  t.after(() => server.endWithApplications());
  const { DATABRICKS_ACCOUNT_ID, DATABRICKS_TOKEN } = server.clientEnvironment;
  const headers = { authorization: `Bearer ${DATABRICKS_TOKEN}` };
  const call = async (method: string, path: string, body?: object): Promise<Answer> => {
    const url = `${server.url}/api/2.0/accounts/${DATABRICKS_ACCOUNT_ID}/${path}`;
    const answer = await fetch(url, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const make = async (collection: string, body: object) => {
    const answer = await call("POST", collection, body);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return Object(answer.body);
  };
  const { credentials_id } = await make("credentials", {
    credentials_name: "role",
    aws_credentials: { sts_role: { role_arn: "arn:aws:iam::123456789012:role/role" } },
  });
  const { storage_configuration_id } = await make("storage-configurations", {
    storage_configuration_name: "root",
    root_bucket_info: { bucket_name: BUCKET },
  });
  const numbers = Array.from({ length: WORKSPACES }, (_, number) => String(number).padStart(7, "0"));
  const networks = await Promise.all(
    numbers.map(async (number) => {
      const { network_id } = await make("networks", {
        network_name: `network-${number}`,
        vpc_id: "vpc-0a1b2c3d",
        subnet_ids: [`subnet-a${number}`, `subnet-b${number}`],
        security_group_ids: [`sg-c${number}`],
      });
      return String(network_id);
    }),
  );

  // Each is asked for twice at the same instant, with one name and one network: one wins.
  const fromMs = performance.now();
  const asked = await Promise.all(
    numbers.flatMap((number, at) => {
      const workspace = {
        workspace_name: `workspace-${number}`,
        deployment_name: `workspace-${number}`,
        aws_region: "us-west-2",
        credentials_id,
        storage_configuration_id,
        network_id: networks[at],
      };
      return [call("POST", "workspaces", workspace), call("POST", "workspaces", workspace)];
    }),
  );
  const acceptedMs = performance.now() - fromMs;
  const won = asked.filter(({ status }) => status === 200);
  const lost = asked.filter(({ status }) => status !== 200);
  assert.equal(won.length, WORKSPACES);
  assert.deepEqual([...new Set(lost.map(({ status }) => status))], [409], JSON.stringify(lost[0]));

  const list = async () => [(await call("GET", "workspaces")).body].flat().map((each) => Object(each));
  const running = await waitFor("all workspaces to run", TIMEOUT_MS, async () => {
    const all = await list();
    assert.equal(all.length, WORKSPACES);
    assert.ok(all.every(({ workspace_status }) => workspace_status !== "FAILED"));
    return all.every(({ workspace_status }) => workspace_status === "RUNNING") && all;
  });
  const runningMs = performance.now() - fromMs;

  for (const member of ["workspace_id", "workspace_url", "deployment_name", "network_id"])
    assert.equal(new Set(running.map((workspace) => workspace[member])).size, WORKSPACES, member);
  const prefixes = await readdir(join(dataDir, "buckets", BUCKET));
  assert.deepEqual(prefixes.sort(), running.map(({ workspace_id }) => String(workspace_id)).sort());
  assert.deepEqual(eventsOf(dataDir), {
    "workspace.created": 1,
    "workspace.changed": PROVISIONING_STEPS.length,
  });
  const answers = await Promise.all(
    running.map(async ({ workspace_url, workspace_id }) => {
      const answer = await fetch(`${workspace_url}/api/2.0/preview/scim/v2/Me`, { headers });
      return [answer.status, answer.headers.get("x-databricks-org-id") === String(workspace_id)];
    }),
  );
  assert.ok(
    answers.every(([status, isItself]) => status === 200 && isItself),
    JSON.stringify(answers[0]),
  );
  const { processorSeconds, residentMegabytes } = await used(server.pid);

  const deleteFromMs = performance.now();
  await Promise.all(running.map(({ workspace_id }) => call("DELETE", `workspaces/${workspace_id}`)));
  await waitFor("all workspaces to be gone", TIMEOUT_MS, async () => (await list()).length === 0);
  const goneMs = performance.now() - deleteFromMs;
  await Promise.all(
    networks.map(async (network) => assert.equal((await call("DELETE", `networks/${network}`)).status, 200)),
  );
  assert.deepEqual(await objectsBelow(join(dataDir, "buckets", BUCKET)), []);

  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  await writeFile(
    EVIDENCE,
    [
      "# Many workspaces at once",
      "",
      `Written by \`node --test test/deep/many-workspaces.test.ts\`, ${cpus().length} cores, Node ${process.version}.`,
      "",
      `${WORKSPACES} workspaces, each with a network of its own, were asked for twice each at the same instant by ${2 * WORKSPACES} requests. One of`,
      "each two was accepted, the other one refused with 409. All came to RUNNING, each with an id, a port and a part of the root bucket",
      "of its own, having taken each provisioning step once; each answered at its own port. Then all were deleted at once, and",
      "left nothing in the bucket.",
      "",
      "| | |",
      "|---|---|",
      `| until all requests were answered | ${seconds(acceptedMs)} |`,
      `| until all were RUNNING | ${seconds(runningMs)} |`,
      `| from the first DELETE until all were gone | ${seconds(goneMs)} |`,
      `| processor time of the server, from its start until all ran | ${processorSeconds.toFixed(1)} s |`,
      `| memory of the server when all ran | ${residentMegabytes} MB |`,
      "",
    ].join("\n"),
  );
});

/** How often each thing has happened to a workspace. Throws where it is not the same for each. */
function eventsOf(dataDir: string): Record<string, number> {
  using database = new DatabaseSync(join(dataDir, "firesteel.db"), { readOnly: true });
  const rows = database
    .prepare(
      "select type, count(*) as count, subject_id from events where subject_kind = 'workspace' group by subject_id, type",
    )
    .all();
  const counts = Map.groupBy(rows, ({ type }) => String(type));
  return Object.fromEntries(
    [...counts].map(([type, of]) => {
      assert.equal(of.length, WORKSPACES, type);
      const [count, ...others] = new Set(of.map((row) => Number(row.count)));
      assert.deepEqual(others, [], `${type} is as frequent for each`);
      return [type, count ?? 0];
    }),
  );
}

async function objectsBelow(directory: string): Promise<string[]> {
  const all = await readdir(directory, { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile()).map(({ name }) => name);
}

async function used(pid: number): Promise<{ processorSeconds: number; residentMegabytes: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const [utime = 0, stime = 0] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number);
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
  // Linux's unit in /proc, whatever the kernel's own clock does (USER_HZ).
  return { processorSeconds: (utime + stime) / 100, residentMegabytes: Math.round(kilobytes / 1024) };
}
