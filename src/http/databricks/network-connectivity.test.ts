import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { databricksHttp } from "../../../test/support/databricks-http.ts";

type Members = Record<string, unknown>;

const REGION = "us-west-2";
const S3 = `com.amazonaws.${REGION}.s3`;
const OWN = `com.amazonaws.vpce.${REGION}.vpce-svc-0123456789abcdef0`;
const DAY_MS = 24 * 60 * 60 * 1000;

async function account(t: TestContext) {
  const http = await databricksHttp(t);
  const call = async (method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: object) => {
    const answer = await http.send({ method, path: `/api/2.0/accounts/${http.account}/${path}`, body });
    return { status: answer.statusCode, body: answer.json() as Members };
  };
  const done = async (...given: Parameters<typeof call>) => {
    const { status, body } = await call(...given);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const config = async (name = "ncc-1", region = REGION) => {
    const made = await done("POST", "network-connectivity-configs", { name, region });
    return `network-connectivity-configs/${made.network_connectivity_config_id}`;
  };
  return { http, call, done, config };
}

test("a configuration is answered as it was given, listed, and removed", async (t) => {
  const { http, call, done, config } = await account(t);
  const path = await config();
  const shown = await done("GET", path);
  assert.deepEqual(shown, {
    network_connectivity_config_id: path.split("/")[1],
    account_id: http.account,
    name: "ncc-1",
    region: REGION,
    creation_time: http.clock.now(),
    updated_time: http.clock.now(),
    egress_config: {
      default_rules: { aws_stable_ip_rule: { cidr_blocks: [] } },
      target_rules: { aws_private_endpoint_rules: [] },
    },
  });
  assert.deepEqual(await done("GET", "network-connectivity-configs"), { items: [shown] });
  const again = await call("POST", "network-connectivity-configs", { name: "ncc-1", region: REGION });
  assert.deepEqual([again.status, again.body.error_code], [409, "RESOURCE_ALREADY_EXISTS"]);
  assert.deepEqual(await done("DELETE", path), {});
  assert.equal((await call("GET", path)).status, 404);
});

test("a region has ten configurations at most, also of many made at once; another region has its own", async (t) => {
  const { call, config } = await account(t);
  const made = await Promise.all(
    Array.from({ length: 14 }, (_, count) =>
      call("POST", "network-connectivity-configs", { name: `ncc-${count}`, region: REGION }),
    ),
  );
  const refused = made.filter(({ status }) => status !== 200);
  assert.deepEqual(
    refused.map(({ status, body }) => [status, body.error_code]),
    Array.from({ length: 4 }, () => [400, "QUOTA_EXCEEDED"]),
  );
  await config("elsewhere", "us-east-1");
});

test("a workspace gets a configuration of its region when it is made or changed, and keeps it", async (t) => {
  const { http, call, done, config } = await account(t);
  const here = await config();
  const other = await config("ncc-2");
  const elsewhere = await config("ncc-3", "us-east-1");
  const id = (path: string) => path.split("/")[1];
  const credentials = await done("POST", "credentials", {
    credentials_name: "c",
    aws_credentials: { sts_role: { role_arn: "arn:aws:iam::123456789012:role/r" } },
  });
  const storage = await done("POST", "storage-configurations", {
    storage_configuration_name: "s",
    root_bucket_info: { bucket_name: "root-bucket" },
  });
  const create = (network_connectivity_config_id: string | undefined) =>
    call("POST", "workspaces", {
      workspace_name: "w",
      aws_region: REGION,
      credentials_id: credentials.credentials_id,
      storage_configuration_id: storage.storage_configuration_id,
      network_connectivity_config_id,
    });
  assert.match(
    String((await create(id(elsewhere))).body.message),
    /is of region us-east-1, the workspace of us-west-2/,
  );
  assert.match(
    String((await create("none")).body.message),
    /^network_connectivity_config_id: configuration none does not exist/,
  );
  const made = await create(id(here));
  assert.equal(made.body.network_connectivity_config_id, id(here));
  const refused = await call("DELETE", here);
  assert.deepEqual(refused, {
    status: 409,
    body: {
      error_code: "INVALID_STATE",
      message: `Unable to delete, Network connectivity configuration is being used by active workspace ${made.body.workspace_id}`,
    },
  });
  await http.provision();
  const workspace = `workspaces/${made.body.workspace_id}`;
  const mask = "?update_mask=network_connectivity_config_id";
  await done("PATCH", workspace + mask, { network_connectivity_config_id: id(other) });
  await http.provision();
  const after = await done("GET", workspace);
  assert.deepEqual([after.network_connectivity_config_id, after.workspace_status], [id(other), "RUNNING"]);
  await done("DELETE", here);
  await done("DELETE", workspace);
  await http.provision();
  await done("DELETE", other);
});

test("a rule for S3 is PENDING at first, can be enabled once ESTABLISHED, and deactivated is gone after a day", async (t) => {
  const { http, call, done, config } = await account(t);
  const path = await config();
  const rules = `${path}/private-endpoint-rules`;
  const made = await done("POST", rules, {
    endpoint_service: S3,
    resource_names: ["b-1", "a-2"],
    enabled: true,
  });
  const created = {
    rule_id: made.rule_id,
    network_connectivity_config_id: path.split("/")[1],
    account_id: http.account,
    endpoint_service: S3,
    resource_names: ["b-1", "a-2"],
    enabled: false,
    connection_state: "PENDING",
    deactivated: false,
    creation_time: http.clock.now(),
    updated_time: http.clock.now(),
  };
  assert.deepEqual(made, created);
  const one = `${rules}/${made.rule_id}`;
  assert.deepEqual(await done("GET", one), { ...created, connection_state: "ESTABLISHED" });
  http.clock.advance(1);
  const enabled = await done("PATCH", `${one}?update_mask=enabled`, { enabled: true, resource_names: ["x"] });
  assert.deepEqual([enabled.enabled, enabled.resource_names], [true, ["b-1", "a-2"]]);
  const { egress_config } = await done("GET", path);
  assert.deepEqual((egress_config as { target_rules: Members }).target_rules.aws_private_endpoint_rules, [
    enabled,
  ]);
  assert.match(
    String((await call("DELETE", path)).body.message),
    /has private endpoint rule .* delete that first\.$/,
  );
  const gone = await done("DELETE", one);
  assert.deepEqual([gone.deactivated, gone.deactivated_at, gone.enabled], [true, http.clock.now(), false]);
  const late = await call("PATCH", `${one}?update_mask=enabled`, { enabled: true });
  assert.deepEqual([late.status, late.body.error_code], [409, "INVALID_STATE"]);
  http.clock.advance(DAY_MS - 1);
  assert.deepEqual((await done("GET", rules)).items, [gone]);
  http.clock.advance(1);
  assert.deepEqual((await done("GET", rules)).items, []);
  assert.equal((await call("GET", one)).status, 404);
  await done("POST", rules, { endpoint_service: S3, resource_names: ["b"] });
  await done("DELETE", `${rules}/${((await done("GET", rules)).items as Members[])[0]?.rule_id}`);
  await done("DELETE", path);
});

test("a rule for a service of one's own waits for approval, and expires", async (t) => {
  const { http, call, done, config } = await account(t);
  const rules = `${await config()}/private-endpoint-rules`;
  const { rule_id } = await done("POST", rules, { endpoint_service: OWN, domain_names: ["a.example.com"] });
  const one = `${rules}/${rule_id}`;
  const mask = "?update_mask=enabled,domain_names";
  const changed = await done("PATCH", one + mask, { enabled: false, domain_names: ["b.example.com"] });
  assert.deepEqual([changed.domain_names, changed.enabled], [["b.example.com"], undefined]);
  http.clock.advance(14 * DAY_MS);
  assert.equal((await done("GET", one)).connection_state, "EXPIRED");
  assert.equal((await done("DELETE", one)).deactivated, true);
  assert.equal((await call("GET", one)).status, 404);
});

test("a region has thirty rules at most, and one that cannot be is refused in words", async (t) => {
  const { call, done, config } = await account(t);
  const rules = `${await config()}/private-endpoint-rules`;
  const refusals: readonly (readonly [object, RegExp])[] = [
    [{}, /^Missing required field: endpoint_service/],
    [{ endpoint_service: "s3" }, /^endpoint_service: 's3' is not an endpoint service/],
    [
      { endpoint_service: "com.amazonaws.us-east-1.s3", resource_names: ["b"] },
      /the service is in us-east-1/,
    ],
    [{ endpoint_service: S3 }, /^resource_names: give at least one/],
    [{ endpoint_service: S3, domain_names: ["a"], resource_names: ["b"] }, /^domain_names are not for/],
    [{ endpoint_service: OWN, resource_names: ["b"] }, /^resource_names are not for/],
    [{ endpoint_service: OWN, domain_names: Array(11).fill("a") }, /^domain_names: give at most 10/],
  ];
  for (const [body, message] of refusals) {
    const answer = await call("POST", rules, body);
    assert.deepEqual([answer.status, answer.body.error_code], [400, "INVALID_PARAMETER_VALUE"]);
    assert.match(String(answer.body.message), message);
  }
  const rule = { endpoint_service: S3, resource_names: ["b"] };
  const many = await Promise.all(Array.from({ length: 33 }, () => call("POST", rules, rule)));
  assert.equal(many.filter(({ body }) => body.error_code === "QUOTA_EXCEEDED").length, 3);
  const [first] = (await done("GET", rules)).items as Members[];
  const wrong = await call("PATCH", `${rules}/${first?.rule_id}?update_mask=rule_id`, {});
  assert.match(
    String(wrong.body.message),
    /^update_mask: rule_id of a private endpoint rule cannot be changed/,
  );
  assert.equal((await call("GET", "network-connectivity-configs/none/private-endpoint-rules")).status, 404);
  for (const [body, message] of [
    [{ name: "a b", region: REGION }, /^name: 'a b' does not match/],
    [{ name: "abc", region: "mars-1" }, /^region: 'mars-1' is not a region/],
  ] as const) {
    const answer = await call("POST", "network-connectivity-configs", body);
    assert.match(String(answer.body.message), message);
  }
});
