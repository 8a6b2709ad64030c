import assert from "node:assert/strict";
import { test } from "node:test";
import { waitFor } from "../../../support/wait-for.ts";
import { differences, mend } from "./printed-commands.ts";
import { type Answer, printedWorld } from "./world.ts";

// The vendor's own commands, and those of a walk-through, against a server: only host, account and placeholders are
// changed, and what print has damaged is mended.

const HOST = "https://accounts.cloud.databricks.com";
const AWS_ACCOUNT = "814153277231";
const VPC = "vpc-0a1b2c3d4e5f60718";
const TIMEOUT_MS = 240_000;
/** What a workspace has beside what is printed: members that are younger, and that clients of today read. */
const MORE = ["compute_mode", "storage_mode", "workspace_url"];

test("the instructions for creating a workspace by the Account API do what they say", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const subnet = (name: string) => `subnet-${name.repeat(17)}`;
  let workspaceUrl = "";
  const { server, placeholders, run, answers, make, mends } = await printedWorld(t, {
    file: "create-workspace.txt",
    cloud: {
      vpcs: { [VPC]: { region: "us-west-2", egress: "nat-instance" } },
      subnets: {
        [subnet("a")]: { vpc: VPC, zone: "us-west-2a" },
        [subnet("b")]: { vpc: VPC, zone: "us-west-2b" },
        [subnet("c")]: { vpc: VPC, zone: "us-west-2a" },
        [subnet("d")]: { vpc: VPC, zone: "us-west-2b" },
      },
      securityGroups: {
        "sg-00000000000000001": { vpc: VPC, selfTraffic: false },
        "sg-00000000000000002": { vpc: VPC },
      },
    },
    replacements: ({ url }) => [
      [HOST, url],
      ["https://<deployment-name>.cloud.databricks.com", workspaceUrl],
    ],
  });
  const known = (placeholder: string) => placeholders.get(placeholder) ?? assert.fail(`<${placeholder}>`);
  /** The text has no command for it: its steps 3 and 4 are missing in print. */
  const network = async (name: string, subnets: readonly string[], securityGroup: string) => {
    const vpc = { vpc_id: VPC, subnet_ids: subnets.map(subnet), security_group_ids: [securityGroup] };
    const { network_id } = await make("networks", { network_name: name, ...vpc });
    placeholders.set("databricks-network-id", String(network_id));
  };
  /** The text repeats its call until the status is another. */
  const afterProvisioning = () =>
    waitFor("the workspace to be provisioned", TIMEOUT_MS, async () => {
      const workspace = await run("get workspace");
      return workspace.workspace_status !== "PROVISIONING" && workspace;
    });

  placeholders.set("databricks-account-id", server.clientEnvironment.DATABRICKS_ACCOUNT_ID ?? "");
  placeholders.set("user-name", server.clientEnvironment.DATABRICKS_USERNAME ?? "");
  placeholders.set("aws-account-id", AWS_ACCOUNT);
  placeholders.set("key-id", "0b1d2f3a-0000-4000-8000-000000000001");
  await answers("create credentials");
  await answers("create storage configuration");
  await answers("create customer-managed key");
  placeholders.set("aws-credentials-id", known("databricks-credentials-id"));
  placeholders.set("aws-kms-managed-services-key-id", known("aws-kms-key-id"));
  placeholders.set("aws-kms-notebook-workspace-storage-id", known("aws-kms-key-id"));
  const settings = { private_access_settings_name: "settings", region: "us-west-2" };
  const { private_access_settings_id } = await make("private-access-settings", settings);
  placeholders.set("private-access-settings-id", String(private_access_settings_id));
  await network("first", ["a", "b"], "sg-00000000000000001");

  const created = await answers("create workspace", MORE);
  placeholders.set("databricks-workspace-id", String(created.workspace_id));
  workspaceUrl = String(created.workspace_url);
  assert.equal((await afterProvisioning()).workspace_status, "FAILED");
  const { error_messages, warning_messages } = await run("get network");
  assert.deepEqual(typesOf(error_messages, "error"), ["securityGroup"]);
  assert.deepEqual(typesOf(warning_messages, "warning"), ["subnet"]);

  await network("second", ["c", "d"], "sg-00000000000000002");
  await answers("update workspace", [...MORE, "custom_tags", "private_access_settings_id"]);
  await afterProvisioning();
  // `warnings`: what the local cloud could not verify, here the role, the bucket and the key.
  await answers("get workspace", [...MORE, "custom_tags", "private_access_settings_id", "warnings"]);
  const users = await run("list users of the workspace");
  assert.deepEqual(
    [users.Resources].flat().map((user) => Object(user).userName),
    [server.clientEnvironment.DATABRICKS_USERNAME],
  );

  assert.equal((await run("delete workspace")).workspace_status, "CANCELLING");
  await waitFor("the workspace to be gone", TIMEOUT_MS, async () => {
    const { error_code } = await run("get workspace");
    return error_code === "RESOURCE_DOES_NOT_EXIST";
  });
  await run("delete network");
  assert.equal((await run("get network")).error_code, "RESOURCE_DOES_NOT_EXIST");

  // "Recreate the network and the workspace", in that order and with the same names and subnets.
  await network("second", ["c", "d"], "sg-00000000000000002");
  const again = await answers("create workspace", MORE);
  placeholders.set("databricks-workspace-id", String(again.workspace_id));
  assert.equal((await afterProvisioning()).workspace_status, "RUNNING");

  assert.deepEqual(mends(), { backslashes: 9, quotes: 10 });
});

test("the walk-through of back-end PrivateLink gets the answers that it prints", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const { server, placeholders, answers, make, mends } = await printedWorld(t, {
    file: "private-link.txt",
    // What its pictures show.
    cloud: {
      vpcs: { [VPC]: { region: "ap-northeast-1" } },
      vpcEndpoints: {
        "vpce-0c4c07c32f30868b3": endpoint("vpce-svc-02691fd610d24fd64", "WORKSPACE_ACCESS"),
        "vpce-0499045ba03fa9c95": endpoint("vpce-svc-02aa633bda3edbec0", "DATAPLANE_RELAY_ACCESS"),
      },
    },
    replacements: ({ url }) => [
      [HOST, url],
      ["ワークスペース名", "privatelink-test"],
      ["デプロイメント名", "tydatabricks-privatelink-test"],
    ],
  });
  const {
    DATABRICKS_ACCOUNT_ID = "",
    DATABRICKS_USERNAME = "",
    DATABRICKS_PASSWORD = "",
  } = server.clientEnvironment;
  const { credentials_id } = await make("credentials", {
    credentials_name: "role",
    aws_credentials: { sts_role: { role_arn: `arn:aws:iam::${AWS_ACCOUNT}:role/databricks-role` } },
  });
  const { storage_configuration_id } = await make("storage-configurations", {
    storage_configuration_name: "root",
    root_bucket_info: { bucket_name: "privatelink-test-root" },
  });
  for (const [name, value] of [
    ["アカウントオーナーのメールアドレス", DATABRICKS_USERNAME],
    ["アカウントオーナーのパスワード", DATABRICKS_PASSWORD],
    ["DatabricksアカウントID", DATABRICKS_ACCOUNT_ID],
    ["Workspace VPC endpoint serviceのVPCエンドポイントID", "vpce-0c4c07c32f30868b3"],
    ["Back-end SCC relay serviceのVPCエンドポイントID", "vpce-0499045ba03fa9c95"],
    ["VPC privatelink-testのid", VPC],
    ["サブネットdatabricks-ws-1のid", "subnet-0a1b2c3d4e5f60718"],
    ["サブネットdatabricks-ws-2のid", "subnet-1a1b2c3d4e5f60718"],
    ["セキュリティグループpl-sg-1のid", "sg-079cbd8733ab82c30"],
    ["デプロイするリージョン", "ap-northeast-1"],
    ["事前準備で取得したcredentials_id", String(credentials_id)],
    ["事前準備で取得したstorage_configuration_id", String(storage_configuration_id)],
  ] as const)
    placeholders.set(name, value);
  const keep = (name: string, id: unknown) => placeholders.set(name, String(id));

  const rest = await answers("register the workspace endpoint");
  keep("Workspace VPC endpoint serviceの登録時に取得したvpc_endpoint_id", rest.vpc_endpoint_id);
  const relay = await answers("register the relay endpoint");
  keep("Back-end SCC relay serviceの登録時に取得したvpc_endpoint_id", relay.vpc_endpoint_id);
  const settings = await answers("create private access settings");
  keep("上で取得したprivate_access_settings_id", settings.private_access_settings_id);
  const network = await answers("create network");
  keep("上で取得したnetwork_id", network.network_id);
  const { workspace_id, workspace_url } = await answers("create workspace", MORE);

  await waitFor("the workspace to run", TIMEOUT_MS, async () => {
    const workspace = await get(server.url, `workspaces/${workspace_id}`);
    assert.notEqual(workspace.workspace_status, "FAILED", JSON.stringify(workspace));
    return workspace.workspace_status === "RUNNING";
  });
  assert.equal((await get(server.url, `vpc-endpoints/${rest.vpc_endpoint_id}`)).state, "available");
  assert.equal((await get(server.url, `networks/${network.network_id}`)).vpc_status, "VALID");
  assert.ok(String(workspace_url).startsWith("http://127.0.0.1:"));
  assert.deepEqual(mends(), { backslashes: 0, quotes: 0 });

  async function get(url: string, path: string): Promise<Answer> {
    const answer = await fetch(`${url}/api/2.0/accounts/${DATABRICKS_ACCOUNT_ID}/${path}`, {
      headers: { authorization: `Basic ${btoa(`${DATABRICKS_USERNAME}:${DATABRICKS_PASSWORD}`)}` },
    });
    return Object(await answer.json());
  }
});

test("what differs from print is told, and what print damaged is mended", () => {
  const cases: [printed: unknown, answer: unknown, differs: string[], more: string[]][] = [
    [{ a: "x", at: 1579753556257 }, { a: "x", at: 1 }, [], []],
    [{ a: "x" }, { a: "y" }, ['a.: "y" where "x" is printed'], []],
    [{ a: "x" }, {}, ['a.: undefined where "x" is printed'], []],
    [{ a: "x" }, { a: "x", b: 1 }, [], ["b"]],
    [{ at: 5 }, { at: "5" }, ['at.: "5" where 5 is printed'], []],
    [{ a: [true] }, { a: [false] }, ["a.0.: false where true is printed"], []],
    [{ a: ["x"] }, { a: { 0: "x" } }, ['a.: {"0":"x"} where ["x"] is printed'], []],
    [{ a: "<known>" }, { a: "value" }, [], []],
    [{ a: "<known>" }, { a: "other" }, ['a.: "other" where "<known>" is printed'], []],
    [{ a: "<new>", b: "<new>" }, { a: "1", b: "2" }, ['b.: "2" where "<new>" is printed'], []],
    [
      { id: "339f16b9-b8a3-4d50-9d1b-7e29e49448c3" },
      { id: "no" },
      ['id.: "no" where "339f16b9-b8a3-4d50-9d1b-7e29e49448c3" is printed'],
      [],
    ],
  ];
  for (const [printed, answer, differs, more] of cases) {
    const beside: string[] = [];
    assert.deepEqual(differences(printed, answer, new Map([["known", "value"]]), beside), differs);
    assert.deepEqual(beside, more);
  }
  assert.deepEqual(mend("curl -X GET\n'https://h/a'\n --header 'Authorization: Bearer $OAUTH_TOKEN'"), {
    text: "curl -X GET \\\n'https://h/a' \\\n --header \"Authorization: Bearer $OAUTH_TOKEN\"",
    backslashes: 2,
    quotes: 1,
  });
});

function endpoint(service: string, useCase: string) {
  return { region: "ap-northeast-1", awsAccountId: AWS_ACCOUNT, service, useCase, state: "available" };
}

function typesOf(messages: unknown, kind: "error" | "warning"): readonly unknown[] {
  return [messages ?? []].flat().map((message) => Object(message)[`${kind}_type`]);
}
