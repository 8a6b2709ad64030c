import assert from "node:assert/strict";
import { test } from "node:test";
import { DATABRICKS_ACCOUNT_OPERATIONS } from "../../src/contract/databricks-account/operations.ts";
import { DATABRICKS_WORKSPACE_OPERATIONS } from "../../src/contract/databricks-workspace/operations.ts";
import { databricksHttp } from "../support/databricks-http.ts";
import { runningWorkspaces } from "../support/databricks-workspaces.ts";
import { watchedCloud } from "../support/watched-cloud.ts";

/** What is made for the reads below, beside a workspace with its credentials and storage. */
const MADE = {
  "customer-managed-keys": {
    use_cases: ["STORAGE"],
    aws_key_info: { key_arn: "arn:aws:kms:us-west-2:123456789012:key/k" },
  },
  "private-access-settings": { private_access_settings_name: "settings", region: "us-west-2" },
  "vpc-endpoints": {
    vpc_endpoint_name: "endpoint",
    region: "us-west-2",
    aws_vpc_endpoint_id: "vpce-0a1b2c3d",
  },
  networks: {
    network_name: "network",
    vpc_id: "vpc-0a1b2c3d",
    subnet_ids: ["subnet-0a1b2c3d", "subnet-1a1b2c3d"],
    security_group_ids: ["sg-0a1b2c3d"],
  },
};

test("no read whose answer is kept until a commit asks the cloud, which changes without one", async (t) => {
  const asked: string[] = [];
  const http = await databricksHttp(t, (buckets) =>
    watchedCloud(buckets, (method) => {
      asked.push(method);
    }),
  );
  const { sales } = await runningWorkspaces(http, ["sales"]);
  const base = `/api/2.0/accounts/${http.account}`;
  for (const [collection, body] of Object.entries(MADE)) {
    const made = await http.send({ method: "POST", path: `${base}/${collection}`, body });
    assert.equal(made.statusCode, 200, made.body);
  }
  await http.send({ method: "POST", path: `${base}/scim/v2/Groups`, body: { displayName: "group" } });
  const headers = { "x-databricks-workspace-id": sales };
  const read = async (path: string) => {
    const answer = await http.send({ path, ...(!path.startsWith(base) && { headers }) });
    assert.equal(answer.statusCode, 200, `${path}: ${answer.body}`);
    return answer.json();
  };
  /** The first thing's id, of those that a collection lists. */
  const idIn = async (collection: string, member: string): Promise<string> => {
    const list = await read(collection);
    const [first] = Array.isArray(list) ? list : list.Resources;
    return String(first[member] ?? first.id);
  };

  const kept = [
    ...Object.values(DATABRICKS_ACCOUNT_OPERATIONS),
    ...Object.values(DATABRICKS_WORKSPACE_OPERATIONS),
  ].flatMap((operation) => (operation.implemented && operation.isKept === true ? [operation.path] : []));
  assert.ok(kept.length >= 10, `${kept.length} operations`);
  for (const path of kept) {
    const known = path.replace("{account_id}", http.account).replace("{workspace_id}", sales);
    const [, collection, member] = /^(.*)\/\{(\w+)\}$/.exec(known) ?? [];
    const one =
      collection === undefined || member === undefined
        ? known
        : `${collection}/${await idIn(collection, member)}`;
    asked.length = 0;
    await read(one);
    assert.deepEqual(asked, [], one);
  }
});
