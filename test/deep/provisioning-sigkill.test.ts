import assert from "node:assert/strict";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { CloudFile } from "../../src/cloud/local/cloud-file.ts";
import type { MortalServerOptions } from "../harness/mortal-server.ts";
import { type ServerProcess, startServerProcess } from "../support/server.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

// A real server kills itself by SIGKILL before and after every single thing that provisioning writes, is started again,
// and killed again while it takes up what it left.

const PROGRAM = fileURLToPath(new URL("../harness/mortal-server.ts", import.meta.url));
const EVIDENCE = fileURLToPath(new URL("../../docs/evidence/provisioning-kills.md", import.meta.url));
const TIMEOUT_MS = 60 * 60_000;
const SETTLE_MS = 120_000;
const BUCKET = "root-bucket";
const VPC = "vpc-0a1b2c3d";
const GOOD: CloudFile = { vpcs: { [VPC]: { region: "us-west-2", egress: "firewall" } } };
const BAD: CloudFile = { vpcs: {} };

type Answer = Readonly<Record<string, unknown>>;
type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** One data directory, and the server that runs on it now. */
class World {
  readonly #directory: string;
  readonly #deathFile: string;
  #server: ServerProcess | null = null;

  constructor(t: TestContext, directory: string) {
    this.#directory = directory;
    this.#deathFile = join(directory, "moments");
    t.after(() => this.#server?.endWithApplications());
  }

  get #cloudFile(): string {
    return join(this.#directory, "cloud.json");
  }

  get dataDir(): string {
    return join(this.#directory, "data");
  }

  async start(): Promise<void> {
    const options: MortalServerOptions = {
      dataDir: this.dataDir,
      settings: { "cloud.local.file": this.#cloudFile },
      deathFile: this.#deathFile,
    };
    const command = [process.execPath, PROGRAM, JSON.stringify(options)] as const;
    this.#server = await startServerProcess(this.dataDir, {}, command).catch((error) => {
      // It may die before it answers: it goes on with what is left to do at once.
      if (/ended by SIGKILL/.test(String(error))) return null;
      throw error;
    });
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  isDead(): boolean {
    return this.#server === null || this.#server.ended() !== null;
  }

  know(cloud: CloudFile): Promise<void> {
    return writeFile(this.#cloudFile, JSON.stringify(cloud));
  }

  /** Lets the server live through so many moments of provisioning from now on; null lets it live. */
  async doom(moments: number | null): Promise<void> {
    if (moments === null) await rm(this.#deathFile, { force: true });
    else await writeFile(this.#deathFile, String(moments));
  }

  async call(method: Method, path: string, body?: object): Promise<Answer> {
    if (this.#server === null) throw new Error("the server is dead");
    const { DATABRICKS_ACCOUNT_ID, DATABRICKS_TOKEN } = this.#server.clientEnvironment;
    const answer = await fetch(`${this.#server.url}/api/2.0/accounts/${DATABRICKS_ACCOUNT_ID}/${path}`, {
      method,
      headers: { authorization: `Bearer ${DATABRICKS_TOKEN}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return Object(await answer.json());
  }

  /** What a workspace answers at its own port. */
  async statusAt(url: unknown): Promise<number> {
    const token = this.#server?.clientEnvironment.DATABRICKS_TOKEN;
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${url}/api/2.0/preview/scim/v2/Me`, { headers });
    return answer.status;
  }
}

/** A workspace, which is known by its name: of one whose creation was not answered nobody knows the id. */
class Subject {
  readonly #world: World;
  readonly #name: string;
  readonly #network: string;
  readonly #parts: Answer;
  #id: unknown;

  private constructor(world: World, name: string, network: string, parts: Answer) {
    this.#world = world;
    this.#name = name;
    this.#network = network;
    this.#parts = parts;
  }

  static async begin(world: World, parts: Answer, number: number): Promise<Subject> {
    const hex = String(number).padStart(7, "0");
    const { network_id, ...rest } = await world.call("POST", "networks", {
      network_name: `network-${hex}`,
      vpc_id: VPC,
      subnet_ids: [`subnet-a${hex}`, `subnet-b${hex}`],
      security_group_ids: [`sg-c${hex}`],
    });
    assert.ok(network_id, JSON.stringify(rest));
    return new Subject(world, `workspace-${hex}`, String(network_id), parts);
  }

  async create(): Promise<void> {
    const made = { workspace_name: this.#name, aws_region: "us-west-2", network_id: this.#network };
    const { workspace_id } = await this.#world.call("POST", "workspaces", { ...made, ...this.#parts });
    this.#id = workspace_id;
  }

  async patch(): Promise<void> {
    await this.#world.call("PATCH", `workspaces/${this.#id}`, { custom_tags: { team: "a" } });
  }

  async remove(): Promise<void> {
    await this.#world.call("DELETE", `workspaces/${this.#id}`);
  }

  /** Waits until provisioning has come to its end, or the server has died of it. */
  settled(): Promise<unknown> {
    return waitFor(`${this.#name} to settle or the server to die`, SETTLE_MS, async () => {
      if (this.#world.isDead()) return true;
      try {
        const found = await this.#find();
        const status = found?.workspace_status;
        return status === undefined
          ? this.#id !== undefined
          : status !== "PROVISIONING" && status !== "CANCELLING";
      } catch (error) {
        // The connection is cut by what kills the server.
        if (error instanceof TypeError) return false;
        throw error;
      }
    });
  }

  /** What is to be the same however often the server was killed. */
  async outcome() {
    const found = await this.#find();
    const network = await this.#world.call("GET", `networks/${this.#network}`);
    const bucket = join(this.#world.dataDir, "buckets", BUCKET, String(this.#id));
    return {
      state: found?.workspace_status,
      message: String(found?.workspace_status_message).replaceAll(this.#network, "NETWORK"),
      answers: found?.workspace_status === "RUNNING" ? await this.#world.statusAt(found.workspace_url) : null,
      network: [network.vpc_status, "workspace_id" in network],
      objects: await readdir(bucket).catch(() => []),
      events: this.#events(),
    };
  }

  /** The one workspace of this name. */
  async #find(): Promise<Answer | undefined> {
    const all: unknown = await this.#world.call("GET", "workspaces");
    const found = [all].flat().filter((each) => Object(each).workspace_name === this.#name);
    assert.ok(found.length <= 1, `${found.length} workspaces ${this.#name}`);
    if (found.length === 1) this.#id = Object(found[0]).workspace_id;
    return found[0] as Answer | undefined;
  }

  /** Of the store itself: each thing that happened, once. */
  #events(): readonly string[] {
    using database = new DatabaseSync(join(this.#world.dataDir, "firesteel.db"), { readOnly: true });
    return database
      .prepare("select type, detail from events where subject_id in (?, ?) order by cursor")
      .all(String(this.#id), this.#network)
      .map(({ type, detail }) => `${type} ${JSON.parse(String(detail)).state}`);
  }
}

interface Life {
  readonly name: string;
  readonly cloud: CloudFile;
  /** What comes before the server is doomed. */
  readonly before: (world: World, subject: Subject) => Promise<void>;
  /** What the server is to die of. */
  readonly of: (subject: Subject) => Promise<void>;
  /** What a client does again that got no answer. */
  readonly again?: (subject: Subject) => Promise<void>;
  readonly state: string | undefined;
}

const made = async (_world: World, subject: Subject) => {
  await subject.create();
  await subject.settled();
};
const LIVES: readonly Life[] = [
  {
    name: "is made",
    cloud: GOOD,
    before: async () => {},
    of: (subject) => subject.create(),
    state: "RUNNING",
  },
  { name: "fails", cloud: BAD, before: async () => {}, of: (subject) => subject.create(), state: "FAILED" },
  {
    name: "is repaired by PATCH",
    cloud: BAD,
    async before(world, subject) {
      await made(world, subject);
      await world.know(GOOD);
    },
    of: (subject) => subject.patch(),
    state: "RUNNING",
  },
  {
    name: "is changed by PATCH while it runs",
    cloud: GOOD,
    before: made,
    of: (subject) => subject.patch(),
    state: "RUNNING",
  },
  { name: "is deleted", cloud: GOOD, before: made, of: (subject) => subject.remove(), state: undefined },
];
/** Its DELETE comes at whatever step it then is. */
const DELETED_WHILE_MADE: Life = {
  name: "is deleted while it is made",
  cloud: GOOD,
  before: async () => {},
  async of(subject) {
    await subject.create();
    await subject.remove();
  },
  again: (subject) => subject.remove(),
  state: undefined,
};

test("a workspace comes to the same end wherever its server is killed by SIGKILL", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const world = new World(t, await temporaryDirectory(t));
  await world.know(GOOD);
  await world.start();
  const { credentials_id } = await world.call("POST", "credentials", {
    credentials_name: "role",
    aws_credentials: { sts_role: { role_arn: "arn:aws:iam::123456789012:role/role" } },
  });
  const { storage_configuration_id } = await world.call("POST", "storage-configurations", {
    storage_configuration_name: "root",
    root_bucket_info: { bucket_name: BUCKET },
  });
  let lives = 0;
  /** Lives one life; answers whether the server died of it, and how it ended. */
  const live = async ({ cloud, before, of, again }: Life, moments: number | null) => {
    await world.know(cloud);
    lives += 1;
    const subject = await Subject.begin(world, { credentials_id, storage_configuration_id }, lives);
    await before(world, subject);
    await world.doom(moments);
    // What the server dies of may come before its answer.
    await of(subject).catch((error: unknown) =>
      assert.ok(world.isDead() || error instanceof TypeError, String(error)),
    );
    await subject.settled();
    const died = world.isDead();
    if (died) {
      await world.doom(1);
      await world.start();
      await subject.settled();
      await world.doom(null);
      if (world.isDead()) await world.start();
      await subject.settled();
      await again?.(subject);
      await subject.settled();
    } else if (moments !== null) {
      // It still counts.
      await world.doom(null);
      await world.stop();
      await world.start();
    }
    return { died, outcome: await subject.outcome() };
  };

  const kills: [string, number][] = [];
  for (const life of LIVES) {
    await t.test(`that ${life.name}`, async () => {
      const expected = await live(life, null);
      assert.equal(expected.outcome.state, life.state, expected.outcome.message);
      for (let moments = 0; ; moments += 1) {
        const { died, outcome } = await live(life, moments);
        assert.deepEqual(outcome, expected.outcome, `killed after ${moments} moments`);
        if (!died) {
          kills.push([life.name, moments]);
          break;
        }
      }
    });
  }
  await t.test(`that ${DELETED_WHILE_MADE.name}`, async () => {
    for (let moments = 0; ; moments += 1) {
      const { died, outcome } = await live(DELETED_WHILE_MADE, moments);
      const { state, network, objects, events } = outcome;
      const ends = events.filter((event) => /workspace\.(created|deleted)/.test(event));
      assert.deepEqual(
        { state, network, objects, ends },
        {
          state: undefined,
          network: ["UNATTACHED", false],
          objects: [],
          ends: ["workspace.created PROVISIONING", "workspace.deleted CANCELLING"],
        },
        `killed after ${moments} moments`,
      );
      if (!died) {
        kills.push([DELETED_WHILE_MADE.name, moments]);
        break;
      }
    }
  });
  await writeFile(EVIDENCE, report(kills));
});

function report(kills: readonly (readonly [string, number])[]): string {
  return [
    "# Provisioning under SIGKILL",
    "",
    "A server killed itself by SIGKILL before or after each single thing that provisioning writes (to the store or to the root",
    "bucket), once in each place; started again, it was killed once more a moment later, and started a third time. State,",
    "message, network, root bucket, the answer at the workspace's own port and the list of what happened were the same as of a",
    "workspace whose server lived. One whose DELETE came while it was made was gone with all that was its own, deleted once.",
    "",
    "| a workspace that | places at which its server was killed |",
    "|---|---|",
    ...kills.map(([name, count]) => `| ${name} | ${count} |`),
    "",
    "Made by `node --test test/deep/provisioning-sigkill.test.ts`.",
    "",
  ].join("\n");
}
