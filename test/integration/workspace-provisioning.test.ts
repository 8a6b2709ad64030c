import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import type { LocalBuckets } from "../../src/cloud/local/buckets.ts";
import type { CloudFile } from "../../src/cloud/local/cloud-file.ts";
import { LocalCloud } from "../../src/cloud/local/local-cloud.ts";
import { accountId } from "../../src/core/ids.ts";
import { type DatabricksHttp, databricksHttp } from "../support/databricks-http.ts";
import { makeWorkspace, runningWorkspaces } from "../support/databricks-workspaces.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { watchedCloud } from "../support/watched-cloud.ts";

const ROLE = "arn:aws:iam::123456789012:role/r";

interface World extends DatabricksHttp {
  /** Where the cloud is written down. */
  readonly file: string;
  /** Says what exists in the cloud from now on. */
  know(cloud: CloudFile): Promise<void>;
  call(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: object): Promise<Answer>;
  /** Ids of a fresh credential and storage configuration. */
  readonly parts: { readonly credentials_id: unknown; readonly storage_configuration_id: unknown };
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function world(t: TestContext): Promise<World> {
  const file = join(await temporaryDirectory(t), "cloud.json");
  const http = await databricksHttp(
    t,
    (buckets) => new LocalCloud(buckets, { awsAccount: accountId("123456789012"), file }),
  );
  const know = (cloud: CloudFile) => writeFile(file, JSON.stringify(cloud));
  await know({});
  const call: World["call"] = async (method, path, body) => {
    const answer = await http.send({ method, path: `/api/2.0/accounts/${http.account}/${path}`, body });
    return { status: answer.statusCode, body: answer.json() };
  };
  const credentials = await call("POST", "credentials", {
    credentials_name: "c",
    aws_credentials: { sts_role: { role_arn: ROLE } },
  });
  const storage = await call("POST", "storage-configurations", {
    storage_configuration_name: "s",
    root_bucket_info: { bucket_name: "root-bucket" },
  });
  return {
    ...http,
    file,
    know,
    call,
    parts: {
      credentials_id: credentials.body.credentials_id,
      storage_configuration_id: storage.body.storage_configuration_id,
    },
  };
}

async function create(w: World, patch: object = {}): Promise<Answer> {
  return w.call("POST", "workspaces", {
    workspace_name: "w",
    aws_region: "us-west-2",
    ...w.parts,
    ...patch,
  });
}

async function network(w: World, patch: object = {}): Promise<unknown> {
  const made = await w.call("POST", "networks", {
    network_name: "customer",
    vpc_id: "vpc-0a1b2c3d",
    subnet_ids: ["subnet-0a1b2c3d", "subnet-1a1b2c3d"],
    security_group_ids: ["sg-0a1b2c3d"],
    ...patch,
  });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  return made.body.network_id;
}

async function state(w: World, id: unknown): Promise<readonly unknown[]> {
  const { body } = await w.call("GET", `workspaces/${id}`);
  return [body.workspace_status, body.workspace_status_message];
}

describe("provisioning", () => {
  const failures: readonly [string, CloudFile, string][] = [
    [
      "a role that cannot be assumed",
      { roles: {} },
      "MALFORMED_REQUEST: Failed credential validation checks: please use a valid cross account IAM role with permissions setup correctly",
    ],
    [
      "a role without permissions",
      { roles: { [ROLE]: { missingPermissions: ["Spot Cancellation", "Create Placement Group"] } } },
      "MALFORMED_REQUEST: Failed credentials validation checks: Spot Cancellation, Create Placement Group",
    ],
    [
      "a bucket that does not exist",
      { buckets: {} },
      "MALFORMED_REQUEST: Failed storage configuration validation checks: bucket root-bucket does not exist",
    ],
    [
      "no Elastic IP address that is free",
      { addresses: { "us-west-2": { limit: 5, used: 5 } } },
      "The maximum number of addresses has been reached.",
    ],
  ];
  for (const [what, cloud, message] of failures) {
    it(`with ${what} fails in the vendor's words, and succeeds after PATCH once that is mended`, async (t) => {
      const w = await world(t);
      await w.know(cloud);
      const made = await create(w);
      await w.provision();
      assert.deepEqual(await state(w, made.body.workspace_id), ["FAILED", message]);

      await w.know({});
      const again = await w.call("PATCH", `workspaces/${made.body.workspace_id}`, w.parts);
      assert.deepEqual([again.status, again.body.workspace_status], [200, "PROVISIONING"]);
      await w.provision();
      assert.deepEqual(await state(w, made.body.workspace_id), ["RUNNING", "Workspace is running."]);
    });
  }

  it("with a broken network says in the network what is wrong, and another one repairs it", async (t) => {
    const w = await world(t);
    await w.know({ vpcs: {} });
    const broken = await network(w);
    const made = await create(w, { network_id: broken });
    await w.provision();
    assert.equal((await state(w, made.body.workspace_id))[0], "FAILED");
    const shown = await w.call("GET", `networks/${broken}`);
    assert.deepEqual(
      [shown.body.vpc_status, shown.body.error_messages, shown.body.workspace_id],
      [
        "BROKEN",
        [{ error_type: "vpc", error_message: "The vpc ID 'vpc-0a1b2c3d' does not exist." }],
        made.body.workspace_id,
      ],
    );
    await w.know({ vpcs: { "vpc-1a1b2c3d": { region: "us-west-2", egress: "firewall" } } });
    const mended = await network(w, {
      network_name: "mended",
      vpc_id: "vpc-1a1b2c3d",
      subnet_ids: ["subnet-2a1b2c3d", "subnet-3a1b2c3d"],
      security_group_ids: ["sg-1a1b2c3d"],
    });
    await w.call("PATCH", `workspaces/${made.body.workspace_id}`, { network_id: mended });
    await w.provision();
    assert.equal((await state(w, made.body.workspace_id))[0], "RUNNING");
    assert.equal((await w.call("GET", `networks/${mended}`)).body.vpc_status, "WARNED");
    const left = await w.call("GET", `networks/${broken}`);
    assert.deepEqual([left.body.vpc_status, "workspace_id" in left.body], ["UNATTACHED", false]);
    assert.equal((await w.call("DELETE", `networks/${broken}`)).status, 200);
  });

  it("names in the answer what it did not verify", async (t) => {
    const w = await world(t);
    const made = await create(w);
    await w.provision();
    const { body } = await w.call("GET", `workspaces/${made.body.workspace_id}`);
    assert.deepEqual(body.warnings, [
      `Not verified: that role ${ROLE} can be assumed, and its permissions.`,
      "Not verified: the policy and region of bucket root-bucket.",
      "Not verified: the VPC that is made for the workspace, since none is made here.",
    ]);
  });

  it("names of every part what it did not verify, and of what a file says in full nothing", async (t) => {
    const w = await world(t);
    const arn = "arn:aws:kms:us-west-2:123456789012:key/k";
    const { customer_managed_key_id } = (
      await w.call("POST", "customer-managed-keys", {
        use_cases: ["STORAGE"],
        aws_key_info: { key_arn: arn },
      })
    ).body;
    const { private_access_settings_id } = (
      await w.call("POST", "private-access-settings", {
        private_access_settings_name: "settings",
        region: "us-west-2",
      })
    ).body;
    const made = await create(w, {
      network_id: await network(w),
      storage_customer_managed_key_id: customer_managed_key_id,
      private_access_settings_id,
    });
    const warnings = async () => {
      await w.provision();
      return (await w.call("GET", `workspaces/${made.body.workspace_id}`)).body.warnings;
    };
    const access = "that requests come through the VPC endpoints of the private access settings";
    const said = (...what: string[]) => what.map((each) => `Not verified: ${each}.`);
    assert.deepEqual(
      await warnings(),
      said(
        `that role ${ROLE} can be assumed, and its permissions`,
        "the policy and region of bucket root-bucket",
        "VPC vpc-0a1b2c3d",
        "subnets subnet-0a1b2c3d, subnet-1a1b2c3d",
        "security groups sg-0a1b2c3d",
        `that key ${arn} is there and may be used`,
        access,
      ),
    );
    const vpc = "vpc-0a1b2c3d";
    const subnet = { vpc, freeAddresses: 9, networkAclAllows: true };
    await w.know({
      roles: { [ROLE]: { assumable: true, missingPermissions: [] } },
      buckets: { "root-bucket": { region: "us-west-2" } },
      vpcs: { [vpc]: { region: "us-west-2", dnsSupport: true, dnsHostnames: true, egress: "nat-gateway" } },
      subnets: { "subnet-0a1b2c3d": { ...subnet, zone: "a" }, "subnet-1a1b2c3d": { ...subnet, zone: "b" } },
      securityGroups: { "sg-0a1b2c3d": { vpc, selfTraffic: true, egress: true } },
      keys: { [arn]: { usable: true } },
    });
    await w.call("PATCH", `workspaces/${made.body.workspace_id}`, {});
    assert.deepEqual(await warnings(), said("the policy of bucket root-bucket", access));
  });

  it("goes on where nothing is free any more, for it has its address", async (t) => {
    const w = await world(t);
    await w.know({ addresses: { "us-west-2": { limit: 1, used: 0 } } });
    const made = await create(w);
    await w.provision();
    await w.know({ addresses: { "us-west-2": { limit: 1, used: 1 } } });
    for (const _twice of [1, 2]) {
      await w.call("PATCH", `workspaces/${made.body.workspace_id}`, {});
      await w.provision();
      assert.deepEqual(await state(w, made.body.workspace_id), ["RUNNING", "Workspace is running."]);
    }
  });

  it("waits for a cloud file that cannot be read, says so, and goes on once it can", async (t) => {
    const w = await world(t);
    await writeFile(w.file, "{");
    const made = await create(w);
    for (const _twice of [1, 2]) {
      await assert.rejects(w.provision(), /is not JSON/);
      const [status, message] = await state(w, made.body.workspace_id);
      assert.equal(status, "PROVISIONING");
      assert.match(
        String(message),
        /^Workspace resources are being set up\. Now checking the credential configuration, which is tried again: cloud\.local\.file: .*cloud\.json is not JSON: /,
      );
    }
    const endpoint = await w.call("POST", "vpc-endpoints", {
      vpc_endpoint_name: "e",
      region: "us-west-2",
      aws_vpc_endpoint_id: "vpce-0a1b2c3d",
    });
    assert.deepEqual([endpoint.status, endpoint.body.error_code], [409, "INVALID_STATE"]);
    assert.match(String(endpoint.body.message), /cloud\.json is not JSON/);
    await w.know({});
    await w.provision();
    assert.deepEqual(await state(w, made.body.workspace_id), ["RUNNING", "Workspace is running."]);
  });

  it("says at every step which one runs", async (t) => {
    const said: string[] = [];
    let ask = async () => "";
    const http = await databricksHttp(t, (buckets) =>
      watchedCloud(buckets, async (method) => {
        said.push(`${method}: ${await ask()}`);
      }),
    );
    ask = async () => {
      const answer = await http.send({ path: `/api/2.0/accounts/${http.account}/workspaces` });
      const { workspace_status, workspace_status_message } = answer.json()[0];
      return `${workspace_status}, ${workspace_status_message}`;
    };
    await makeWorkspace(http);
    const setUp = "PROVISIONING, Workspace resources are being set up.";
    assert.deepEqual(said, [
      `checkCredentials: ${setUp}`,
      `checkStorage: ${setUp} Now checking the storage configuration.`,
      `checkKeys: ${setUp} Now checking the customer-managed keys.`,
      `checkPrivateAccess: ${setUp} Now checking the private access settings.`,
      `makeWorkspace: ${setUp} Now making the workspace and its root storage.`,
    ]);
    assert.equal(await ask(), "RUNNING, Workspace is running.");
  });

  it("gives each workspace of a bucket a root of its own, and removes that alone", async (t) => {
    let buckets: LocalBuckets | undefined;
    const http = await databricksHttp(t, (made) => {
      buckets = made;
      return new LocalCloud(made, { awsAccount: accountId("123456789012"), file: null });
    });
    const { a, b } = await runningWorkspaces(http, ["a", "b"]);
    const keys = async () =>
      (await Array.fromAsync(buckets?.listObjects("root-a", "") ?? [])).map(({ key }) => key);
    const marker = (id: string) => `${id}/.firesteel-workspace`;
    assert.deepEqual(await keys(), [marker(a), marker(b)].toSorted());
    await buckets?.put("root-a", `${a}/data`, new Uint8Array([1]));
    await http.send({ method: "DELETE", path: `/api/2.0/accounts/${http.account}/workspaces/${a}` });
    await http.provision();
    // What users put there stays theirs.
    assert.deepEqual(await keys(), [`${a}/data`, marker(b)].toSorted());
  });

  it("of two workspaces on one network lets one through", async (t) => {
    const w = await world(t);
    const shared = await network(w);
    const answers = await Promise.all([
      create(w, { workspace_name: "a", network_id: shared }),
      create(w, { workspace_name: "b", network_id: shared }),
    ]);
    const refused = answers.filter(({ status }) => status !== 200);
    assert.deepEqual(
      refused.map(({ status, body }) => [status, body.error_code]),
      [[409, "INVALID_STATE"]],
    );
  });

  it("can be ended by DELETE before it is done, and leaves nothing behind", async (t) => {
    const w = await world(t);
    const made = await create(w, { network_id: await network(w) });
    const deleted = await w.call("DELETE", `workspaces/${made.body.workspace_id}`);
    assert.deepEqual([deleted.status, deleted.body.workspace_status], [200, "CANCELLING"]);
    await w.provision();
    assert.equal((await w.call("GET", `workspaces/${made.body.workspace_id}`)).status, 404);
    assert.equal((await w.call("DELETE", `credentials/${w.parts.credentials_id}`)).status, 200);
  });
});

describe("a workspace that cannot be", () => {
  const key = { key_arn: "arn:aws:kms:us-west-2:123456789012:key/k" };
  it("is refused with what is wrong", async (t) => {
    const w = await world(t);
    const storageKey = await w.call("POST", "customer-managed-keys", {
      use_cases: ["STORAGE"],
      aws_key_info: key,
    });
    const id = storageKey.body.customer_managed_key_id;
    const cases: readonly [object, number, RegExp][] = [
      [{ credentials_id: "no" }, 400, /^credentials_id: configuration no does not exist\.$/],
      [{ deployment_name: "EMPTY" }, 400, /EMPTY stands for the account's deployment name prefix/],
      [{ deployment_name: "-a" }, 400, /deployment_name '-a' is not one/],
      [{ deployment_name: "a".repeat(64) }, 400, /deployment_name 'a+' is not one/],
      [
        { pricing_tier: "STANDARD", storage_customer_managed_key_id: id },
        409,
        /need pricing tier ENTERPRISE/,
      ],
      [{ managed_services_customer_managed_key_id: id }, 400, /is for STORAGE, not for MANAGED_SERVICES/],
      [{ aws_region: "us-west-1", storage_customer_managed_key_id: id }, 400, /the key is in us-west-2/],
      [{ custom_tags: { "": "x" } }, 400, /key '' must have 1 to 127 characters/],
      [{ compute_mode: "SERVERLESS" }, 400, /^A SERVERLESS workspace has no credentials_id/],
    ];
    for (const [patch, status, message] of cases) {
      const answer = await create(w, patch);
      assert.equal(answer.status, status, JSON.stringify(patch));
      assert.match(String(answer.body.message), message);
    }
  });
});
