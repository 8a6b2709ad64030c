import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import type { CloudFile } from "../../../src/cloud/local/cloud-file.ts";
import { ConnectProxy } from "../../harness/connect-proxy.ts";
import { GO } from "../../support/compiled-programs.ts";
import { goProgram } from "../../support/go-programs.ts";
import { type ServerProcess, startServerProcess } from "../../support/server.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

const execute = promisify(execFile);
const EVIDENCE = join(import.meta.dirname, "..", "..", "..", "docs", "evidence", "terraform-databricks.md");
const TIMEOUT_MS = 60 * 60_000;
const TERRAFORM = "v1.5.7";
const PROVIDER = "v1.50.0";
const DOMAIN = "firesteel.test";
/** Exit codes of `plan -detailed-exitcode`. */
const NO_CHANGES = 0;
const CHANGES = 2;

interface Run {
  readonly exitCode: number;
  readonly output: string;
  readonly tookMs: number;
}

test("Terraform applies, sees no drift, changes and destroys what an account has", {
  timeout: TIMEOUT_MS,
  skip: GO.compiler === null && "this machine has no Go: Terraform is NOT tried",
}, async (t) => {
  const { terraform, asked } = await terraformWorld(t);
  const runs: [string, Run][] = [];
  const step = async (name: string, exitCode: number, ...args: string[]) => {
    const run = await terraform(...args);
    assert.equal(run.exitCode, exitCode, `${name}:\n${run.output}`);
    runs.push([name, run]);
    return run.output;
  };
  const faulty = ["-var", "security_group=sg-1a1b2c3d4e5f60718"];
  const failed = await step(
    "`apply` with a security group that will not do",
    1,
    "apply",
    "-auto-approve",
    ...faulty,
  );
  assert.match(failed, /network error message: error: securityGroup;\s*error_msg: Security group/);
  await step("`apply` with another one, of a new network", 0, "apply", "-auto-approve");
  await step("`plan` finds nothing to do", NO_CHANGES, "plan", "-detailed-exitcode");
  const { names } = JSON.parse((await terraform("output", "-json")).output);
  assert.deepEqual(names.value, {
    credentials: ["role"],
    workspaces: ["Sales"],
    me: true,
    tag: "first",
    status: "RUNNING",
  });
  const changed = ["-var", "tag=second"];
  await step("`plan` of another tag", CHANGES, "plan", "-detailed-exitcode", ...changed);
  await step("`apply` of it, to the running workspace", 0, "apply", "-auto-approve", ...changed);
  await step("`plan` finds nothing to do", NO_CHANGES, "plan", "-detailed-exitcode", ...changed);
  const state = (await terraform("state", "list")).output.trim().split("\n");
  const destroyed = await step("`destroy`", 0, "destroy", "-auto-approve", ...changed);
  const resources = state.filter((address) => !address.startsWith("data."));
  assert.match(destroyed, new RegExp(`Destroy complete! Resources: ${resources.length} destroyed.`));
  assert.deepEqual([...asked].sort(), [`accounts.${DOMAIN}:443`, `sales.${DOMAIN}:443`]);
  await writeFile(EVIDENCE, report(runs, resources));
});

async function terraformWorld(t: TestContext) {
  const program = await goProgram("github.com/hashicorp/terraform", TERRAFORM);
  const provider = await goProgram("github.com/databricks/terraform-provider-databricks", PROVIDER);
  const directory = await temporaryDirectory(t);
  const vpc = "vpc-0a1b2c3d4e5f60718";
  const cloud: CloudFile = {
    vpcs: { [vpc]: { region: "us-west-2" } },
    securityGroups: { "sg-0a1b2c3d4e5f60718": { vpc }, "sg-1a1b2c3d4e5f60718": { vpc, selfTraffic: false } },
  };
  await writeFile(join(directory, "cloud.json"), JSON.stringify(cloud));
  const server = await startServerProcess(join(directory, "data"), {
    FIRESTEEL_CLOUD_LOCAL_FILE: join(directory, "cloud.json"),
    FIRESTEEL_TLS_ENABLED: "true",
    FIRESTEEL_SERVER_DOMAIN: DOMAIN,
    FIRESTEEL_SERVER_PUBLIC_URL: `https://accounts.${DOMAIN}`,
  });
  t.after(() => server.endWithApplications());
  const proxy = await ConnectProxy.start(Number(new URL(server.url).port));
  t.after(() => proxy.close());
  await cp(join(import.meta.dirname, "main.tf"), join(directory, "main.tf"));
  await writeFile(
    join(directory, "terraform.rc"),
    `provider_installation {\n  dev_overrides { "databricks/databricks" = "${dirname(provider)}" }\n  direct {}\n}\n`,
  );
  const env = environment(directory, server, proxy.url);
  const terraform = async (...args: string[]): Promise<Run> => {
    const begunMs = performance.now();
    const { exitCode, output } = await execute(program, args, {
      cwd: directory,
      env,
      maxBuffer: 2 ** 26,
    }).then(
      ({ stdout }) => ({ exitCode: 0, output: stdout }),
      (error: { code?: number; stdout?: string; stderr?: string }) => ({
        exitCode: error.code ?? -1,
        output: `${error.stdout}\n${error.stderr}`,
      }),
    );
    return { exitCode, output, tookMs: performance.now() - begunMs };
  };
  return { terraform, asked: proxy.asked };
}

/** Only certificates and the way to the server differ from what a user of the vendor's cloud has. */
function environment(directory: string, server: ServerProcess, proxyUrl: string): NodeJS.ProcessEnv {
  const { DATABRICKS_ACCOUNT_ID, DATABRICKS_CLIENT_ID, DATABRICKS_CLIENT_SECRET } = server.clientEnvironment;
  return {
    HOME: directory,
    PATH: "/usr/bin:/bin",
    CHECKPOINT_DISABLE: "1",
    TF_CLI_CONFIG_FILE: join(directory, "terraform.rc"),
    TF_CLI_ARGS: "-no-color",
    TF_INPUT: "0",
    HTTPS_PROXY: proxyUrl,
    SSL_CERT_FILE: join(server.dataDir, "tls", "ca-bundle.pem"),
    TF_VAR_account_host: `https://accounts.${DOMAIN}`,
    TF_VAR_account_id: DATABRICKS_ACCOUNT_ID,
    TF_VAR_client_id: DATABRICKS_CLIENT_ID,
    TF_VAR_client_secret: DATABRICKS_CLIENT_SECRET,
  };
}

function report(runs: readonly (readonly [string, Run])[], resources: readonly string[]): string {
  const kinds = Map.groupBy(resources, (address) => address.split(".")[0] ?? "");
  return [
    "# Terraform",
    "",
    `Terraform ${TERRAFORM} and its Databricks provider ${PROVIDER}, built from the Go module proxy, against a server with`,
    `\`--tls --domain ${DOMAIN}\`; a CONNECT proxy leads \`accounts.${DOMAIN}\` and \`sales.${DOMAIN}\` to its port. The`,
    "configuration is `test/deep/terraform-databricks/main.tf`; it signs in by OAuth with a service principal's secret.",
    "",
    "| step | took |",
    "|---|---|",
    ...runs.map(([name, { tookMs }]) => `| ${name} | ${(tookMs / 1000).toFixed(0)} s |`),
    "",
    "| resource | how many |",
    "|---|---|",
    ...[...kinds].sort().map(([kind, addresses]) => `| \`${kind}\` | ${addresses.length} |`),
    "",
    "Made by `node --test test/deep/terraform-databricks/terraform.test.ts`.",
    "",
  ].join("\n");
}
