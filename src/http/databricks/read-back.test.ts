import assert from "node:assert/strict";
import { test } from "node:test";
import { configurations, ROLE, workspaceOf } from "../../../test/support/databricks-configurations.ts";
import { type Answer, type RulesWorld, rulesWorld } from "../../../test/support/databricks-rules.ts";

// What was sent is what is read, each time, in the order in which it was sent and with its explicit `false` and "":
// clients that compare would find a difference at every look (databricks-account-api.md, end of E1; 0, rule 4).

interface Sent {
  readonly collection: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly id: string;
  /** What the answer has beside what was sent, by name. */
  readonly more: readonly string[];
  /** Members that are another thing once the object was looked at, and what they are then. */
  readonly later?: Readonly<Record<string, unknown>>;
  /** The member that holds the object in the answer of one, and maybe in the body, where it is not those themselves. */
  readonly wrapped?: string;
  /** The member that holds the array in the answer of a list, where it is no bare one. */
  readonly listed?: string;
}

const MADE = ["account_id", "creation_time"];

const EVERY_OBJECT: Readonly<Record<string, (world: RulesWorld) => Promise<Sent>>> = {
  credentials: async ({ newName }) => ({
    collection: "credentials",
    body: { credentials_name: newName(), aws_credentials: { sts_role: { role_arn: ROLE } } },
    id: "credentials_id",
    more: MADE,
  }),
  "a storage configuration": async ({ newName }) => ({
    collection: "storage-configurations",
    body: {
      storage_configuration_name: newName(),
      root_bucket_info: { bucket_name: "root.bucket-1" },
      role_arn: ROLE,
    },
    id: "storage_configuration_id",
    more: MADE,
  }),
  "a key that is not for cluster volumes": async () => ({
    collection: "customer-managed-keys",
    body: {
      use_cases: ["STORAGE", "MANAGED_SERVICES"],
      aws_key_info: {
        key_arn: "arn:aws:kms:us-west-2:123456789012:key/k",
        key_alias: "alias/k",
        reuse_key_for_cluster_volumes: false,
      },
    },
    id: "customer_managed_key_id",
    more: MADE,
  }),
  "a VPC endpoint": async ({ newName, newHex }) => ({
    collection: "vpc-endpoints",
    body: { vpc_endpoint_name: newName(), region: "us-west-2", aws_vpc_endpoint_id: `vpce-${newHex()}` },
    id: "vpc_endpoint_id",
    more: ["account_id", "aws_account_id", "aws_endpoint_service_id", "state", "use_case"],
    later: { state: "available" },
  }),
  "private access settings without public access": async ({ newName }) => ({
    collection: "private-access-settings",
    body: {
      private_access_settings_name: newName(),
      region: "us-west-2",
      public_access_enabled: false,
      private_access_level: "ACCOUNT",
    },
    id: "private_access_settings_id",
    more: ["account_id"],
  }),
  "private access settings for some endpoints": async (world) => {
    const first = await configurations(world).endpoint();
    return {
      collection: "private-access-settings",
      body: {
        private_access_settings_name: world.newName(),
        region: "us-west-2",
        public_access_enabled: true,
        private_access_level: "ENDPOINT",
        allowed_vpc_endpoint_ids: [await configurations(world).endpoint(), first],
      },
      id: "private_access_settings_id",
      more: ["account_id"],
    };
  },
  "a network": async (world) => {
    const rest = await configurations(world).endpoint("us-west-2", `${world.newName()}-rest`);
    const relay = await configurations(world).endpoint("us-west-2", `${world.newName()}-relay`);
    const [first, second] = [world.newHex(), world.newHex()];
    return {
      collection: "networks",
      body: configurations(world).networkOf({
        subnet_ids: [`subnet-${second}`, `subnet-${first}`],
        security_group_ids: [`sg-${second}`, `sg-${first}`],
        vpc_endpoints: { rest_api: [rest], dataplane_relay: [relay] },
      }),
      id: "network_id",
      more: [...MADE, "vpc_status"],
    };
  },
  "a workspace": async (world) => {
    const make = configurations(world);
    const key = await make.key();
    return {
      collection: "workspaces",
      body: await workspaceOf(world, {
        deployment_name: `ABC-${world.newName()}`,
        network_id: await make.network(),
        private_access_settings_id: await make.settings(),
        managed_services_customer_managed_key_id: key,
        storage_customer_managed_key_id: key,
        pricing_tier: "ENTERPRISE",
        custom_tags: { b: "", a: "1" },
        is_no_public_ip_enabled: false,
        compute_mode: "HYBRID",
      }),
      id: "workspace_id",
      more: [...MADE, "storage_mode", "workspace_status", "workspace_status_message", "workspace_url"],
    };
  },
  "a workspace with as little as can be": async (world) => ({
    collection: "workspaces",
    body: await workspaceOf(world, { custom_tags: {}, pricing_tier: "PREMIUM" }),
    id: "workspace_id",
    more: [
      ...MADE,
      "compute_mode",
      "deployment_name",
      "storage_mode",
      "workspace_status",
      "workspace_status_message",
      "workspace_url",
    ],
  }),
  "a disabled log delivery": async (world) => {
    const { workspace_id } = await world.done("POST", "workspaces", await workspaceOf(world));
    return {
      collection: "log-delivery",
      body: {
        log_delivery_configuration: {
          config_name: "",
          log_type: "AUDIT_LOGS",
          output_format: "JSON",
          credentials_id: await configurations(world).credentials(),
          storage_configuration_id: await configurations(world).storage(),
          delivery_path_prefix: "audit/logs",
          delivery_start_time: "2026-02",
          workspace_ids_filter: [workspace_id],
          status: "DISABLED",
        },
      },
      id: "config_id",
      more: [...MADE, "log_delivery_status", "update_time"],
      wrapped: "log_delivery_configuration",
      listed: "log_delivery_configurations",
    };
  },
  "an IP access list": async () => ({
    collection: "ip-access-lists",
    body: { label: "office", list_type: "BLOCK", ip_addresses: ["2001:db8::/32", "203.0.113.0/24"] },
    id: "list_id",
    more: ["address_count", "created_at", "created_by", "enabled", "updated_at", "updated_by"],
    wrapped: "ip_access_list",
    listed: "ip_access_lists",
  }),
  "a network connectivity configuration": async ({ newName }) => ({
    collection: "network-connectivity-configs",
    body: { name: newName(), region: "us-west-2" },
    id: "network_connectivity_config_id",
    more: ["account_id", "creation_time", "egress_config", "updated_time"],
    listed: "items",
  }),
};

for (const [what, describe] of Object.entries(EVERY_OBJECT)) {
  test(`${what} is read as it was sent, each time`, async (t) => {
    const world = await rulesWorld(t);
    const { collection, body, id, more, later = {}, wrapped, listed } = await describe(world);
    const one = (whole: Answer["body"]) => whole[wrapped ?? ""] ?? whole;
    const made = one(await world.done("POST", collection, body));
    const sent = one(body);
    assertHolds(made, sent, what);
    assert.deepEqual(Object.keys(made).sort(), [...Object.keys(sent), id, ...more].sort());
    // The order of a map's members is a workspace's tags' too.
    for (const look of [1, 2]) {
      const read = one(await world.done("GET", `${collection}/${made[id]}`));
      assert.equal(JSON.stringify(read), JSON.stringify({ ...made, ...later }), `look ${look}`);
    }
    const list = await world.done("GET", collection);
    const items: Answer["body"][] = listed === undefined ? list : list[listed];
    assert.deepEqual(
      items.find((item) => item[id] === made[id]),
      { ...made, ...later },
    );
  });
}

/** Every member that was sent is there, as it was sent. */
function assertHolds(answer: Answer["body"], sent: Readonly<Record<string, unknown>>, at: string): void {
  for (const [name, value] of Object.entries(sent)) {
    const here = `${at}.${name}`;
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      assertHolds(answer[name], value as Readonly<Record<string, unknown>>, here); // an object of JSON
    else assert.deepEqual(answer[name], value, here);
  }
}
