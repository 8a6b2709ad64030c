import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  configurations,
  provisioned,
  ROLE,
  workspaceOf,
} from "../../../test/support/databricks-configurations.ts";
import {
  assertOutcome,
  type Outcome,
  type RulesWorld,
  rulesWorld,
} from "../../../test/support/databricks-rules.ts";
import { RULES_OF_CONFIGURATIONS } from "../../contract/databricks-account/documented-rules.ts";

const COLLECTIONS = [
  "credentials",
  "storage-configurations",
  "customer-managed-keys",
  "vpc-endpoints",
  "private-access-settings",
  "networks",
  "workspaces",
];
const NOBODY = "00000000-0000-4000-8000-000000000000";
const credentialsOf = (change: object = {}) => ({
  credentials_name: "c",
  aws_credentials: { sts_role: { role_arn: ROLE } },
  ...change,
});
const storageOf = (change: object = {}) => ({
  storage_configuration_name: "s",
  root_bucket_info: { bucket_name: "root" },
  ...change,
});
const keyOf = (change: object = {}) => ({
  use_cases: ["STORAGE"],
  aws_key_info: { key_arn: "arn:aws:kms:us-west-2:123456789012:key/k" },
  ...change,
});
const endpointOf = (change: object = {}) => ({
  vpc_endpoint_name: "e",
  region: "us-west-2",
  aws_vpc_endpoint_id: "vpce-0123456789abcdef0",
  ...change,
});
const settingsOf = (change: object = {}) => ({
  private_access_settings_name: "settings",
  region: "us-west-2",
  ...change,
});

/** Posts the same twice under one name. */
async function twice(world: RulesWorld, path: string, body: (name: string) => object): Promise<Outcome> {
  const name = world.newName();
  await world.done("POST", path, body(name));
  return { answer: await world.call("POST", path, body(name)), values: { name } };
}

/** Deletes what a workspace uses. */
async function inUse(world: RulesWorld, path: string, member: string, id: string): Promise<Outcome> {
  const workspace = await provisioned(world, { [member]: id });
  return { answer: await world.call("DELETE", `${path}/${id}`), values: { workspace } };
}

/** One way into each situation; a rule without a way does not compile. */
const SITUATIONS: {
  readonly [Id in keyof typeof RULES_OF_CONFIGURATIONS]: (world: RulesWorld) => Promise<Outcome>;
} = {
  "credentials-name-taken": (world) =>
    twice(world, "credentials", (name) => credentialsOf({ credentials_name: name })),
  "credentials-role-arn": async (world) => {
    const arn = "arn:aws:iam::12345:role/r";
    const body = credentialsOf({ aws_credentials: { sts_role: { role_arn: arn } } });
    return { answer: await world.call("POST", "credentials", body), values: { arn } };
  },
  "credentials-in-use": async (world) =>
    inUse(world, "credentials", "credentials_id", await configurations(world).credentials()),
  "credentials-external-id": async (world) => {
    const sts_role = { role_arn: ROLE, external_id: "mine" };
    const body = credentialsOf({ credentials_name: world.newName(), aws_credentials: { sts_role } });
    const made = await world.done("POST", "credentials", body);
    assert.equal(made.aws_credentials.sts_role.external_id, world.account);
    return {};
  },
  "credentials-required": async (world) => ({
    answer: await world.call("POST", "credentials", { credentials_name: "c" }),
  }),
  "credentials-name-long": async (world) => ({
    answer: await world.call("POST", "credentials", credentialsOf({ credentials_name: "é".repeat(257) })),
  }),
  "credentials-unknown": async (world) => ({
    answer: await world.call("GET", `credentials/${NOBODY}`),
    values: { id: NOBODY },
  }),
  "storage-name-taken": (world) =>
    twice(world, "storage-configurations", (name) => storageOf({ storage_configuration_name: name })),
  "storage-bucket-name": async (world) => {
    const bucket = "Root_Bucket";
    const body = storageOf({ root_bucket_info: { bucket_name: bucket } });
    return { answer: await world.call("POST", "storage-configurations", body), values: { bucket } };
  },
  "storage-limit": async (world) => {
    const body = () => storageOf({ storage_configuration_name: world.newName() });
    const present = (await world.done("GET", "storage-configurations")).length;
    for (let count = present; count < 50; count += 1)
      await world.done("POST", "storage-configurations", body());
    const answer = await world.call("POST", "storage-configurations", body());
    for (const { storage_configuration_id: id } of await world.done("GET", "storage-configurations"))
      await world.call("DELETE", `storage-configurations/${id}`);
    return { answer };
  },
  "storage-in-use": async (world) =>
    inUse(world, "storage-configurations", "storage_configuration_id", await configurations(world).storage()),
  "storage-immutable": async (world) => {
    const path = `storage-configurations/${await configurations(world).storage()}`;
    return {
      answer: await world.call("PATCH", path, storageOf()),
      values: { path: `/api/2.0/accounts/${world.account}/${path}` },
    };
  },
  "key-use-cases": async (world) => ({
    answer: await world.call("POST", "customer-managed-keys", keyOf({ use_cases: [] })),
  }),
  "key-use-case-unknown": async (world) => ({
    answer: await world.call("POST", "customer-managed-keys", keyOf({ use_cases: ["NOTEBOOKS"] })),
  }),
  "key-arn": async (world) => {
    const arn = "arn:aws:kms:us-west-2:123456789012:alias/k";
    const body = keyOf({ aws_key_info: { key_arn: arn } });
    return { answer: await world.call("POST", "customer-managed-keys", body), values: { arn } };
  },
  "key-defaults": async (world) => {
    const info = async (use_cases: string[]) =>
      (await world.done("POST", "customer-managed-keys", keyOf({ use_cases }))).aws_key_info;
    const { key_arn } = keyOf().aws_key_info;
    const region = { key_region: "us-west-2" };
    assert.deepEqual(await info(["STORAGE"]), { key_arn, ...region, reuse_key_for_cluster_volumes: true });
    assert.deepEqual(await info(["MANAGED_SERVICES"]), { key_arn, ...region });
    return {};
  },
  "key-other-cloud": async (world) => ({
    answer: await world.call("POST", "customer-managed-keys", {
      use_cases: ["STORAGE"],
      azure_key_info: { key_vault_uri: "https://x" },
    }),
  }),
  "key-in-use": async (world) => {
    const key = await configurations(world).key();
    return inUse(world, "customer-managed-keys", "storage_customer_managed_key_id", key);
  },
  "endpoint-name-taken": (world) =>
    twice(world, "vpc-endpoints", (name) =>
      endpointOf({ vpc_endpoint_name: name, aws_vpc_endpoint_id: `vpce-${world.newHex()}` }),
    ),
  "endpoint-registered": async (world) => {
    const endpoint = `vpce-${world.newHex()}`;
    const body = () => endpointOf({ vpc_endpoint_name: world.newName(), aws_vpc_endpoint_id: endpoint });
    await world.done("POST", "vpc-endpoints", body());
    return { answer: await world.call("POST", "vpc-endpoints", body()), values: { endpoint } };
  },
  "endpoint-id": async (world) => {
    const endpoint = "eni-0123456789abcdef0";
    const body = endpointOf({ aws_vpc_endpoint_id: endpoint });
    return { answer: await world.call("POST", "vpc-endpoints", body), values: { endpoint } };
  },
  "endpoint-not-there": async (world) => {
    await world.know({ vpcEndpoints: { "vpce-0123456789abcdef0": { region: "us-east-1" } } });
    const answer = await world.call("POST", "vpc-endpoints", endpointOf());
    return { answer, values: { endpoint: "vpce-0123456789abcdef0" } };
  },
  "endpoint-region": async (world) => ({
    answer: await world.call("POST", "vpc-endpoints", endpointOf({ region: "mars-1" })),
  }),
  "endpoint-state": async (world) => {
    const id = `vpce-${world.newHex()}`;
    const endpoint = { region: "us-west-2", useCase: "GENERAL_ACCESS" } as const;
    const know = (state: string) => world.know({ vpcEndpoints: { [id]: { ...endpoint, state } } });
    await know("pendingAcceptance");
    const body = endpointOf({ vpc_endpoint_name: world.newName(), aws_vpc_endpoint_id: id });
    const made = await world.done("POST", "vpc-endpoints", body);
    assert.deepEqual([made.state, made.use_case], ["pending", "GENERAL_ACCESS"]);
    const path = `vpc-endpoints/${made.vpc_endpoint_id}`;
    for (const state of ["pendingAcceptance", "available", "rejected"]) {
      await know(state);
      // Also a look that finds nothing new shows the next one what is new then.
      for (const _look of [1, 2]) assert.equal((await world.done("GET", path)).state, state);
    }
    await world.know({ vpcEndpoints: {} });
    assert.equal((await world.done("GET", path)).state, "deleted");
    return {};
  },
  "endpoint-in-network": async (world) => {
    const make = configurations(world);
    const endpoint = await make.endpoint();
    const network = await make.network({ vpc_endpoints: { rest_api: [endpoint] } });
    return { answer: await world.call("DELETE", `vpc-endpoints/${endpoint}`), values: { network } };
  },
  "endpoint-in-settings": async (world) => {
    const make = configurations(world);
    const endpoint = await make.endpoint();
    const settings = await make.settings({
      private_access_level: "ENDPOINT",
      allowed_vpc_endpoint_ids: [endpoint],
    });
    return { answer: await world.call("DELETE", `vpc-endpoints/${endpoint}`), values: { settings } };
  },
  "settings-name-short": async (world) => {
    const answers = await Promise.all(
      ["abc", "a".repeat(257)].map((private_access_settings_name) =>
        world.call("POST", "private-access-settings", settingsOf({ private_access_settings_name })),
      ),
    );
    assert.deepEqual(answers[0], answers[1]);
    return { ...(answers[0] !== undefined && { answer: answers[0] }) };
  },
  "settings-name-taken": (world) =>
    twice(world, "private-access-settings", (name) => settingsOf({ private_access_settings_name: name })),
  "settings-defaults": async (world) => {
    const body = settingsOf({ private_access_settings_name: world.newName() });
    const made = await world.done("POST", "private-access-settings", body);
    assert.deepEqual([made.private_access_level, made.public_access_enabled], ["ANY", false]);
    return {};
  },
  "settings-level": async (world) => ({
    answer: await world.call("POST", "private-access-settings", settingsOf({ private_access_level: "ALL" })),
  }),
  "settings-endpoints-without-level": async (world) => {
    const body = settingsOf({
      private_access_level: "ACCOUNT",
      allowed_vpc_endpoint_ids: [await configurations(world).endpoint()],
    });
    return { answer: await world.call("POST", "private-access-settings", body) };
  },
  "settings-endpoint-unknown": async (world) => {
    const body = settingsOf({ private_access_level: "ENDPOINT", allowed_vpc_endpoint_ids: [NOBODY] });
    return {
      answer: await world.call("POST", "private-access-settings", body),
      values: { endpoint: NOBODY },
    };
  },
  "settings-endpoint-region": async (world) => {
    const endpoint = await configurations(world).endpoint();
    const level = { private_access_level: "ENDPOINT", allowed_vpc_endpoint_ids: [endpoint] };
    const body = settingsOf({ region: "us-east-1", ...level });
    return { answer: await world.call("POST", "private-access-settings", body), values: { endpoint } };
  },
  "settings-replaced": async (world) => {
    const make = configurations(world);
    const endpoint = await make.endpoint();
    const given = { public_access_enabled: true, private_access_level: "ENDPOINT" };
    const id = await make.settings({ ...given, allowed_vpc_endpoint_ids: [endpoint] });
    const body = settingsOf({ private_access_settings_name: world.newName() });
    const replaced = await world.done("PUT", `private-access-settings/${id}`, body);
    assert.deepEqual(replaced, {
      private_access_settings_id: id,
      account_id: world.account,
      ...body,
      public_access_enabled: false,
      private_access_level: "ANY",
    });
    assert.deepEqual(await world.done("GET", `private-access-settings/${id}`), replaced);
    await world.done("DELETE", `vpc-endpoints/${endpoint}`);
    return {};
  },
  "settings-in-use": async (world) => {
    const id = await configurations(world).settings();
    return inUse(world, "private-access-settings", "private_access_settings_id", id);
  },
  "network-name-short": async (world) => {
    const { networkOf } = configurations(world);
    const long = await world.call("POST", "networks", networkOf({ network_name: "n".repeat(257) }));
    const short = await world.call("POST", "networks", networkOf({ network_name: "abc" }));
    assert.deepEqual(long, short);
    return { answer: short };
  },
  "network-name-taken": (world) =>
    twice(world, "networks", (name) => configurations(world).networkOf({ network_name: name })),
  "network-subnets": (world) => refusedNetwork(world, { subnet_ids: ["subnet-1", "subnet-1"] }),
  "network-groups-none": (world) => refusedNetwork(world, { security_group_ids: [] }),
  "network-groups-many": (world) =>
    refusedNetwork(world, { security_group_ids: ["a", "b", "c", "d", "e", "f"] }),
  "network-rest-endpoints": (world) => refusedNetwork(world, { vpc_endpoints: { rest_api: ["a", "b"] } }),
  "network-relay-endpoints": (world) =>
    refusedNetwork(world, { vpc_endpoints: { dataplane_relay: ["a", "b"] } }),
  "network-endpoint-unknown": (world) =>
    refusedNetwork(world, { vpc_endpoints: { rest_api: [NOBODY] } }, { endpoint: NOBODY }),
  "network-endpoint-use": async (world) => {
    const endpoint = await configurations(world).endpoint();
    return refusedNetwork(world, { vpc_endpoints: { dataplane_relay: [endpoint] } }, { endpoint });
  },
  "network-subnet-taken": async (world) => {
    const { networkOf } = configurations(world);
    const [subnet, ...others] = [world.newHex(), world.newHex(), world.newHex()].map(
      (hex) => `subnet-${hex}`,
    );
    const first = networkOf({ subnet_ids: [subnet, others[0]] });
    const { network_id: network } = await world.done("POST", "networks", first);
    return refusedNetwork(world, { subnet_ids: [subnet, others[1]] }, { subnet, network });
  },
  "network-group-taken": async (world) => {
    const group = `sg-${world.newHex()}`;
    const network = await configurations(world).network({ security_group_ids: [group] });
    return refusedNetwork(world, { security_group_ids: [group] }, { group, network });
  },
  "network-shared-vpc": async (world) => {
    const { network } = configurations(world);
    const vpc_id = `vpc-${world.newHex()}`;
    assert.notEqual(await network({ vpc_id }), await network({ vpc_id }));
    return {};
  },
  "network-immutable": async (world) => {
    const path = `networks/${await configurations(world).network()}`;
    return {
      answer: await world.call("PATCH", path, {}),
      values: { path: `/api/2.0/accounts/${world.account}/${path}` },
    };
  },
  "network-in-use": async (world) =>
    inUse(world, "networks", "network_id", await configurations(world).network()),
  "network-gone": async (world) => {
    const network = await configurations(world).network();
    await world.done("DELETE", `networks/${network}`);
    return { answer: await world.call("GET", `networks/${network}`), values: { network } };
  },
};

async function refusedNetwork(world: RulesWorld, change: object, values = {}): Promise<Outcome> {
  return { answer: await world.call("POST", "networks", configurations(world).networkOf(change)), values };
}

describe("databricks-account-api.md on what workspaces are made of", () => {
  it("holds row by row", async (t) => {
    const world = await rulesWorld(t);
    for (const collection of COLLECTIONS)
      assert.deepEqual(await world.done("GET", collection), [], "A15: an empty list is an empty array");
    for (const id of Object.keys(SITUATIONS) as (keyof typeof SITUATIONS)[]) {
      const rule = RULES_OF_CONFIGURATIONS[id];
      await t.test(`${rule.source}: ${rule.condition}`, async () => {
        await world.know({});
        await assertOutcome(world, rule, await SITUATIONS[id](world));
      });
    }
  });

  it("takes no name that is longer than its index", async (t) => {
    const world = await rulesWorld(t);
    const name = "n".repeat(257);
    const { networkOf } = configurations(world);
    for (const [path, body, member] of [
      ["credentials", credentialsOf({ credentials_name: name }), "credentials_name"],
      [
        "storage-configurations",
        storageOf({ storage_configuration_name: name }),
        "storage_configuration_name",
      ],
      ["vpc-endpoints", endpointOf({ vpc_endpoint_name: name }), "vpc_endpoint_name"],
      ["networks", networkOf({ vpc_id: name }), "vpc_id"],
      ["networks", networkOf({ subnet_ids: ["subnet-1", name] }), "subnet_ids.1"],
      ["networks", networkOf({ security_group_ids: [name] }), "security_group_ids.0"],
      ["workspaces", await workspaceOf(world, { workspace_name: name }), "workspace_name"],
    ] as const) {
      const answer = await world.call("POST", path, body);
      const message = `${member} must not have more than 256 characters`;
      assert.deepEqual(answer, { status: 400, body: { error_code: "INVALID_PARAMETER_VALUE", message } });
    }
  });

  it("lets of two that delete and use a credential at one instant the one or the other win", async (t) => {
    const world = await rulesWorld(t);
    const body = await workspaceOf(world);
    const [deleted, made] = await Promise.all([
      world.call("DELETE", `credentials/${body.credentials_id}`),
      world.call("POST", "workspaces", body),
    ]);
    assert.notEqual(deleted.status === 200, made.status === 200, JSON.stringify([deleted, made]));
  });
});
