import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { databricksHttp } from "../../../test/support/databricks-http.ts";

type Members = Record<string, unknown>;

async function accountWithParts(t: TestContext) {
  const http = await databricksHttp(t);
  const call = async (method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: object) => {
    const answer = await http.send({ method, path: `/api/2.0/accounts/${http.account}/${path}`, body });
    return { status: answer.statusCode, body: answer.json() as Members };
  };
  const credentials = await call("POST", "credentials", {
    credentials_name: "c",
    aws_credentials: { sts_role: { role_arn: "arn:aws:iam::123456789012:role/r" } },
  });
  const storage = await call("POST", "storage-configurations", {
    storage_configuration_name: "s",
    root_bucket_info: { bucket_name: "audit-bucket" },
  });
  const parts = {
    credentials_id: credentials.body.credentials_id,
    storage_configuration_id: storage.body.storage_configuration_id,
  };
  const create = (change: object = {}) =>
    call("POST", "log-delivery", {
      log_delivery_configuration: { log_type: "AUDIT_LOGS", output_format: "JSON", ...parts, ...change },
    });
  const made = async (change: object = {}) => {
    const { status, body } = await create(change);
    assert.equal(status, 200, JSON.stringify(body));
    return body.log_delivery_configuration as Members;
  };
  return { http, call, create, made, parts };
}

test("a configuration is answered wrapped, as it was given, and listed by what it names", async (t) => {
  const { http, call, made, parts } = await accountWithParts(t);
  const first = await made({
    config_name: "audit log config",
    delivery_path_prefix: "auditlogs-data",
    delivery_start_time: "2026-01",
  });
  assert.deepEqual(first, {
    config_id: first.config_id,
    account_id: http.account,
    config_name: "audit log config",
    log_type: "AUDIT_LOGS",
    output_format: "JSON",
    ...parts,
    delivery_path_prefix: "auditlogs-data",
    delivery_start_time: "2026-01",
    status: "ENABLED",
    creation_time: http.clock.now(),
    update_time: http.clock.now(),
    log_delivery_status: {
      status: "CREATED",
      message: "There were no log delivery attempts since the config was created.",
    },
  });
  const got = await call("GET", `log-delivery/${first.config_id}`);
  assert.deepEqual(got, { status: 200, body: { log_delivery_configuration: first } });
  http.clock.advance(1);
  const off = await made({ status: "DISABLED" });
  assert.equal((off.log_delivery_status as Members).status, "NOT_FOUND");
  const listed = async (query: string) => {
    const { body } = await call("GET", `log-delivery${query}`);
    return (body.log_delivery_configurations as Members[]).map(({ config_id }) => config_id);
  };
  assert.deepEqual(await listed(""), [first.config_id, off.config_id]);
  assert.deepEqual(await listed("?status=ENABLED"), [first.config_id]);
  assert.deepEqual(await listed(`?credentials_id=${parts.credentials_id}&status=DISABLED`), [off.config_id]);
  assert.deepEqual(await listed("?storage_configuration_id=none"), []);
  assert.equal((await call("GET", "log-delivery?status=ON")).status, 400);
  const missing = await call("GET", "log-delivery/none");
  assert.deepEqual([missing.status, missing.body.error_code], [404, "RESOURCE_DOES_NOT_EXIST"]);
  assert.deepEqual(
    (await call("DELETE", `log-delivery/${first.config_id}`)).body.error_code,
    "ENDPOINT_NOT_FOUND",
  );
});

test("two are enabled for the account and two for a workspace, of each type, also of many at once", async (t) => {
  const { call, create, made, parts } = await accountWithParts(t);
  const workspace = await call("POST", "workspaces", {
    workspace_name: "w",
    aws_region: "us-west-2",
    ...parts,
  });
  const workspace_ids_filter = [workspace.body.workspace_id];
  const many = await Promise.all(Array.from({ length: 6 }, () => create()));
  const refused = many.filter(({ status }) => status !== 200);
  assert.equal(refused.length, 4);
  for (const { status, body } of refused)
    assert.deepEqual([status, body.error_code], [400, "QUOTA_EXCEEDED"]);
  await made({ workspace_ids_filter });
  const second = await made({ workspace_ids_filter });
  assert.deepEqual(second.workspace_ids_filter, workspace_ids_filter);
  assert.match(
    String((await create({ workspace_ids_filter })).body.message),
    new RegExp(
      `^There are 2 enabled log delivery configurations for AUDIT_LOGS of workspace ${workspace_ids_filter} already`,
    ),
  );
  await made({ log_type: "BILLABLE_USAGE", output_format: "CSV" });
  const disabled = await made({ workspace_ids_filter, status: "DISABLED" });
  const patch = (id: unknown, status: string) => call("PATCH", `log-delivery/${id}`, { status });
  assert.equal((await patch(disabled.config_id, "ENABLED")).body.error_code, "QUOTA_EXCEEDED");
  assert.deepEqual(await patch(second.config_id, "DISABLED"), { status: 200, body: {} });
  assert.deepEqual(await patch(disabled.config_id, "ENABLED"), { status: 200, body: {} });
});

test("an enabled configuration keeps its credentials and storage, a disabled one does not", async (t) => {
  const { call, made, parts } = await accountWithParts(t);
  const { config_id } = await made();
  for (const path of [
    `credentials/${parts.credentials_id}`,
    `storage-configurations/${parts.storage_configuration_id}`,
  ]) {
    const { status, body } = await call("DELETE", path);
    assert.deepEqual([status, body.error_code], [409, "INVALID_STATE"]);
    assert.match(String(body.message), new RegExp(`is being used by active log delivery ${config_id}$`));
  }
  await call("PATCH", `log-delivery/${config_id}`, { status: "DISABLED" });
  assert.equal((await call("DELETE", `credentials/${parts.credentials_id}`)).status, 200);
  const again = await call("PATCH", `log-delivery/${config_id}`, { status: "ENABLED" });
  assert.deepEqual(again, {
    status: 409,
    body: {
      error_code: "INVALID_STATE",
      message: `credentials_id: configuration ${parts.credentials_id} does not exist any more.`,
    },
  });
});

test("a configuration that cannot be is refused in words", async (t) => {
  const { call, create } = await accountWithParts(t);
  const refusals: readonly (readonly [object, RegExp])[] = [
    [{ output_format: "CSV" }, /^output_format: AUDIT_LOGS is delivered as JSON; 'CSV' is not possible/],
    [{ log_type: "BILLABLE_USAGE" }, /^output_format: BILLABLE_USAGE is delivered as CSV/],
    [{ log_type: "OTHER" }, /log_type/],
    [{ config_name: "x".repeat(256) }, /^config_name: give at most 255 characters/],
    [{ credentials_id: "none" }, /^credentials_id: configuration none does not exist/],
    [{ storage_configuration_id: undefined }, /^Missing required field: .*storage_configuration_id/],
    [{ delivery_path_prefix: "/a" }, /^delivery_path_prefix: '\/a' cannot begin/],
    [{ delivery_path_prefix: "a/../../b" }, /^delivery_path_prefix/],
    [{ delivery_start_time: "2026-13" }, /^delivery_start_time: '2026-13' is not a month/],
    [{ delivery_start_time: "2019-02" }, /^delivery_start_time: there is no usage from before 2019-03/],
    [{ workspace_ids_filter: [1] }, /^workspace_ids_filter: workspace 1 does not exist/],
    [{ status: "ON" }, /status/],
  ];
  for (const [change, message] of refusals) {
    const { status, body } = await create(change);
    assert.deepEqual([status, body.error_code], [400, "INVALID_PARAMETER_VALUE"]);
    assert.match(String(body.message), message);
  }
  const empty = await call("POST", "log-delivery", {});
  assert.match(String(empty.body.message), /^Missing required field: log_delivery_configuration/);
});

test("usage is downloaded as CSV with the vendor's header; months that are none are refused", async (t) => {
  const http = await databricksHttp(t);
  const download = (query: string) =>
    http.send({ path: `/api/2.0/accounts/${http.account}/usage/download?${query}` });
  const answer = await download("start_month=2026-01&end_month=2026-02&personal_data=true");
  assert.equal(answer.headers["content-type"], "text/plain; charset=utf-8");
  assert.equal(
    answer.body,
    "workspaceId,timestamp,clusterId,clusterName,clusterNodeType,clusterOwnerUserId,clusterCustomTags,sku,dbus,machineHours,clusterOwnerUserName,tags\n",
  );
  for (const [query, message] of [
    ["end_month=2026-01", /^Missing required field: start_month/],
    ["start_month=2026-1&end_month=2026-02", /^start_month: '2026-1' is not a month/],
    ["start_month=2026-03&end_month=2026-02", /^end_month: 2026-02 is before start_month, 2026-03/],
    ["start_month=2018-03&end_month=2026-02", /^start_month: there is no usage from before 2019-03/],
  ] as const) {
    const refused = await download(query);
    assert.deepEqual([refused.statusCode, refused.json().error_code], [400, "INVALID_PARAMETER_VALUE"]);
    assert.match(refused.json().message, message);
  }
});
