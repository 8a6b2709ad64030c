import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { LocalBuckets } from "../../src/cloud/local/buckets.ts";
import type { CloudFile } from "../../src/cloud/local/cloud-file.ts";
import { LocalCloud } from "../../src/cloud/local/local-cloud.ts";
import { accountId } from "../../src/core/ids.ts";
import type { Cloud } from "../../src/core/ports/cloud.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { Provisioner } from "../../src/effects/provisioner.ts";
import { type DatabricksHttp, databricksHttp } from "../support/databricks-http.ts";
import { temporaryDirectory } from "../support/temporary.ts";

// A provisioner that dies before or after any single thing that it does, and one that goes on from what it left.

const BUCKET = "root-bucket";
const VPC = "vpc-0a1b2c3d";
const GOOD: CloudFile = { vpcs: { [VPC]: { region: "us-west-2", egress: "firewall" } } };
const BAD: CloudFile = { vpcs: {} };

/** Lets so many moments pass; from then on nothing is done any more. */
class Death {
  #left: number;
  isDead = false;

  constructor(moments: number) {
    this.#left = moments;
  }

  async around<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    this.#moment();
    const answer = await work();
    this.#moment();
    return answer;
  }

  #moment(): void {
    if (this.#left === 0) this.isDead = true;
    if (this.isDead) throw new Error("killed");
    this.#left -= 1;
  }
}

/** One server, on which every life is lived by a workspace of its own. */
interface World {
  readonly http: DatabricksHttp;
  readonly cloud: Cloud;
  readonly buckets: LocalBuckets;
  know(cloud: CloudFile): Promise<void>;
  call(method: Method, path: string, body?: object): Promise<Record<string, unknown>>;
  readonly parts: object;
}

type Method = "GET" | "POST" | "PATCH" | "DELETE";

async function world(t: TestContext): Promise<World> {
  const file = join(await temporaryDirectory(t), "cloud.json");
  const made: { cloud: Cloud; buckets: LocalBuckets }[] = [];
  const http = await databricksHttp(t, (buckets) => {
    const cloud = new LocalCloud(buckets, { awsAccount: accountId("123456789012"), file });
    made.push({ cloud, buckets });
    return cloud;
  });
  const [{ cloud, buckets } = assert.fail("the cloud is made at once")] = made;
  const know = (known: CloudFile) => writeFile(file, JSON.stringify(known));
  const call: World["call"] = async (method, path, body) => {
    const answer = await http.send({ method, path: `/api/2.0/accounts/${http.account}/${path}`, body });
    return answer.json();
  };
  await buckets.create(BUCKET);
  await know({});
  const { credentials_id } = await call("POST", "credentials", {
    credentials_name: "c",
    aws_credentials: { sts_role: { role_arn: "arn:aws:iam::123456789012:role/r" } },
  });
  const { storage_configuration_id } = await call("POST", "storage-configurations", {
    storage_configuration_name: "s",
    root_bucket_info: { bucket_name: BUCKET },
  });
  return { http, cloud, buckets, know, call, parts: { credentials_id, storage_configuration_id } };
}

/** A workspace that is to be made, and its network. */
class Subject {
  readonly world: World;
  readonly id: string;
  readonly #network: string;

  private constructor(w: World, id: string, network: string) {
    this.world = w;
    this.id = id;
    this.#network = network;
  }

  static async begin(w: World, cloud: CloudFile): Promise<Subject> {
    await w.know(cloud);
    const name = randomUUID();
    const hex = name.replaceAll("-", "");
    const { network_id, ...rest } = await w.call("POST", "networks", {
      network_name: name,
      vpc_id: VPC,
      subnet_ids: [`subnet-${hex.slice(0, 8)}`, `subnet-${hex.slice(8, 16)}`],
      security_group_ids: [`sg-${hex.slice(0, 8)}`],
    });
    assert.ok(network_id, JSON.stringify(rest));
    const { workspace_id } = await w.call("POST", "workspaces", {
      workspace_name: name,
      aws_region: "us-west-2",
      ...w.parts,
      network_id,
    });
    return new Subject(w, String(workspace_id), String(network_id));
  }

  patch() {
    return this.world.call("PATCH", `workspaces/${this.id}`, { custom_tags: { team: "a" } });
  }

  remove() {
    return this.world.call("DELETE", `workspaces/${this.id}`);
  }

  /** Provisions and dies after so many moments; answers whether it came to that. */
  async provisionUntil(moments: number): Promise<boolean> {
    const death = new Death(moments);
    const provisioner = new Provisioner({
      store: dyingStore(this.world.http.store, death),
      clock: this.world.http.clock,
      cloud: dyingCloud(this.world.cloud, death),
      ports: {
        reserve: async () => null,
        giveBack: async () => undefined,
        open: async () => undefined,
        close: (of) => death.around(async () => assert.equal(of, this.id)),
      },
      wakeMailer: () => undefined,
      onError: (_workspace, error) => assert.ok(death.isDead, String(error)),
    });
    await provisioner.run();
    return death.isDead;
  }

  /** What is to be the same however often the server was killed. */
  async outcome() {
    const { buckets, call, http } = this.world;
    const markers: string[] = [];
    for await (const { key } of buckets.listObjects(BUCKET, `${this.id}/`))
      markers.push(key.slice(this.id.length));
    const shown = await call("GET", `workspaces/${this.id}`);
    const attached = await call("GET", `networks/${this.#network}`);
    const events = await http.store.events.of(this.id);
    const mails = await http.store.outgoingMails.due(http.clock.now(), 0, 1_000);
    return {
      markers,
      mails: mails.filter(({ workspace }) => workspace === this.id).length,
      state: shown.workspace_status ?? shown.error_code,
      network: [attached.vpc_status, "workspace_id" in attached],
      events: events.map(({ type, detail }) => [type, Object(detail).state]),
      ofNetwork: (await http.store.events.of(this.#network)).map(({ type }) => type),
    };
  }
}

function dyingStore(store: Store, death: Death): Store {
  return {
    ...store,
    commit: (changes) => death.around(() => store.commit(changes)),
    ping: () => store.ping(),
    close: () => store.close(),
  };
}

function dyingCloud(cloud: Cloud, death: Death): Cloud {
  return {
    checkCredentials: (parts) => death.around(() => cloud.checkCredentials(parts)),
    checkStorage: (parts) => death.around(() => cloud.checkStorage(parts)),
    checkNetwork: (parts, network) => death.around(() => cloud.checkNetwork(parts, network)),
    checkKeys: (parts) => death.around(() => cloud.checkKeys(parts)),
    checkPrivateAccess: (parts) => death.around(() => cloud.checkPrivateAccess(parts)),
    makeWorkspace: (parts) => death.around(() => cloud.makeWorkspace(parts)),
    removeWorkspace: (parts) => death.around(() => cloud.removeWorkspace(parts)),
    vpcEndpoint: (...given) => cloud.vpcEndpoint(...given),
    privateEndpoint: (service) => cloud.privateEndpoint(service),
  };
}

interface Life {
  readonly name: string;
  readonly cloud: CloudFile;
  /** What comes before the provisioner that dies. */
  readonly before: (subject: Subject) => Promise<unknown>;
  readonly state: string;
  readonly markers: number;
  readonly mails: number;
}

const LIVES: readonly Life[] = [
  { name: "is made", cloud: GOOD, before: async () => undefined, state: "RUNNING", markers: 1, mails: 1 },
  { name: "fails", cloud: BAD, before: async () => undefined, state: "FAILED", markers: 0, mails: 0 },
  {
    name: "is repaired",
    cloud: BAD,
    async before(subject) {
      await subject.world.http.provision();
      await subject.world.know(GOOD);
      await subject.patch();
    },
    state: "RUNNING",
    markers: 1,
    mails: 1,
  },
  {
    name: "is changed while it runs",
    cloud: GOOD,
    async before(subject) {
      await subject.world.http.provision();
      await subject.patch();
    },
    state: "RUNNING",
    markers: 1,
    mails: 1,
  },
  {
    name: "is removed",
    cloud: GOOD,
    async before(subject) {
      await subject.world.http.provision();
      await subject.remove();
    },
    state: "RESOURCE_DOES_NOT_EXIST",
    markers: 0,
    mails: 0,
  },
];

test("a workspace is the same at the end wherever the server was killed", async (t) => {
  const w = await world(t);
  for (const { name, cloud, before, state, markers, mails } of LIVES) {
    await t.test(`that ${name}`, async () => {
      const whole = await Subject.begin(w, cloud);
      await before(whole);
      assert.equal(await whole.provisionUntil(Number.POSITIVE_INFINITY), false);
      const expected = await whole.outcome();
      assert.deepEqual([expected.state, expected.markers.length, expected.mails], [state, markers, mails]);
      let kills = 0;
      for (let moments = 0; ; moments += 1) {
        const subject = await Subject.begin(w, cloud);
        await before(subject);
        const wasKilled = await subject.provisionUntil(moments);
        // Killed again while it takes up what it left.
        await subject.provisionUntil(1);
        await w.http.provision();
        assert.deepEqual(await subject.outcome(), expected, `killed after ${moments} moments`);
        if (!wasKilled) break;
        kills += 1;
      }
      assert.ok(kills >= 6, `${kills} kills`);
    });
  }
});

test("a workspace that is deleted wherever the provisioner was killed leaves nothing behind", async (t) => {
  const w = await world(t);
  for (let moments = 0, wasKilled = true; wasKilled; moments += 1) {
    const subject = await Subject.begin(w, GOOD);
    wasKilled = await subject.provisionUntil(moments);
    await subject.remove();
    await subject.provisionUntil(1);
    await w.http.provision();
    const { events, ...rest } = await subject.outcome();
    assert.deepEqual(rest, {
      markers: [],
      mails: 0,
      state: "RESOURCE_DOES_NOT_EXIST",
      network: ["UNATTACHED", false],
      ofNetwork: ["network.created"],
    });
    assert.deepEqual(events.slice(-2), [
      ["workspace.changed", "CANCELLING"],
      ["workspace.deleted", "CANCELLING"],
    ]);
  }
});
