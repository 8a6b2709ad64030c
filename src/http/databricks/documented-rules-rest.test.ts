import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { configurations, workspaceOf } from "../../../test/support/databricks-configurations.ts";
import {
  type Answer,
  assertOutcome,
  type Outcome,
  type RulesWorld,
  rulesWorld,
} from "../../../test/support/databricks-rules.ts";
import { RULES_OF_THE_REST } from "../../contract/databricks-account/documented-rules-rest.ts";

const secretsOf = (principal: string) => `servicePrincipals/${principal}/credentials/secrets`;

async function robot(world: RulesWorld): Promise<{ id: string; applicationId: string }> {
  return world.done("POST", "scim/v2/ServicePrincipals", { displayName: world.newName() });
}

async function logDelivery(world: RulesWorld, change: object = {}): Promise<Answer> {
  const log_delivery_configuration = {
    log_type: "AUDIT_LOGS",
    output_format: "JSON",
    credentials_id: await configurations(world).credentials(),
    storage_configuration_id: await configurations(world).storage(),
    ...change,
  };
  return world.call("POST", "log-delivery", { log_delivery_configuration });
}

async function connectivity(world: RulesWorld, change: object = {}): Promise<string> {
  const body = { name: world.newName(), region: "us-west-2", ...change };
  return (await world.done("POST", "network-connectivity-configs", body)).network_connectivity_config_id;
}

const APPS = "oauth2/custom-app-integrations";
const app = (world: RulesWorld, change: object = {}) =>
  world.call("POST", APPS, { name: "App", redirect_urls: ["https://a.example.com/"], ...change });

/** One way into each situation; a rule without a way does not compile. */
const SITUATIONS: {
  readonly [Id in keyof typeof RULES_OF_THE_REST]: (world: RulesWorld) => Promise<Outcome>;
} = {
  "secret-sixth": async (world) => {
    const { id: principal } = await robot(world);
    for (let count = 0; count < 5; count++) await world.done("POST", secretsOf(principal));
    return { answer: await world.call("POST", secretsOf(principal)), values: { principal } };
  },
  "secret-application-id": async (world) => {
    const { applicationId: application } = await robot(world);
    return { answer: await world.call("POST", secretsOf(application)), values: { application } };
  },
  "secret-lifetime": async (world) => {
    const { id } = await robot(world);
    return { answer: await world.call("POST", secretsOf(id), { lifetime: "63072001s" }) };
  },
  "secret-gone": async (world) => {
    const { id: principal } = await robot(world);
    return {
      answer: await world.call("DELETE", `${secretsOf(principal)}/none`),
      values: { principal },
    };
  },
  "log-format": async (world) => ({ answer: await logDelivery(world, { output_format: "CSV" }) }),
  "log-name": async (world) => ({ answer: await logDelivery(world, { config_name: "x".repeat(256) }) }),
  "log-credentials": async (world) => ({ answer: await logDelivery(world, { credentials_id: "none" }) }),
  "log-start": async (world) => ({ answer: await logDelivery(world, { delivery_start_time: "2026-13" }) }),
  "log-workspace": async (world) => ({ answer: await logDelivery(world, { workspace_ids_filter: [1] }) }),
  "log-third-of-account": async (world) => {
    const made = [await logDelivery(world), await logDelivery(world)];
    const answer = await logDelivery(world);
    for (const { body } of made) {
      const path = `log-delivery/${body.log_delivery_configuration.config_id}`;
      assert.deepEqual(await world.done("PATCH", path, { status: "DISABLED" }), {});
    }
    return { answer };
  },
  "log-third-of-workspace": async (world) => {
    const { workspace_id } = await world.done("POST", "workspaces", await workspaceOf(world));
    const usage = {
      log_type: "BILLABLE_USAGE",
      output_format: "CSV",
      workspace_ids_filter: [workspace_id],
    };
    for (let count = 0; count < 2; count++) assert.equal((await logDelivery(world, usage)).status, 200);
    return { answer: await logDelivery(world, usage), values: { workspace: workspace_id } };
  },
  "log-no-delete": async (world) => {
    const made = await logDelivery(world, { status: "DISABLED" });
    const path = `log-delivery/${made.body.log_delivery_configuration.config_id}`;
    return {
      answer: await world.call("DELETE", path),
      values: { path: `/api/2.0/accounts/${world.account}/${path}` },
    };
  },
  "log-keeps-credentials": async (world) => {
    const { config_id, credentials_id } = (await logDelivery(world)).body.log_delivery_configuration;
    const answer = await world.call("DELETE", `credentials/${credentials_id}`);
    await world.done("PATCH", `log-delivery/${config_id}`, { status: "DISABLED" });
    return { answer, values: { configuration: config_id } };
  },
  "log-disabled-keeps-nothing": async (world) => {
    const made = await logDelivery(world, { status: "DISABLED" });
    const { config_id, credentials_id } = made.body.log_delivery_configuration;
    await world.done("DELETE", `credentials/${credentials_id}`);
    const again = await world.call("PATCH", `log-delivery/${config_id}`, { status: "ENABLED" });
    assert.deepEqual([again.status, again.body.error_code], [409, "INVALID_STATE"]);
    return {};
  },
  "usage-months": async (world) => ({
    answer: await world.call("GET", "usage/download?start_month=2026-02&end_month=2026-01"),
  }),
  "usage-none": async (world) => {
    const path = `/api/2.0/accounts/${world.account}/usage/download?start_month=2026-01&end_month=2026-02`;
    const { body, headers } = await world.send({ path });
    assert.match(body, /^workspaceId,timestamp,clusterId,[\w,]+,tags\n$/);
    assert.match(String(headers["content-type"]), /^text\/plain/);
    return {};
  },
  "connectivity-name": async (world) => ({
    answer: await world.call("POST", "network-connectivity-configs", { name: "a b c", region: "us-west-2" }),
  }),
  "connectivity-eleventh": async (world) => {
    for (let count = 0; count < 10; count++) await connectivity(world, { region: "eu-west-1" });
    const body = { name: world.newName(), region: "eu-west-1" };
    return { answer: await world.call("POST", "network-connectivity-configs", body) };
  },
  "connectivity-in-use": async (world) => {
    const config = await connectivity(world);
    const body = await workspaceOf(world, { network_connectivity_config_id: config });
    const { workspace_id } = await world.done("POST", "workspaces", body);
    return {
      answer: await world.call("DELETE", `network-connectivity-configs/${config}`),
      values: { workspace: workspace_id },
    };
  },
  "connectivity-region": async (world) => {
    const config = await connectivity(world, { region: "us-east-1" });
    const body = await workspaceOf(world, { network_connectivity_config_id: config });
    return { answer: await world.call("POST", "workspaces", body) };
  },
  "endpoint-rule-service": async (world) => {
    const path = `network-connectivity-configs/${await connectivity(world)}/private-endpoint-rules`;
    const body = { endpoint_service: "com.amazonaws.us-east-1.s3", resource_names: ["b"] };
    return { answer: await world.call("POST", path, body) };
  },
  "app-redirect": async (world) => ({
    answer: await app(world, { redirect_urls: ["http://a.example.com/"] }),
  }),
  "app-lifetime": async (world) => ({
    answer: await app(world, { token_access_policy: { access_token_ttl_in_minutes: 1441 } }),
  }),
  "app-gone": async (world) => {
    const { integration_id } = (await app(world)).body;
    await world.done("DELETE", `${APPS}/${integration_id}`);
    return { answer: await world.call("GET", `${APPS}/${integration_id}`), values: { app: integration_id } };
  },
  "app-published-twice": async (world) => {
    const path = "oauth2/published-app-integrations";
    const { integration_id } = await world.done("POST", path, { app_id: "databricks-cli" });
    return {
      answer: await world.call("POST", path, { app_id: "databricks-cli" }),
      values: { integration: integration_id },
    };
  },
};

describe("databricks-account-api.md on secrets, logs, usage, apps and network connectivity", () => {
  it("holds row by row", async (t) => {
    const world = await rulesWorld(t);
    for (const id of Object.keys(SITUATIONS) as (keyof typeof SITUATIONS)[]) {
      const rule = RULES_OF_THE_REST[id];
      await t.test(`${rule.source}: ${rule.condition}`, async () => {
        await assertOutcome(world, rule, await SITUATIONS[id](world));
      });
    }
  });
});
