import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { runFakeCli } from "../../test/support/fake-cli.ts";
import type { AccessKeys } from "./host.ts";

describe("firesteel", () => {
  let dataDir: string;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "firesteel-cli-"));
  });
  after(() => rm(dataDir, { recursive: true }));

  it("prints tables for people and JSON for scripts", async () => {
    const host = {
      processes: async () => [{ application: "a-2", run: "a", role: "driver" as const, pid: 12 }],
    };
    const table = await runFakeCli(["ps"], { host });
    assert.deepEqual(table, {
      exitCode: 0,
      stdout: "APPLICATION  RUN  ROLE    PID\na-2          a    driver   12\n",
      stderr: "",
    });
    const json = await runFakeCli(["ps", "-o", "json"], { host });
    assert.deepEqual(JSON.parse(json.stdout), [{ application: "a-2", run: "a", role: "driver", pid: 12 }]);
  });

  it("says so where there is nothing, and prints an empty list for scripts", async () => {
    const host = { processes: async () => [] };
    assert.equal((await runFakeCli(["ps"], { host })).stdout, "No drivers are running.\n");
    assert.equal((await runFakeCli(["ps", "-o", "json"], { host })).stdout, "[]\n");
  });

  it("colours on a terminal unless NO_COLOR says no", async () => {
    const host = { processes: async () => [{ application: "a", run: "a", role: "driver" as const, pid: 1 }] };
    const csi = "\u001b[";
    assert.ok((await runFakeCli(["ps"], { host, isTerminal: true })).stdout.includes(csi));
    assert.ok(
      !(await runFakeCli(["ps"], { host, isTerminal: true, environment: { NO_COLOR: "1" } })).stdout.includes(
        csi,
      ),
    );
  });

  const failures: [argv: string[], exitCode: number, stderr: RegExp][] = [
    [["ps", "-o", "yaml"], 2, /^error: --output yaml: unknown format\n {2}Use table or json\.\n$/],
    [
      ["ps", "--set", "server.prot=1"],
      2,
      /^error: --set: unknown setting "server\.prot"; did you mean "server\.port"\?\n$/,
    ],
    [
      ["server", "--port", "x"],
      2,
      /^error: server\.port: "x" is not a port from 0 to 65535 \(from flag --port\)\n$/,
    ],
    [["emr", "run", "/nowhere/my.py"], 1, /^error: \/nowhere\/my\.py: no such file/],
    [["s3", "cp", "a", "b"], 2, /neither side is a bucket\n {2}One of them must start with s3:\/\//],
    [["s3", "ls", "bucket"], 2, /bucket is not an s3:\/\/ address/],
    [["emr", "logs", "r", "--stream", "out"], 2, /--stream out: expected stdout or stderr/],
  ];
  for (const [argv, exitCode, stderr] of failures) {
    it(`refuses "${argv.join(" ")}" with exit code ${exitCode}`, async () => {
      const outcome = await runFakeCli(argv, {
        host: { buckets: async () => assert.fail("buckets were asked for") },
      });
      assert.match(outcome.stderr, stderr);
      assert.equal(outcome.exitCode, exitCode);
      assert.equal(outcome.stdout, "");
    });
  }

  for (const argv of [["emr", "list"], ["emr", "logs", "-f", "r"], ["env"]]) {
    it(`ends "${argv.join(" ")}" with exit code 3 where no server runs`, async () => {
      const outcome = await runFakeCli([...argv, "--data-dir", dataDir]);
      assert.equal(outcome.exitCode, 3);
      assert.match(outcome.stderr, /`firesteel server`/);
    });
  }

  it("does not sign for a server elsewhere with the administrator's key of this machine", async () => {
    await writeFile(join(dataDir, "admin.env"), "AWS_ACCESS_KEY_ID=AKIA\nAWS_SECRET_ACCESS_KEY=s\n");
    const outcome = await runFakeCli([
      "emr",
      "list",
      "--data-dir",
      dataDir,
      "--endpoint-url",
      "http://127.0.0.1:9",
    ]);
    assert.equal(outcome.exitCode, 2);
    assert.match(outcome.stderr, /no credentials for http:\/\/127\.0\.0\.1:9/);
  });

  it("env prints what a shell evaluates, for boto3 too", async () => {
    await writeFile(
      join(dataDir, "admin.env"),
      "AWS_ACCESS_KEY_ID=AKIA\nAWS_SECRET_ACCESS_KEY=a/b+c\nAWS_REGION=eu-west-1\n",
    );
    const outcome = await runFakeCli(["env", "--data-dir", dataDir]);
    assert.equal(
      outcome.stdout,
      "export AWS_DEFAULT_REGION='eu-west-1'\nexport AWS_ACCESS_KEY_ID='AKIA'\nexport AWS_SECRET_ACCESS_KEY='a/b+c'\nexport AWS_REGION='eu-west-1'\n",
    );
    assert.match(outcome.stderr, /the server is not running/);
  });

  it("prints an access key's secret once, and never in a list", async () => {
    const key = {
      id: "AKIA1",
      account: "1",
      principalArn: "arn:aws:iam::1:user/ci",
      state: "Active" as const,
      createdAtMs: 0,
    };
    const accessKeys: AccessKeys = {
      create: async (user) => ({ ...key, principalArn: `arn:aws:iam::1:user/${user}`, secret: "s3cret" }),
      list: async () => [key],
      setState: async (id) => id === key.id,
      delete: async (id) => id === key.id,
    };
    const host = { accessKeys: () => accessKeys };
    const created = await runFakeCli(["access-key", "create", "--user", "ci"], { host });
    assert.match(created.stdout, /AWS_SECRET_ACCESS_KEY +s3cret/);
    assert.match(created.stderr, /not shown again/);
    assert.deepEqual(JSON.parse((await runFakeCli(["access-key", "list", "-o", "json"], { host })).stdout), [
      {
        id: "AKIA1",
        account: "1",
        principalArn: "arn:aws:iam::1:user/ci",
        state: "Active",
        createdAt: "1970-01-01T00:00:00.000Z",
      },
    ]);
    assert.equal(
      (await runFakeCli(["access-key", "deactivate", "AKIA1"], { host })).stdout,
      "AKIA1 is Inactive\n",
    );
    const deleted = await runFakeCli(["access-key", "delete", "AKIA1"], { host });
    assert.equal(deleted.stdout, "Deleted AKIA1\n");
    assert.match(
      deleted.stderr,
      /no active administrator's key is left: the next start of the server makes one/,
    );
    const missing = await runFakeCli(["access-key", "deactivate", "AKIA2"], { host });
    assert.deepEqual(
      [missing.exitCode, missing.stderr],
      [1, "error: no access key AKIA2\n  Did you mean AKIA1?\n"],
    );
  });

  it("shows an installation's progress in few lines off a terminal", async () => {
    const runtime = {
      name: "spark-3.5.9",
      sparkVersion: "3.5.9",
      sparkHome: "/s",
      javaHome: "/j",
      javaVersion: 17,
      python: "/p",
    };
    const host = {
      runtimes: async () => ({
        list: async () => [],
        inspect: async () => ({ kind: "installed" as const, runtime }),
        install: async (
          _requirement: unknown,
          _signal: AbortSignal,
          onProgress: (progress: { step: string; fraction: number | null }) => void,
        ) => {
          for (let percent = 0; percent <= 100; percent += 1)
            onProgress({ step: "downloading", fraction: percent / 100 });
          return runtime;
        },
      }),
    };
    const outcome = await runFakeCli(["runtime", "install"], { host });
    assert.equal(outcome.stdout, "Spark 3.5.9 on Java 17 is at /s\n");
    assert.equal(outcome.stderr, "[........................]   0 %  downloading\n");
  });

  it("hides a defect's stack unless DEBUG asks for it, and ends with 1", async () => {
    const host = {
      processes: async () => {
        throw new Error("boom");
      },
    };
    assert.deepEqual(await runFakeCli(["ps"], { host }), {
      exitCode: 1,
      stdout: "",
      stderr: "error: boom\n",
    });
    assert.match(
      (await runFakeCli(["ps"], { host, environment: { DEBUG: "1" } })).stderr,
      /error: boom\nError: boom\n +at /,
    );
  });
});
