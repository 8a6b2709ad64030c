import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, beforeEach, describe, it } from "node:test";
import { type FakeCli, runFakeCli } from "../../../test/support/fake-cli.ts";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { DATABRICKS_ACCOUNT_OPERATIONS } from "../../contract/databricks-account/operations.ts";
import { COMMANDS, GROUPS } from "../commands.ts";

const ACCOUNT = "11111111-2222-3333-4444-555555555555";
const RUNNING = {
  workspace_id: 7,
  workspace_name: "w",
  workspace_status: "RUNNING",
  workspace_status_message: "Workspace is running.",
};

describe("firesteel account", () => {
  const requests: { request: IncomingMessage; body: string }[] = [];
  const answers: { status?: number; body: unknown }[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      requests.push({ request, body });
      const answer = answers.shift() ?? { body: {} };
      response.writeHead(answer.status ?? 200, { "content-type": "application/json" });
      response.end(JSON.stringify(answer.body));
    });
  });
  let environment: Record<string, string> = {};

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    environment = {
      DATABRICKS_HOST: `http://127.0.0.1:${address.port}`,
      DATABRICKS_ACCOUNT_ID: ACCOUNT,
      DATABRICKS_TOKEN: "dapi1",
    };
  });
  beforeEach(() => {
    requests.length = 0;
    answers.length = 0;
  });
  after(() => server.close());

  const account = (line: string, fake: FakeCli = {}) =>
    runFakeCli(["account", ...line.split(" ")], { host: {}, environment, ...fake });
  const sent = () => requests.map(({ request, body }) => [request.method, request.url, body]);

  it("has a command for every operation of the account API, and a group for every object", () => {
    const names = new Set(COMMANDS.map(({ path }) => path.join(" ")));
    for (const { object, verb } of Object.values(DATABRICKS_ACCOUNT_OPERATIONS)) {
      assert.ok(names.has(`account ${object} ${verb}`));
      assert.ok(GROUPS[`account ${object}`]);
    }
  });

  it("sends flat, nested, listed and mapped members as JSON of their types, as the bearer of the token", async () => {
    const made = await account(
      "workspaces create --workspace-name w --aws-region eu-west-1 --is-no-public-ip-enabled true --custom-tags a=b=c --custom-tags d=",
    );
    assert.equal(made.exitCode, 0, made.stderr);
    await account(
      "networks create --vpc-id vpc-1 --subnet-ids s-1 --subnet-ids s-2 --vpc-endpoints.rest-api e-1",
    );
    assert.deepEqual(
      sent().map(([method, url, body]) => [method, url, JSON.parse(body ?? "")]),
      [
        [
          "POST",
          `/api/2.0/accounts/${ACCOUNT}/workspaces`,
          {
            workspace_name: "w",
            aws_region: "eu-west-1",
            is_no_public_ip_enabled: true,
            custom_tags: { a: "b=c", d: "" },
          },
        ],
        [
          "POST",
          `/api/2.0/accounts/${ACCOUNT}/networks`,
          { vpc_id: "vpc-1", subnet_ids: ["s-1", "s-2"], vpc_endpoints: { rest_api: ["e-1"] } },
        ],
      ],
    );
    assert.equal(requests[0]?.request.headers.authorization, "Bearer dapi1");
  });

  it("takes a body from --json or standard input; options win; paths and queries stay out of it", async () => {
    await account(
      "workspaces update --workspace-id 7/8 --json - --network-id n2 --update-mask network_id,custom_tags",
      { stdin: '{"network_id":"n1","custom_tags":{"a":"b"}}' },
    );
    assert.deepEqual(sent(), [
      [
        "PATCH",
        `/api/2.0/accounts/${ACCOUNT}/workspaces/7%2F8?update_mask=network_id%2Ccustom_tags`,
        '{"network_id":"n2","custom_tags":{"a":"b"}}',
      ],
    ]);
  });

  it("signs in with user name and password where there is no token, or where they are asked for", async () => {
    const basic = { DATABRICKS_USERNAME: "ä@b", DATABRICKS_PASSWORD: "p:q" };
    const { DATABRICKS_TOKEN: _token, ...rest } = environment;
    await account("credentials list", { environment: { ...rest, ...basic } });
    await account("credentials list", {
      environment: { ...environment, ...basic, DATABRICKS_AUTH_TYPE: "basic" },
    });
    const both = await account("credentials list", { environment: { ...environment, ...basic } });
    assert.equal(both.exitCode, 2);
    assert.match(both.stderr, /more than one authorization method configured: pat .* and basic /);
    const encoded = `Basic ${Buffer.from("ä@b:p:q").toString("base64")}`;
    assert.deepEqual(
      requests.map(({ request }) => request.headers.authorization),
      [encoded, encoded],
    );
  });

  it("shows lists as tables and objects by member, times as times; -o json is the answer itself", async () => {
    const credentials = {
      credentials_id: "c1",
      account_id: ACCOUNT,
      credentials_name: "first",
      creation_time: Date.UTC(2026, 0, 2, 3, 4, 5),
      aws_credentials: { sts_role: { role_arn: "arn" } },
    };
    answers.push({ body: [credentials] }, { body: credentials }, { body: [credentials] }, { body: [] });
    const list = await account("credentials list --utc");
    assert.match(
      list.stdout,
      /^CREDENTIALS ID +CREDENTIALS NAME +CREATION TIME\nc1 +first +2026-01-02 03:04:05/,
    );
    const one = await account("credentials get --credentials-id c1");
    assert.match(one.stdout, /^aws_credentials\.sts_role\.role_arn +arn$/m);
    const json = await account("credentials list -o json");
    assert.deepEqual(JSON.parse(json.stdout), [credentials]);
    assert.equal((await account("credentials list")).stdout, "None.\n");
  });

  it("tells a refusal by error_code and message, with exit code 1", async () => {
    answers.push({ status: 404, body: { error_code: "RESOURCE_DOES_NOT_EXIST", message: "no such" } });
    const refused = await account("workspaces get --workspace-id 9");
    assert.deepEqual(
      [refused.exitCode, refused.stdout, refused.stderr],
      [1, "", "error: RESOURCE_DOES_NOT_EXIST: no such\n"],
    );
  });

  it("--wait asks until the workspace is RUNNING", async () => {
    answers.push(
      { body: { workspace_id: 7, workspace_status: "PROVISIONING" } },
      { body: { workspace_id: 7, workspace_status: "PROVISIONING", workspace_status_message: "storage" } },
      { body: RUNNING },
    );
    const made = await account("workspaces create --workspace-name w --aws-region r --wait -o json");
    assert.equal(made.exitCode, 0, made.stderr);
    assert.deepEqual(JSON.parse(made.stdout), RUNNING);
    assert.equal(made.stderr, "PROVISIONING: storage\n");
  });

  it("--wait says why a workspace FAILED, and what its network's check found", async () => {
    const failed = {
      ...RUNNING,
      workspace_status: "FAILED",
      workspace_status_message: "why",
      network_id: "n",
    };
    const network = {
      error_messages: [{ error_type: "subnet", error_message: "too small" }],
      warning_messages: [{ warning_type: "securityGroup", warning_message: "odd" }],
    };
    answers.push({ body: failed }, { body: failed }, { body: network });
    const made = await account("workspaces create --workspace-name w --aws-region r --wait");
    assert.equal(made.exitCode, 1);
    assert.match(made.stderr, /warning: network n: securityGroup: odd\nerror: workspace 7 is FAILED: why\n/);
    assert.match(made.stderr, / {2}network n: subnet: too small\n/);
  });

  it("--wait of a deletion ends once the workspace is not found", async () => {
    answers.push(
      { body: { ...RUNNING, workspace_status: "CANCELLING" } },
      { status: 404, body: { error_code: "RESOURCE_DOES_NOT_EXIST", message: "gone" } },
    );
    const deleted = await account("workspaces delete --workspace-id 7 --wait");
    assert.deepEqual([deleted.exitCode, deleted.stdout], [0, "Workspace 7 is gone.\n"]);
  });

  const mistakes: [line: string, stderr: RegExp][] = [
    ["workspaces get", /--workspace-id is missing/],
    [
      "workspaces create --is-no-public-ip-enabled yes",
      /--is-no-public-ip-enabled yes: expected true or false/,
    ],
    ["workspaces create --custom-tags a", /--custom-tags a: expected name=value/],
    ["workspaces create --json {", /--json is not JSON/],
    ["workspaces create --json []", /--json: expected an object/],
    ["workspaces create --json @/nonexistent", /--json @\/nonexistent: ENOENT/],
    ["credentials list --endpoint-url ftp://x", /ftp:\/\/x is not an address/],
  ];
  for (const [line, stderr] of mistakes) {
    it(`refuses "${line}" with exit code 2 and sends nothing`, async () => {
      const refused = await account(line);
      assert.equal(refused.exitCode, 2);
      assert.match(refused.stderr, stderr);
      assert.deepEqual(requests, []);
    });
  }

  it("sends credentials of the environment to no server that the environment does not name", async () => {
    const { DATABRICKS_HOST: _host, ...rest } = environment;
    const refused = await account("credentials list --data-dir /nonexistent", { environment: rest });
    assert.deepEqual([refused.exitCode, requests], [3, []]);
    assert.match(refused.stderr, /no server is running on \/nonexistent/);
  });

  it("sends a profile's credentials to no other server", async (t) => {
    const directory = await temporaryDirectory(t);
    const file = join(directory, "profiles");
    const { DATABRICKS_HOST: host = "", ...rest } = environment;
    const real = "[real]\nhost = https://accounts.cloud.databricks.com\ntoken = secret\n";
    await writeFile(file, `${real}[here]\nhost = ${host}\naccount_id = ${ACCOUNT}\ntoken = ours\n`);
    const named = { DATABRICKS_CONFIG_FILE: file };
    const refused = await account("credentials list --profile real", {
      environment: { ...named, DATABRICKS_HOST: host },
    });
    assert.equal(refused.exitCode, 2);
    assert.match(
      refused.stderr,
      /DATABRICKS_HOST is http:\S+, and profile real signs in to https:\/\/accounts\.cloud\.databricks\.com/,
    );
    const overruled = await account("credentials list --profile here", {
      environment: { ...named, ...rest },
    });
    assert.match(overruled.stderr, /DATABRICKS_TOKEN and profile here do not agree/);
    const unknown = await account("credentials list", {
      environment: { ...named, DATABRICKS_CONFIG_PROFILE: "nobody" },
    });
    assert.match(unknown.stderr, /has no profile nobody\n +It has: real, here\./);
    assert.equal(requests.length, 0);
    answers.push({ body: [] }, { status: 401, body: { error_code: "UNAUTHENTICATED", message: "no" } });
    const used = { ...named, DATABRICKS_CONFIG_PROFILE: "here" };
    assert.equal((await account("credentials list", { environment: used })).stdout, "None.\n");
    const stale = await account("credentials list -p here", { environment: named });
    assert.match(stale.stderr, /\(profile here\)\. Log in again: `firesteel auth login --profile here`/);
    assert.deepEqual(
      requests.map(({ request }) => request.headers.authorization),
      ["Bearer ours", "Bearer ours"],
    );
  });

  it("ends with exit code 3 where nothing answers", async () => {
    // Port 9 (discard) is not served.
    const refused = await account("credentials list --endpoint-url http://127.0.0.1:9");
    assert.equal(refused.exitCode, 3, refused.stderr);
  });
});
