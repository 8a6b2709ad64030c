import assert from "node:assert/strict";
import { it } from "node:test";
import { type DatabricksHttp, databricksHttp } from "../../../test/support/databricks-http.ts";

const REGION = "ap-northeast-1";

async function post(
  http: DatabricksHttp,
  collection: string,
  body: object,
): Promise<Record<string, unknown>> {
  const answer = await http.send({
    method: "POST",
    path: `/api/2.0/accounts/${http.account}/${collection}`,
    body,
  });
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json();
}

it("seed 001's account-side calls answer as it prints them", async (t) => {
  const http = await databricksHttp(t);
  const credentials = await post(http, "credentials", {
    credentials_name: "c",
    aws_credentials: { sts_role: { role_arn: "arn:aws:iam::123456789012:role/r" } },
  });
  const storage = await post(http, "storage-configurations", {
    storage_configuration_name: "s",
    root_bucket_info: { bucket_name: "root-bucket" },
  });
  const rest = await post(http, "vpc-endpoints", {
    vpc_endpoint_name: "workspace-rest-api",
    region: REGION,
    aws_vpc_endpoint_id: "vpce-0c4c07c32f30868b3",
  });
  const relay = await post(http, "vpc-endpoints", {
    vpc_endpoint_name: "scc-relay",
    region: REGION,
    aws_vpc_endpoint_id: "vpce-0499045ba03fa9c95",
  });
  assert.deepEqual(
    [rest.use_case, rest.state, relay.use_case, relay.state],
    ["WORKSPACE_ACCESS", "pending", "DATAPLANE_RELAY_ACCESS", "pending"],
  );
  const later = await http.send({
    path: `/api/2.0/accounts/${http.account}/vpc-endpoints/${rest.vpc_endpoint_id}`,
  });
  assert.equal(later.json().state, "available");

  const access = await post(http, "private-access-settings", {
    private_access_settings_name: "private_access_settings2 for ap-northeast-1",
    region: REGION,
    public_access_enabled: true,
  });
  assert.deepEqual(access, {
    private_access_settings_id: access.private_access_settings_id,
    account_id: http.account,
    private_access_settings_name: "private_access_settings2 for ap-northeast-1",
    region: REGION,
    public_access_enabled: true,
    private_access_level: "ANY",
  });
  const network = await post(http, "networks", {
    network_name: "databricks-privatelink",
    vpc_id: "vpc-0a1b2c3d",
    subnet_ids: ["subnet-0a1b2c3d", "subnet-1a1b2c3d"],
    security_group_ids: ["sg-079cbd8733ab82c30"],
    vpc_endpoints: { dataplane_relay: [relay.vpc_endpoint_id], rest_api: [rest.vpc_endpoint_id] },
  });
  assert.deepEqual(
    [network.vpc_status, network.vpc_endpoints, "error_messages" in network],
    ["UNATTACHED", { rest_api: [rest.vpc_endpoint_id], dataplane_relay: [relay.vpc_endpoint_id] }, false],
  );
  const workspace = await post(http, "workspaces", {
    workspace_name: "privatelink-test",
    deployment_name: "tydatabricks-privatelink-test",
    aws_region: REGION,
    credentials_id: credentials.credentials_id,
    storage_configuration_id: storage.storage_configuration_id,
    network_id: network.network_id,
    private_access_settings_id: access.private_access_settings_id,
  });
  assert.deepEqual(
    [workspace.workspace_status, workspace.workspace_status_message, workspace.pricing_tier],
    ["PROVISIONING", "Workspace resources are being set up.", "ENTERPRISE"],
  );
  await http.provision();
  const running = await http.send({
    path: `/api/2.0/accounts/${http.account}/workspaces/${workspace.workspace_id}`,
  });
  assert.deepEqual(
    [running.json().workspace_status, running.json().workspace_status_message],
    ["RUNNING", "Workspace is running."],
  );
  const inUse = await http.send({
    method: "DELETE",
    path: `/api/2.0/accounts/${http.account}/vpc-endpoints/${relay.vpc_endpoint_id}`,
  });
  assert.deepEqual([inUse.statusCode, inUse.json().error_code], [409, "INVALID_STATE"]);
});
