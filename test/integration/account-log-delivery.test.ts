import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { AuditFile } from "../../src/cloud/local/audit-file.ts";
import type { LocalBuckets } from "../../src/cloud/local/buckets.ts";
import { LocalCloud } from "../../src/cloud/local/local-cloud.ts";
import { accountId } from "../../src/core/ids.ts";
import type { AuditTrail } from "../../src/core/ports/audit.ts";
import type { Buckets } from "../../src/core/ports/buckets.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { AccountLogDeliverer } from "../../src/effects/account-log-delivery.ts";
import { type DatabricksHttp, databricksHttp } from "../support/databricks-http.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const BUCKET = "audit-bucket";
const MINUTE_MS = 60_000;
const INTERVAL_MS = 15 * MINUTE_MS;
const MONTH_LATER_MS = 31 * 24 * 60 * MINUTE_MS;

interface World {
  readonly http: DatabricksHttp;
  readonly buckets: LocalBuckets;
  readonly directory: string;
  readonly errors: unknown[];
  /** What has been written to disk. */
  readonly recorded: Record<string, unknown>[];
  readonly credentials: string;
  readonly storage: string;
  /** Writes the audit records so far to disk. */
  flush(): Promise<void>;
  deliverer(parts?: {
    readonly store?: Store;
    readonly buckets?: Buckets;
    readonly trail?: AuditTrail;
  }): AccountLogDeliverer;
  readonly trail: AuditTrail;
  /** Lets the interval pass, and delivers. */
  deliver(): Promise<void>;
  post(collection: string, body: object): Promise<{ statusCode: number; json(): Record<string, unknown> }>;
  configure(change?: object): Promise<Record<string, unknown>>;
  status(id: unknown): Promise<Record<string, unknown>>;
}

async function world(t: TestContext, cloudFile: string | null = null): Promise<World> {
  const made: LocalBuckets[] = [];
  const cloudOf = (buckets: LocalBuckets) => {
    made.push(buckets);
    return new LocalCloud(buckets, { awsAccount: accountId("123456789012"), file: cloudFile });
  };
  const http = await databricksHttp(t, cloudOf);
  const [buckets] = made;
  assert.ok(buckets);
  const directory = await temporaryDirectory(t);
  const file = new AuditFile({ directory, clock: http.clock, onProblem: assert.fail });
  t.after(() => file.close());
  const path = (rest: string) => `/api/2.0/accounts/${http.account}/${rest}`;
  const post: World["post"] = (collection, body) =>
    http.send({ method: "POST", path: path(collection), body });
  const role = { sts_role: { role_arn: "arn:aws:iam::123456789012:role/logs" } };
  const credentials = await post("credentials", { credentials_name: "c", aws_credentials: role });
  const storage = await post("storage-configurations", {
    storage_configuration_name: "s",
    root_bucket_info: { bucket_name: BUCKET },
  });
  const errors: unknown[] = [];
  const self: World = {
    http,
    buckets,
    directory,
    errors,
    trail: file,
    recorded: [],
    credentials: String(credentials.json().credentials_id),
    storage: String(storage.json().storage_configuration_id),
    async flush() {
      for (const record of http.audit.splice(0)) {
        file.record(record);
        self.recorded.push(record);
      }
      await file.flush();
    },
    deliverer: (parts = {}) =>
      new AccountLogDeliverer({
        store: http.store,
        buckets,
        trail: file,
        ...parts,
        clock: http.clock,
        cloud: cloudOf(buckets),
        node: "here",
        intervalMs: INTERVAL_MS,
        stopping: new AbortController().signal,
        onError: (_id, error) => errors.push(error),
      }),
    async deliver() {
      await self.flush();
      http.clock.advance(INTERVAL_MS);
      await self.deliverer().run();
    },
    post,
    async configure(change = {}) {
      const log_delivery_configuration = {
        log_type: "AUDIT_LOGS",
        output_format: "JSON",
        credentials_id: self.credentials,
        storage_configuration_id: self.storage,
        ...change,
      };
      const answer = await post("log-delivery", { log_delivery_configuration });
      assert.equal(answer.statusCode, 200, JSON.stringify(answer.json()));
      return answer.json().log_delivery_configuration as Record<string, unknown>;
    },
    async status(id) {
      const answer = await http.send({ path: path(`log-delivery/${id}`) });
      return answer.json().log_delivery_configuration.log_delivery_status;
    },
  };
  return self;
}

async function objects(buckets: Buckets): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  if (!(await buckets.exists(BUCKET))) return found;
  for await (const { key } of buckets.listObjects(BUCKET, "")) {
    const pieces: Uint8Array[] = [];
    for await (const piece of buckets.read(BUCKET, key)) pieces.push(piece);
    found.set(key, Buffer.concat(pieces).toString());
  }
  return found;
}

/** What was delivered, in the order of keys. */
async function delivered(buckets: Buckets): Promise<readonly Record<string, unknown>[]> {
  const texts = [...(await objects(buckets)).values()];
  return texts.flatMap((text) => text.split("\n").filter(Boolean)).map((line) => JSON.parse(line));
}

const idsOf = (records: readonly Record<string, unknown>[]) =>
  records.map(({ requestId }) => requestId).sort();

const list = ({ http }: World) => http.send({ path: `/api/2.0/accounts/${http.account}/workspaces` });

test("audit logs go to the vendor's path on schedule, each once, and the status says so", async (t) => {
  const here = await world(t);
  await here.flush();
  here.http.clock.advance(1);
  const { config_id: id } = await here.configure({ delivery_path_prefix: "audit/logs" });
  assert.deepEqual(await here.status(id), {
    status: "CREATED",
    message: "There were no log delivery attempts since the config was created.",
  });
  for (let count = 0; count < 5; count++) await list(here);
  const expected = idsOf(here.http.audit);
  await here.flush();
  here.http.clock.advance(INTERVAL_MS - 1);
  await here.deliverer().run();
  assert.equal((await objects(here.buckets)).size, 0, "nothing before it is due");
  here.http.clock.advance(1);
  await here.deliverer().run();
  const [[key = "", body = ""] = [], ...others] = await objects(here.buckets);
  assert.match(key, /^audit\/logs\/workspaceId=0\/date=2026-01-01\/auditlogs_[0-9a-f]{32}\.json$/);
  assert.deepEqual(others, []);
  assert.equal(body.at(-1), "\n");
  assert.deepEqual(idsOf(await delivered(here.buckets)), expected);
  const [record] = await delivered(here.buckets);
  for (const member of ["version", "auditLevel", "timestamp", "serviceName", "actionName", "requestParams"])
    assert.ok(record && member in record, member);
  assert.deepEqual(await here.status(id), {
    status: "SUCCEEDED",
    message: "The latest attempt of log delivery has succeeded completely.",
    last_attempt_time: "2026-01-01T00:15:00.001Z",
    last_successful_attempt_time: "2026-01-01T00:15:00.001Z",
  });
  // The two looks at the status since are records too, and no others are delivered again.
  expected.push(...idsOf(here.http.audit));
  await here.deliver();
  assert.deepEqual(idsOf(await delivered(here.buckets)), expected.sort());
  assert.equal((await objects(here.buckets)).size, 2);
});

test("workspaces and days have folders of their own, and a filter keeps the account's events out", async (t) => {
  const here = await world(t);
  const record = (workspaceId: string, account = here.http.account) => {
    const requestId = randomUUID();
    here.http.audit.push({ requestId, workspaceId, accountId: account, timestamp: here.http.clock.now() });
    return requestId;
  };
  const [first, second] = await Promise.all(
    ["one", "two"].map(async (workspace_name) => {
      const parts = { credentials_id: here.credentials, storage_configuration_id: here.storage };
      const answer = await here.post("workspaces", { workspace_name, aws_region: "us-west-2", ...parts });
      return String(answer.json().workspace_id);
    }),
  );
  assert.ok(first && second);
  await here.flush();
  here.http.clock.advance(1);
  await here.configure({ delivery_path_prefix: "all" });
  await here.configure({ delivery_path_prefix: "some", workspace_ids_filter: [Number(second)] });
  here.http.audit.splice(0);
  const ids = [record("0"), record(first), record(second)];
  record(first, "11111111-2222-3333-4444-555555555555");
  here.http.audit.push({ eventSource: "emr-containers.amazonaws.com" });
  await here.flush();
  await appendFile(join(here.directory, "audit-2026-01-01.jsonl"), '{"half":');
  here.http.clock.advance(24 * 60 * MINUTE_MS);
  ids.push(record(second));
  await here.deliver();
  const found = [...(await objects(here.buckets))].map(([key, text]) => [
    key.replace(/auditlogs_.*/, ""),
    JSON.parse(text).requestId,
  ]);
  assert.deepEqual(
    found,
    [
      ["all/workspaceId=0/date=2026-01-01/", ids[0]],
      [`all/workspaceId=${first}/date=2026-01-01/`, ids[1]],
      [`all/workspaceId=${second}/date=2026-01-01/`, ids[2]],
      [`all/workspaceId=${second}/date=2026-01-02/`, ids[3]],
      [`some/workspaceId=${second}/date=2026-01-01/`, ids[2]],
      [`some/workspaceId=${second}/date=2026-01-02/`, ids[3]],
    ].sort(([one = ""], [other = ""]) => (one < other ? -1 : 1)),
  );
});

test("what happened while a configuration was disabled is not delivered", async (t) => {
  const here = await world(t);
  const { config_id: id } = await here.configure();
  const path = `/api/2.0/accounts/${here.http.account}/log-delivery/${id}`;
  const set = async (status: string) => {
    const answer = await here.http.send({ method: "PATCH", path, body: { status } });
    assert.deepEqual([answer.statusCode, answer.json()], [200, {}]);
  };
  await here.deliver();
  const before = idsOf(await delivered(here.buckets));
  await set("DISABLED");
  here.http.clock.advance(1);
  await list(here);
  await here.deliver();
  assert.deepEqual(idsOf(await delivered(here.buckets)), before);
  await here.flush();
  await set("ENABLED");
  const after = idsOf(here.http.audit);
  await here.deliver();
  assert.deepEqual(idsOf(await delivered(here.buckets)), [...before, ...after].sort());
});

test("a role or bucket that is not as it should be is the user's failure, and mended is delivered to", async (t) => {
  const file = join(await temporaryDirectory(t), "cloud.json");
  await writeFile(file, JSON.stringify({ buckets: {} }));
  const here = await world(t, file);
  const { config_id: id } = await here.configure();
  const expected = idsOf(here.http.audit);
  await here.deliver();
  const failed = await here.status(id);
  assert.equal(failed.status, "USER_FAILURE");
  assert.match(String(failed.message), /bucket audit-bucket does not exist$/);
  assert.deepEqual(
    [failed.last_attempt_time, failed.last_successful_attempt_time],
    ["2026-01-01T00:15:00.000Z", undefined],
  );
  await writeFile(file, JSON.stringify({ buckets: { [BUCKET]: {} } }));
  await here.deliver();
  assert.equal((await here.status(id)).status, "SUCCEEDED");
  const ids = idsOf(await delivered(here.buckets));
  for (const each of expected) assert.ok(ids.includes(each));

  const broken = withMethods<Buckets>(here.buckets, {
    put: () => Promise.reject(new Error("the disk is on fire")),
  });
  await here.flush();
  here.http.clock.advance(INTERVAL_MS);
  await here.deliverer({ buckets: broken }).run();
  const status = await here.status(id);
  assert.equal(status.status, "SYSTEM_FAILURE");
  assert.doesNotMatch(String(status.message), /fire/);
  assert.equal(here.errors.length, 1);
});

test("what has gathered is delivered at one time, in objects of a bounded size", async (t) => {
  const here = await world(t);
  await here.flush();
  here.http.clock.advance(1);
  await here.configure();
  for (let count = 0; count < 18; count++) {
    const record = { accountId: here.http.account, workspaceId: "0", timestamp: here.http.clock.now() };
    here.http.audit.push({
      ...record,
      requestId: randomUUID(),
      requestParams: { text: "x".repeat(2 ** 20) },
    });
  }
  const expected = idsOf(here.http.audit);
  await here.deliver();
  assert.deepEqual(idsOf(await delivered(here.buckets)), expected);
  assert.equal((await objects(here.buckets)).size, 3);
});

test("a server that is busy all the time does not keep a delivery from ending", async (t) => {
  const here = await world(t);
  await here.configure();
  await here.flush();
  here.http.clock.advance(INTERVAL_MS);
  let reads = 0;
  const growing = withMethods(here.trail, {
    read: async (...given) => {
      const piece = await here.trail.read(...given);
      reads += 1;
      assert.ok(reads < 5, "it goes on and on");
      await list(here);
      await here.flush();
      return piece;
    },
  });
  await here.deliverer({ trail: growing }).run();
  assert.deepEqual([reads, here.errors.length, (await objects(here.buckets)).size], [1, 0, 1]);
});

test("usage goes to a file a workspace and month, once a day", async (t) => {
  const here = await world(t);
  const parts = { credentials_id: here.credentials, storage_configuration_id: here.storage };
  const workspace = await here.post("workspaces", { workspace_name: "w", aws_region: "us-west-2", ...parts });
  const { workspace_id } = workspace.json();
  const { delivery_start_time } = await here.configure({ log_type: "BILLABLE_USAGE", output_format: "CSV" });
  assert.equal(delivery_start_time, "2026-01");
  await here.deliver();
  const january = `billable-usage/csv/workspaceId=${workspace_id}-usageMonth=2026-01.csv`;
  const files = await objects(here.buckets);
  assert.deepEqual([...files.keys()], [january]);
  assert.match(files.get(january) ?? "", /^workspaceId,timestamp,clusterId,[\w,]*,tags\n$/);
  await here.buckets.delete(BUCKET, january);
  await here.deliver();
  assert.equal((await objects(here.buckets)).size, 0, "the next day only");
  here.http.clock.advance(MONTH_LATER_MS);
  await here.deliverer().run();
  assert.deepEqual(
    [...(await objects(here.buckets)).keys()],
    [january, january.replace("-01.csv", "-02.csv")],
  );
});

/** The same object with some of its methods in another form. */
function withMethods<Whole extends object>(whole: Whole, methods: Partial<Whole>): Whole {
  return new Proxy(whole, {
    get(_whole, name) {
      const value = Reflect.get(Reflect.has(methods, name) ? methods : whole, name, whole);
      // Its private members are the whole's own.
      return typeof value === "function" ? value.bind(whole) : value;
    },
  });
}

test("a server that is killed before or after any write delivers each record once all the same", async (t) => {
  const here = await world(t);
  await here.flush();
  here.http.clock.advance(1);
  here.recorded.splice(0);
  const { config_id: id } = await here.configure();
  let kills = 0;
  for (let moments = 0; ; moments++) {
    for (let count = 0; count < 3; count++) await list(here);
    await here.flush();
    here.http.clock.advance(INTERVAL_MS);
    const life = { left: moments };
    const { store } = here.http;
    // Lets so many moments pass; from then on nothing is done any more.
    const mortal = async (work: () => Promise<void>) => {
      if (life.left-- <= 0) throw new Error("killed");
      await work();
      if (life.left-- <= 0) throw new Error("killed");
    };
    const dying = {
      store: withMethods(store, { commit: (changes) => mortal(() => store.commit(changes)) }),
      buckets: withMethods<Buckets>(here.buckets, {
        put: (...given) => mortal(() => here.buckets.put(...given)),
      }),
    };
    await here.deliverer(dying).run();
    if (life.left >= 0) break;
    kills += 1;
  }
  assert.equal(kills, 6, "before and after one file and two commits");
  assert.equal((await here.status(id)).status, "SUCCEEDED");
  assert.deepEqual(idsOf(await delivered(here.buckets)), idsOf(here.recorded));
});
