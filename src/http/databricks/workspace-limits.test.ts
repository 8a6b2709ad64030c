import assert from "node:assert/strict";
import { test } from "node:test";
import { configurations, provisioned, workspaceOf } from "../../../test/support/databricks-configurations.ts";
import { type RulesWorld, rulesWorld } from "../../../test/support/databricks-rules.ts";
import { OTHER_ACCOUNT, twoAccounts } from "../../../test/support/two-accounts.ts";
import { setDeploymentPrefix } from "../../use-cases/databricks/deployment-prefix.ts";

const KEY_MEMBERS = [
  "managed_services_customer_managed_key_id",
  "storage_customer_managed_key_id",
  "customer_managed_key_id",
] as const;

/** Refuses a change of a workspace so, and leaves all as it was. */
async function assertUnchanged(
  world: RulesWorld,
  workspace: number,
  body: object,
  refusal: readonly [status: number, message: string],
): Promise<void> {
  const path = `workspaces/${workspace}`;
  const before = await world.done("GET", path);
  const answer = await world.call("PATCH", path, body);
  assert.deepEqual([answer.status, answer.body.message], refusal, JSON.stringify(body));
  assert.deepEqual(await world.done("GET", path), before);
}

for (const state of ["RUNNING", "FAILED"] as const)
  test(`what needs ENTERPRISE cannot be given to a ${state} workspace of another tier`, async (t) => {
    const world = await rulesWorld(t);
    if (state === "FAILED") await world.know({ roles: {} });
    const make = configurations(world);
    const key = await make.key();
    const private_access_settings_id = await make.settings();
    for (const tier of ["STANDARD", "PREMIUM"]) {
      const workspace = await provisioned(world, { pricing_tier: tier });
      assert.equal((await world.done("GET", `workspaces/${workspace}`)).workspace_status, state);
      const has = `need pricing tier ENTERPRISE; this workspace has ${tier}.`;
      // The legacy name is one of creation.
      for (const member of KEY_MEMBERS.slice(0, 2))
        await assertUnchanged(world, workspace, { [member]: key }, [409, `Customer-managed keys ${has}`]);
      const settings = [409, `Private access settings ${has}`] as const;
      await assertUnchanged(world, workspace, { private_access_settings_id }, settings);
    }
  });

test("no workspace in us-west-1 gets a key, when it is made or later", async (t) => {
  const world = await rulesWorld(t);
  const key = await configurations(world).key(["MANAGED_SERVICES", "STORAGE"], "us-west-1");
  const message = "Customer-managed keys cannot be used in us-west-1.";
  const region = { aws_region: "us-west-1" };
  for (const member of KEY_MEMBERS) {
    const body = await workspaceOf(world, { ...region, [member]: key });
    const answer = await world.call("POST", "workspaces", body);
    assert.deepEqual([answer.status, answer.body.message], [400, message], member);
  }
  const workspace = await provisioned(world, region);
  for (const member of KEY_MEMBERS.slice(0, 2))
    await assertUnchanged(world, workspace, { [member]: key }, [400, message]);
});

test("a mask that names what has no value clears tags, and nothing else that a workspace has", async (t) => {
  const world = await rulesWorld(t);
  const { network } = configurations(world);
  const workspace = await provisioned(world, { custom_tags: { team: "x" }, network_id: await network() });
  const path = `workspaces/${workspace}`;
  const before = await world.done("GET", path);
  for (const [member, body] of [
    ["network_id", {}],
    ["network_id", { network_id: "" }],
    ["credentials_id", { custom_tags: { team: "y" } }],
    ["aws_region", {}],
  ] as const) {
    const answer = await world.call("PATCH", `${path}?update_mask=custom_tags,${member}`, body);
    const message = `update_mask: ${member} has no value, and a workspace keeps one: give another.`;
    assert.deepEqual([answer.status, answer.body.message], [400, message]);
  }
  assert.deepEqual(await world.done("GET", path), before);
  // What it has not is none already, as Terraform says it.
  const mask = "custom_tags,private_access_settings_id";
  await world.done("PATCH", `${path}?update_mask=${mask}`, { private_access_settings_id: "" });
  await world.provision();
  const { custom_tags, ...rest } = before;
  assert.deepEqual(custom_tags, { team: "x" });
  assert.deepEqual(await world.done("GET", path), rest);
});

test("an update_mask that is empty is none", async (t) => {
  const world = await rulesWorld(t);
  const workspace = await provisioned(world);
  const changed = await world.done("PATCH", `workspaces/${workspace}?update_mask=`, {
    custom_tags: { team: "x" },
  });
  assert.deepEqual(changed.custom_tags, { team: "x" });
});

test("a deployment name is one account's alone, in any capitals", async (t) => {
  const { http, tokens } = await twoAccounts(t);
  const post = async (collection: string, body: object) => {
    const path = `/api/2.0/accounts/${OTHER_ACCOUNT}/${collection}`;
    return http.send({ method: "POST", path, body, token: tokens.foreignAdmin });
  };
  const parts = {
    credentials_id: (
      await post("credentials", {
        credentials_name: "c",
        aws_credentials: { sts_role: { role_arn: "arn:aws:iam::123456789012:role/r" } },
      })
    ).json().credentials_id,
    storage_configuration_id: (
      await post("storage-configurations", {
        storage_configuration_name: "s",
        root_bucket_info: { bucket_name: "root-bucket" },
      })
    ).json().storage_configuration_id,
  };
  const named = (deployment_name: string) =>
    post("workspaces", { workspace_name: "here", deployment_name, aws_region: "us-west-2", ...parts });
  const taken = await named("HERE");
  assert.deepEqual(
    [taken.statusCode, taken.json()],
    [409, { error_code: "RESOURCE_ALREADY_EXISTS", message: "Deployment name HERE is already in use." }],
  );
  // A workspace's own name is of its account.
  assert.equal((await named("elsewhere")).statusCode, 200);
});

test("with an account's prefix, names have to be one name together with it", async (t) => {
  const world = await rulesWorld(t);
  await setDeploymentPrefix(world, null, "Acme");
  const named = async (deployment_name: string) => {
    const answer = await world.call("POST", "workspaces", await workspaceOf(world, { deployment_name }));
    const { deployment_name: name, workspace_url: url, message } = answer.body;
    return [answer.status, ...(answer.status === 200 ? [name, url] : [message])];
  };
  assert.deepEqual(await named("ABCSales"), [200, "Acme-ABCSales", "https://acme-abcsales.example.com"]);
  assert.deepEqual(await named("abcsales"), [409, "Deployment name Acme-abcsales is already in use."]);
  assert.deepEqual(await named("EMPTY"), [200, "Acme", "https://acme.example.com"]);
  assert.deepEqual(await named("EMPTY"), [409, "Deployment name Acme is already in use."]);
  const longest = "x".repeat(58);
  assert.equal((await named(longest))[0], 200);
  const [status, message] = await named(`${longest}x`);
  assert.equal(status, 400);
  assert.match(String(message), /deployment_name 'Acme-x{59}' is not one: give up to 63 letters/);
});
