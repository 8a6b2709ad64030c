import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  configurations,
  provisioned,
  ROLE,
  workspaceOf,
} from "../../../test/support/databricks-configurations.ts";
import {
  type Answer,
  assertOutcome,
  type KnownCloud,
  type Outcome,
  type RulesWorld,
  rulesWorld,
} from "../../../test/support/databricks-rules.ts";
import { RULES_OF_WORKSPACES } from "../../contract/databricks-account/documented-rules-workspaces.ts";
import { accountObjectChange } from "../../core/account-object/ties.ts";
import { accountId, accountObjectId } from "../../core/ids.ts";
import { REGIONS } from "../../core/workspace/regions.ts";

const create = async (world: RulesWorld, change: object = {}): Promise<Answer> =>
  world.call("POST", "workspaces", await workspaceOf(world, change));

const refused = async (world: RulesWorld, change: object, values = {}): Promise<Outcome> => ({
  answer: await create(world, change),
  values,
});

async function made(world: RulesWorld, change: object = {}): Promise<Answer["body"]> {
  return world.done("POST", "workspaces", await workspaceOf(world, change));
}

const change = (world: RulesWorld, id: unknown, body: object, query = "") =>
  world.call("PATCH", `workspaces/${id}${query}`, body);

/** A workspace that is made in such a cloud, with a network of these parts or none. */
async function failing(world: RulesWorld, cloud: KnownCloud, body: object = {}): Promise<Outcome> {
  await world.know(cloud);
  return { workspace: await provisioned(world, body) };
}

interface Parts {
  readonly vpc: string;
  readonly subnets: readonly [string, string];
  readonly group: string;
}

/** A workspace whose network the cloud knows so. */
async function inNetwork(world: RulesWorld, cloud: (parts: Parts) => KnownCloud): Promise<Outcome> {
  const parts: Parts = {
    vpc: `vpc-${world.newHex()}`,
    subnets: [`subnet-${world.newHex()}`, `subnet-${world.newHex()}`],
    group: `sg-${world.newHex()}`,
  };
  const network = await configurations(world).network({
    vpc_id: parts.vpc,
    subnet_ids: parts.subnets,
    security_group_ids: [parts.group],
  });
  const values = { ...parts, subnet: parts.subnets[0], subnets: parts.subnets.join(", "), network };
  return { ...(await failing(world, cloud(parts), { network_id: network })), network, values };
}

const vpcOf = ({ vpc }: Parts, egress: "nat-gateway" | "nat-instance" | "firewall"): KnownCloud => ({
  vpcs: { [vpc]: { region: "us-west-2", egress } },
});
const subnetsOf = ({ vpc, subnets: [first, second] }: Parts, one = {}, other = {}): KnownCloud => ({
  subnets: { [first]: { vpc, zone: "a", ...one }, [second]: { vpc, zone: "b", ...other } },
});

async function withPrefix(world: RulesWorld, prefix: string | null): Promise<void> {
  const id = accountObjectId(world.account);
  const row = await world.store.accountObjects.get(accountId(world.account), "account", id);
  assert.ok(row);
  const body = { ...row.body, deploymentPrefix: prefix };
  await world.store.commit([accountObjectChange({ ...row, body })]);
}

/** One way into each situation; a rule without a way does not compile. */
const SITUATIONS: {
  readonly [Id in keyof typeof RULES_OF_WORKSPACES]: (world: RulesWorld) => Promise<Outcome>;
} = {
  "workspace-created": async (world) => {
    const { workspace_id, workspace_status, workspace_status_message } = await made(world);
    assert.deepEqual(
      [workspace_status, workspace_status_message],
      ["PROVISIONING", "Workspace resources are being set up."],
    );
    assert.match(String(workspace_id), /^\d{15,16}$/);
    return {};
  },
  "workspace-credentials-deleted": async (world) => {
    const credentials = await configurations(world).credentials();
    await world.done("DELETE", `credentials/${credentials}`);
    return refused(world, { credentials_id: credentials }, { credentials });
  },
  "workspace-name-taken": async (world) => {
    const name = world.newName();
    await made(world, { workspace_name: name });
    return refused(world, { workspace_name: name }, { name });
  },
  "workspace-region": (world) =>
    refused(world, { aws_region: "mars-1" }, { regions: [...REGIONS].join(", ") }),
  "workspace-parts-missing": async (world) => ({
    answer: await world.call("POST", "workspaces", { workspace_name: "w", aws_region: "us-west-2" }),
  }),
  "workspace-serverless": (world) => refused(world, { compute_mode: "SERVERLESS" }),
  "workspace-qualified-network": async (world) => {
    const network = await configurations(world).network();
    const { network_id } = await made(world, { network_id: `${world.account}/${network}` });
    assert.equal(network_id, network);
    return {};
  },
  "workspace-managed-key-use": async (world) => {
    const key = await configurations(world).key(["STORAGE"]);
    return refused(world, { managed_services_customer_managed_key_id: key }, { key });
  },
  "workspace-storage-key-use": async (world) => {
    const key = await configurations(world).key(["MANAGED_SERVICES"]);
    return refused(world, { storage_customer_managed_key_id: key }, { key });
  },
  "workspace-older-key": async (world) => {
    const key = await configurations(world).key();
    const answer = await made(world, { customer_managed_key_id: key });
    assert.equal(answer.managed_services_customer_managed_key_id, key);
    return {};
  },
  "workspace-keys-in-us-west-1": async (world) => {
    const key = await configurations(world).key(["STORAGE"], "us-west-1");
    return refused(world, { aws_region: "us-west-1", storage_customer_managed_key_id: key });
  },
  "workspace-key-tier": async (world) => {
    const key = await configurations(world).key();
    return refused(world, { pricing_tier: "PREMIUM", managed_services_customer_managed_key_id: key });
  },
  "workspace-access-tier": async (world) => {
    const settings = await configurations(world).settings();
    return refused(world, { pricing_tier: "STANDARD", private_access_settings_id: settings });
  },
  "workspace-default-tier": async (world) => {
    for (const tier of [{}, { pricing_tier: "UNKNOWN" }])
      assert.equal((await made(world, tier)).pricing_tier, "ENTERPRISE");
    assert.equal((await made(world, { pricing_tier: "DEDICATED" })).pricing_tier, "DEDICATED");
    return {};
  },
  "workspace-tag-key": (world) =>
    refused(world, { custom_tags: { ["k".repeat(128)]: "v" } }, { key: "k".repeat(128) }),
  "workspace-tag-value": (world) => refused(world, { custom_tags: { team: "v".repeat(256) } }),
  "workspace-settings-region": async (world) => {
    const settings = await configurations(world).settings({ region: "us-east-1" });
    return refused(world, { private_access_settings_id: settings });
  },
  "workspace-endpoint-region": async (world) => {
    const make = configurations(world);
    const endpoint = await make.endpoint("us-east-1");
    const network = await make.network({ vpc_endpoints: { rest_api: [endpoint] } });
    return refused(world, { network_id: network }, { endpoint });
  },
  "workspace-front-end-only": async (world) => {
    const settings = await configurations(world).settings();
    const answer = await made(world, { private_access_settings_id: settings });
    assert.equal(answer.private_access_settings_id, settings);
    return {};
  },
  "workspace-network-taken": async (world) => {
    const network = await configurations(world).network();
    const { workspace_id: workspace } = await made(world, { network_id: network });
    return refused(world, { network_id: network }, { network, workspace });
  },
  "workspace-unknown": async (world) => ({ answer: await world.call("GET", "workspaces/1") }),
  "deployment-characters": (world) => refused(world, { deployment_name: "-a" }),
  "deployment-long": (world) => refused(world, { deployment_name: "a".repeat(64) }, { name: "a".repeat(64) }),
  "deployment-of-account": async (world) => {
    // At that host the account answers, and each workspace that a header names.
    const id = await provisioned(world);
    const headers = { host: "accounts.example.com", "x-databricks-workspace-id": String(id) };
    assert.equal((await world.send({ path: "/api/2.0/preview/scim/v2/Me", headers })).statusCode, 200);
    return refused(world, { deployment_name: "Accounts" });
  },
  "deployment-capitals": async (world) => {
    const answer = await made(world, { deployment_name: "ABCSales" });
    assert.deepEqual(
      [answer.deployment_name, answer.workspace_url],
      ["ABCSales", "https://abcsales.example.com"],
    );
    return {};
  },
  "deployment-prefix": async (world) => {
    await withPrefix(world, "acme");
    const { deployment_name } = await made(world, { deployment_name: "workspace-1" });
    await withPrefix(world, null);
    assert.equal(deployment_name, "acme-workspace-1");
    return {};
  },
  "deployment-empty": async (world) => {
    await withPrefix(world, "acme");
    const { deployment_name } = await made(world, { deployment_name: "EMPTY" });
    await withPrefix(world, null);
    assert.equal(deployment_name, "acme");
    return {};
  },
  "deployment-empty-without-prefix": (world) => refused(world, { deployment_name: "EMPTY" }),
  "deployment-without-prefix": async (world) => {
    assert.equal((await made(world, { deployment_name: "without" })).deployment_name, "without");
    return {};
  },
  "deployment-omitted": async (world) => {
    for (const name of [{}, { deployment_name: "" }])
      assert.match((await made(world, name)).deployment_name, /^dbc-[0-9a-f]{8}-[0-9a-f]{4}$/);
    return {};
  },
  "deployment-taken": async (world) => {
    await made(world, { deployment_name: "Taken" });
    return refused(world, { deployment_name: "tAKEN" }, { name: "tAKEN" });
  },
  "deployment-free-again": async (world) => {
    const { workspace_id } = await made(world, { deployment_name: "again" });
    await world.done("DELETE", `workspaces/${workspace_id}`);
    await world.provision();
    await made(world, { deployment_name: "again" });
    return {};
  },
  "role-not-assumable": (world) => failing(world, { roles: { [ROLE]: { assumable: false } } }),
  "role-lacks-permissions": (world) =>
    failing(world, {
      roles: { [ROLE]: { missingPermissions: ["Spot Cancellation", "Create Placement Group"] } },
    }),
  "bucket-not-there": async (world) => ({
    ...(await failing(world, { buckets: {} })),
    values: { bucket: "root-bucket" },
  }),
  "bucket-policy": (world) =>
    failing(world, { buckets: { "root-bucket": { missingPermissions: ["Put", "Delete"] } } }),
  "bucket-region": async (world) => ({
    ...(await failing(world, { buckets: { "root-bucket": { region: "us-east-1" } } })),
    values: { bucket: "root-bucket" },
  }),
  "key-unusable": async (world) => {
    const key = await configurations(world).key();
    const { key_arn: arn } = (await world.done("GET", `customer-managed-keys/${key}`)).aws_key_info;
    const cloud = { keys: { [arn]: { usable: false } } };
    return { ...(await failing(world, cloud, { storage_customer_managed_key_id: key })), values: { arn } };
  },
  "no-address": async (world) => {
    const storage_configuration_id = await configurations(world).storage("no-address-here");
    const outcome = await failing(
      world,
      { addresses: { "us-west-2": { limit: 5, used: 5 } } },
      { storage_configuration_id },
    );
    assert.deepEqual(await world.bucketsMade(), ["root-bucket"], "nothing was left behind");
    await world.know({ addresses: { "us-west-2": { limit: 6, used: 5 } } });
    assert.equal((await change(world, outcome.workspace, {})).body.workspace_status, "PROVISIONING");
    await world.provision();
    const running = await world.done("GET", `workspaces/${outcome.workspace}`);
    assert.equal(running.workspace_status, "RUNNING");
    assert.deepEqual(await world.bucketsMade(), ["no-address-here", "root-bucket"]);
    // Back to where the rule looks.
    await world.know({ addresses: {} });
    return failing(world, { addresses: {} });
  },
  "network-failure": (world) => inNetwork(world, () => ({ vpcs: {} })),
  "network-credentials": (world) => inNetwork(world, () => ({ roles: {} })),
  "network-vpc": (world) => inNetwork(world, () => ({ vpcs: {} })),
  "network-subnet": (world) =>
    inNetwork(world, ({ vpc, subnets: [, second] }) => ({ subnets: { [second]: { vpc, zone: "b" } } })),
  "network-zones": (world) => inNetwork(world, (parts) => subnetsOf(parts, {}, { zone: "a" })),
  "network-group": (world) =>
    inNetwork(world, ({ vpc, group }) => ({ securityGroups: { [group]: { vpc, selfTraffic: false } } })),
  "network-acl": (world) => inNetwork(world, (parts) => subnetsOf(parts, { networkAclAllows: false })),
  "network-firewall": (world) => inNetwork(world, (parts) => vpcOf(parts, "firewall")),
  "network-nat-instance": (world) => inNetwork(world, (parts) => vpcOf(parts, "nat-instance")),
  "network-group-egress": (world) =>
    inNetwork(world, ({ vpc, group }) => ({ securityGroups: { [group]: { vpc, egress: false } } })),
  "change-while-provisioning": async (world) => {
    const { workspace_id: workspace } = await made(world);
    return { answer: await change(world, workspace, {}), values: { workspace } };
  },
  "change-while-deleted": async (world) => {
    const { workspace_id: workspace } = await made(world);
    await world.done("DELETE", `workspaces/${workspace}`);
    return { answer: await change(world, workspace, {}), values: { workspace } };
  },
  "change-storage-running": async (world) => {
    const workspace = await provisioned(world);
    const storage_configuration_id = await configurations(world).storage();
    return { answer: await change(world, workspace, { storage_configuration_id }) };
  },
  "change-region-running": async (world) => ({
    answer: await change(world, await provisioned(world), { aws_region: "us-east-1" }),
  }),
  "change-network-managed": async (world) => {
    const workspace = await provisioned(world);
    return { answer: await change(world, workspace, { network_id: await configurations(world).network() }) };
  },
  "change-storage-key": async (world) => {
    const { key } = configurations(world);
    const workspace = await provisioned(world, { storage_customer_managed_key_id: await key() });
    return { answer: await change(world, workspace, { storage_customer_managed_key_id: await key() }) };
  },
  "change-keys-running": async (world) => {
    const { key } = configurations(world);
    const workspace = await provisioned(world);
    const first = await key();
    const both = { managed_services_customer_managed_key_id: first, storage_customer_managed_key_id: first };
    for (const body of [both, { managed_services_customer_managed_key_id: await key() }]) {
      assert.equal((await change(world, workspace, body)).body.workspace_status, "PROVISIONING");
      await world.provision();
      const shown = await world.done("GET", `workspaces/${workspace}`);
      assert.deepEqual({ ...shown, ...body }, shown);
      assert.equal(shown.workspace_status, "RUNNING");
    }
    return {};
  },
  "change-mask": async (world) => {
    const workspace = await provisioned(world);
    return { answer: await change(world, workspace, {}, "?update_mask=credentials_id,workspace_name") };
  },
  "change-fixed-member": async (world) => {
    const name = world.newName();
    const workspace = await provisioned(world, { workspace_name: name });
    return { answer: await change(world, workspace, { workspace_name: "other" }), values: { name } };
  },
  "change-masked-only": async (world) => {
    const workspace = await provisioned(world);
    const before = await world.done("GET", `workspaces/${workspace}`);
    const body = { ...before, aws_region: "us-east-1", custom_tags: { team: "x" } };
    const masked = await change(world, workspace, body, "?update_mask=custom_tags");
    assert.deepEqual([masked.body.custom_tags, masked.body.aws_region], [{ team: "x" }, "us-west-2"]);
    await world.provision();
    const whole = { ...before, custom_tags: {} };
    assert.deepEqual((await change(world, workspace, whole, "?update_mask=*")).body.custom_tags, {});
    return {};
  },
  "delete-answer": async (world) => {
    const body = await workspaceOf(world);
    const { workspace_id } = await world.done("POST", "workspaces", body);
    const path = `workspaces/${workspace_id}`;
    for (const _twice of [1, 2])
      assert.equal((await world.done("DELETE", path)).workspace_status, "CANCELLING");
    assert.equal((await world.done("GET", path)).workspace_status, "CANCELLING");
    assert.equal((await world.call("DELETE", `credentials/${body.credentials_id}`)).status, 409);
    await world.provision();
    assert.equal((await world.call("GET", path)).status, 404);
    await world.done("DELETE", `credentials/${body.credentials_id}`);
    return {};
  },
};

describe("databricks-account-api.md and seed 000 on workspaces", () => {
  it("hold row by row", async (t) => {
    const world = await rulesWorld(t);
    for (const id of Object.keys(SITUATIONS) as (keyof typeof SITUATIONS)[]) {
      const rule = RULES_OF_WORKSPACES[id];
      await t.test(`${rule.source}: ${rule.condition}`, async () => {
        await world.know({});
        await assertOutcome(world, rule, await SITUATIONS[id](world));
        await world.know({});
        await world.provision();
        // At most 50 storage configurations: what a situation made goes with it.
        for (const { workspace_id } of await world.done("GET", "workspaces"))
          await world.done("DELETE", `workspaces/${workspace_id}`);
        await world.provision();
        for (const { storage_configuration_id } of await world.done("GET", "storage-configurations"))
          await world.done("DELETE", `storage-configurations/${storage_configuration_id}`);
      });
    }
  });
});
