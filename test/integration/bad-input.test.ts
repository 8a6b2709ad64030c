import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, it } from "node:test";
import { dataPaths } from "../../src/cloud/local/data-directory.ts";
import {
  type Answer,
  type FakeEngineServer,
  type Signing,
  startFakeEngineServer,
} from "../support/fake-engine-server.ts";
import { makeTemporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

let server: FakeEngineServer;
let directory: Awaited<ReturnType<typeof makeTemporaryDirectory>>;
let cluster: string;

before(async () => {
  directory = await makeTemporaryDirectory();
  server = await startFakeEngineServer(join(directory.path, "data"), {
    "engine.process.cores": "1",
    "engine.process.coreShare": "1",
    "engine.process.memoryBudget": "1g",
    "logs.giveUpAfterSeconds": "1",
  });
  cluster = await createCluster("first");
});

after(async () => {
  await server.close();
  await directory.remove();
});

const call: FakeEngineServer["call"] = (...request) => server.call(...request);

async function createCluster(name: string): Promise<string> {
  const { status, body } = await call("POST", "/virtualclusters", newCluster(name));
  assert.equal(status, 200, JSON.stringify(body));
  return String(body.id);
}

const newCluster = (name: string, different: object = {}) => ({
  name,
  clientToken: `make ${name}`,
  containerProvider: { type: "EKS", id: "eks", info: { eksInfo: { namespace: name } } },
  ...different,
});

const ROLE = "arn:aws:iam::123456789012:role/job";
const submission = (different: object = {}) => ({
  clientToken: "token",
  executionRoleArn: ROLE,
  releaseLabel: "emr-7.7.0-latest",
  jobDriver: { sparkSubmitJobDriver: { entryPoint: "s3://b/job.py" } },
  ...different,
});
const driver = (different: object) => ({
  jobDriver: { sparkSubmitJobDriver: { entryPoint: "s3://b/job.py", ...different } },
});
const logUri = (text: string) => ({
  configurationOverrides: { monitoringConfiguration: { s3MonitoringConfiguration: { logUri: text } } },
});

/** How many rows each table has, and every file but those that are written whatever happens. */
async function left(): Promise<Record<string, number | string[]>> {
  const database = new DatabaseSync(dataPaths(server.dataDir).database, { readOnly: true });
  try {
    const tables = database.prepare("select name from sqlite_schema where type = 'table'").all();
    const rows = tables.map(({ name }) => {
      const [count] = database.prepare(`select count(*) as rows from "${name}"`).all();
      return [String(name), Number(count?.rows)];
    });
    const files = await readdir(server.dataDir, { recursive: true });
    return {
      ...Object.fromEntries(rows),
      files: files.filter((file) => !file.startsWith("audit/") && !file.startsWith("firesteel.db")).sort(),
    };
  } finally {
    database.close();
  }
}

type Refusal = readonly [
  name: string,
  ask: () => Promise<Answer>,
  status: number,
  type: string,
  message: string | RegExp,
];

function refuses(refusals: readonly Refusal[]): void {
  for (const [name, ask, status, type, message] of refusals) {
    it(`${name}, and nothing is left behind`, async () => {
      const previous = await left();
      const answer = await ask();
      assert.deepEqual([answer.status, answer.body.__type], [status, type], JSON.stringify(answer.body));
      if (typeof message === "string") assert.equal(answer.body.message, message);
      else assert.match(String(answer.body.message), message);
      assert.deepEqual(await left(), previous);
    });
  }
}

const submit = (different: object) => () =>
  call("POST", `/virtualclusters/${cluster}/jobruns`, submission(different));
const raw = (text: string) => () => call("POST", `/virtualclusters/${cluster}/jobruns`, text);
const INVALID = "ValidationException";
const UNREADABLE = "SerializationException";
const NOT_FOUND = "ResourceNotFoundException";
const DRIVER = "jobDriver.sparkSubmitJobDriver";

describe("virtual clusters are refused", () => {
  let terminated: string;
  before(async () => {
    terminated = await createCluster("terminated");
    await call("DELETE", `/virtualclusters/${terminated}`);
  });

  refuses([
    [
      "an unknown one",
      () => call("GET", "/virtualclusters/nope"),
      400,
      NOT_FOUND,
      "Virtual cluster nope doesn't exist.",
    ],
    [
      "an unknown one to delete",
      () => call("DELETE", "/virtualclusters/nope"),
      400,
      INVALID,
      "Virtual cluster nope is not found.",
    ],
    [
      "an unknown one to submit to",
      () => call("POST", "/virtualclusters/nope/jobruns", submission()),
      400,
      NOT_FOUND,
      "Virtual cluster nope doesn't exist.",
    ],
    [
      "a terminated one to delete",
      () => call("DELETE", `/virtualclusters/${terminated}`),
      400,
      INVALID,
      /is already terminated\.$/,
    ],
    [
      "a terminated one to submit to",
      () => call("POST", `/virtualclusters/${terminated}/jobruns`, submission()),
      400,
      INVALID,
      "Virtual cluster state TERMINATED is not valid to create resource JobRun.",
    ],
    [
      "the name of another",
      () =>
        call(
          "POST",
          "/virtualclusters",
          newCluster("first", {
            clientToken: "x",
            containerProvider: { type: "EKS", id: "eks", info: { eksInfo: { namespace: "other" } } },
          }),
        ),
      400,
      INVALID,
      "A virtual cluster with the name first already exists",
    ],
    [
      "the namespace of another",
      () =>
        call(
          "POST",
          "/virtualclusters",
          newCluster("other", {
            containerProvider: { type: "EKS", id: "eks", info: { eksInfo: { namespace: "first" } } },
          }),
        ),
      400,
      INVALID,
      "A virtual cluster already exists in the given namespace",
    ],
    [
      "a known token with another body",
      () => call("POST", "/virtualclusters", newCluster("second", { clientToken: "make first" })),
      400,
      INVALID,
      "clientToken 'make first' was already used for another CreateVirtualCluster request: use a new token for a new request.",
    ],
  ]);
});

describe("job runs are refused", () => {
  refuses([
    [
      "two job drivers",
      submit({
        jobDriver: {
          sparkSubmitJobDriver: { entryPoint: "s3://b/k" },
          sparkSqlJobDriver: { entryPoint: "s3://b/q" },
        },
      }),
      400,
      INVALID,
      "1 validation error detected: Value at 'jobDriver' failed to satisfy constraint: Member must have exactly one member set, of: sparkSubmitJobDriver, sparkSqlJobDriver",
    ],
    [
      "no job driver",
      submit({ jobDriver: {} }),
      400,
      INVALID,
      "1 validation error detected: Value '{}' at 'jobDriver' failed to satisfy constraint: Member must have exactly one member set, of: sparkSubmitJobDriver, sparkSqlJobDriver",
    ],
    [
      "a role that is no ARN",
      submit({ executionRoleArn: "iam_role_name_for_job_execution" }),
      400,
      INVALID,
      /^1 validation error detected: Value iam_role_name_for_job_execution at 'executionRoleArn' failed to satisfy the ARN regular expression pattern: /,
    ],
    [
      "a role of another account",
      submit({ executionRoleArn: ROLE.replace("123456789012", "999999999999") }),
      403,
      "AccessDeniedException",
      "User: arn:aws:iam::123456789012:user/admin is not authorized to perform: emr-containers:StartJobRun",
    ],
    [
      "a log address that is not s3://",
      submit(logUri("file:///logs")),
      400,
      INVALID,
      "configurationOverrides.monitoringConfiguration.s3MonitoringConfiguration.logUri failed to satisfy constraint : Member must be of the form s3://bucket/prefix",
    ],
    [
      "an unknown release",
      submit({ releaseLabel: "emr-9.9.9-latest" }),
      400,
      NOT_FOUND,
      "Release emr-9.9.9-latest doesn't exist.",
    ],
    [
      "no attempts",
      submit({ retryPolicyConfiguration: { maxAttempts: 0 } }),
      400,
      INVALID,
      "Retry policy configuration's parameter value of maxAttempts is invalid",
    ],
    [
      "unbalanced quotes",
      submit(driver({ sparkSubmitParameters: '--name "x' })),
      400,
      INVALID,
      `${DRIVER}.sparkSubmitParameters has an unbalanced " at character 8: close it, or put a backslash before it.`,
    ],
    [
      "100 kB of parameters and a byte",
      submit(driver({ sparkSubmitParameters: `--name ${"x".repeat(102_400)}` })),
      400,
      INVALID,
      `1 validation error detected: Value at '${DRIVER}.sparkSubmitParameters' failed to satisfy constraint: Member must have length less than or equal to 102400`,
    ],
    [
      "an argument over 10280 characters",
      submit(driver({ entryPointArguments: ["x".repeat(100_000)] })),
      400,
      INVALID,
      new RegExp(
        `^1 validation error detected: Value at '${DRIVER}.entryPointArguments' .*less than or equal to 10280\\]$`,
      ),
    ],
    [
      "no entry point",
      submit({ jobDriver: { sparkSubmitJobDriver: {} } }),
      400,
      INVALID,
      `1 validation error detected: Value null at '${DRIVER}.entryPoint' failed to satisfy constraint: Member must not be null`,
    ],
    [
      "an entry point without a scheme",
      submit(driver({ entryPoint: "job.py" })),
      400,
      INVALID,
      `${DRIVER}.entryPoint: 'job.py' has no scheme: give an s3://bucket/key, local:///path or file:///path address.`,
    ],
    [
      "an unknown run to describe",
      () => call("GET", `/virtualclusters/${cluster}/jobruns/nope`),
      400,
      NOT_FOUND,
      "Job run nope doesn't exist.",
    ],
    [
      "an unknown run to cancel",
      () => call("DELETE", `/virtualclusters/${cluster}/jobruns/nope`),
      400,
      NOT_FOUND,
      "Job run nope doesn't exist.",
    ],
    [
      "a page that no list gave",
      () => call("GET", `/virtualclusters/${cluster}/jobruns?nextToken=nope`),
      400,
      INVALID,
      "nextToken is not one that this list gave: start again without it.",
    ],
  ]);
});

describe("bodies are refused", () => {
  refuses([
    [
      "one that is no JSON",
      raw("Dear service,"),
      400,
      UNREADABLE,
      /^The request body is not acceptable JSON: Unexpected token/,
    ],
    ["one that is no object", raw("[]"), 400, UNREADABLE, "The request body must be a JSON object."],
    [
      "50 MB",
      raw(`{"name":"${"x".repeat(50_000_000)}"}`),
      413,
      "RequestEntityTooLargeException",
      "The request body is larger than this server takes.",
    ],
    [
      "one nested a hundred thousand levels deep",
      raw("[".repeat(100_000) + "]".repeat(100_000)),
      400,
      UNREADABLE,
      "The request body is not acceptable JSON: The body is nested more than 32 levels deep",
    ],
    [
      "a name twice",
      raw('{"name":"a","name":"b"}'),
      400,
      UNREADABLE,
      "The request body is not acceptable JSON: The name 'name' occurs twice in one object",
    ],
    [
      "the name __proto__",
      raw('{"tags":{"__proto__":"x"}}'),
      400,
      UNREADABLE,
      "The request body is not acceptable JSON: The name __proto__ cannot be used",
    ],
    [
      "a NUL character",
      raw('{"clientToken":"a\\u0000b"}'),
      400,
      UNREADABLE,
      "The request body is not acceptable JSON: A text holds the NUL character, which cannot be stored",
    ],
    [
      "a number for a text",
      raw('{"name":1e999}'),
      400,
      UNREADABLE,
      "Value at 'name' has the wrong type: NUMBER_VALUE can not be converted to a String",
    ],
  ]);
});

describe("callers are refused", () => {
  const list = (signing: Signing) => () => call("GET", "/virtualclusters", undefined, signing);
  const MISMATCH = /^The request signature we calculated does not match the signature you provided\./;
  refuses([
    [
      "a wrong signature",
      list({
        tamper: (headers) =>
          headers.set(
            "authorization",
            String(headers.get("authorization")).replace(/.$/, (digit) => (digit === "0" ? "1" : "0")),
          ),
      }),
      403,
      "InvalidSignatureException",
      MISMATCH,
    ],
    ["a wrong secret", list({ secret: "wrong" }), 403, "InvalidSignatureException", MISMATCH],
    [
      "an old date",
      list({ datetime: "20200101T000000Z" }),
      403,
      "InvalidSignatureException",
      /^Signature expired: 20200101T000000Z is now earlier than /,
    ],
    [
      "a date to come",
      list({ datetime: "20990101T000000Z" }),
      403,
      "InvalidSignatureException",
      /^Signature not yet current: 20990101T000000Z is still later than /,
    ],
    [
      "an unknown key",
      list({ keyId: "AKIAUNKNOWN" }),
      403,
      "UnrecognizedClientException",
      "The security token included in the request is invalid.",
    ],
    [
      "nobody",
      list({ tamper: (headers) => headers.delete("authorization") }),
      403,
      "MissingAuthenticationTokenException",
      "Missing Authentication Token",
    ],
  ]);
});

describe("names with a forbidden character are refused", () => {
  const ASCII = Array.from({ length: 127 }, (_, index) => String.fromCharCode(index + 1));
  const OTHERS = ["ä", "中", "\u{1F525}", "\u00a0", "\u2028", "\ufeff"];
  const fields: readonly (readonly [string, RegExp, (name: string) => Promise<Answer>])[] = [
    [
      "name of a virtual cluster",
      /[-._/#A-Za-z0-9]/,
      (name) => call("POST", "/virtualclusters", newCluster("x", { name })),
    ],
    [
      "namespace",
      /[a-z0-9]/,
      (namespace) =>
        call(
          "POST",
          "/virtualclusters",
          newCluster("x", {
            containerProvider: { type: "EKS", id: "eks", info: { eksInfo: { namespace } } },
          }),
        ),
    ],
    [
      "EKS cluster",
      /[A-Za-z0-9]/,
      (id) =>
        call(
          "POST",
          "/virtualclusters",
          newCluster("x", { containerProvider: { type: "EKS", id, info: { eksInfo: { namespace: "x" } } } }),
        ),
    ],
    ["name of a job run", /[-._/#A-Za-z0-9]/, (name) => submit({ name })()],
    ["release label", /[-._/A-Za-z0-9]/, (releaseLabel) => submit({ releaseLabel })()],
    [
      "id of a virtual cluster",
      /[0-9a-z]/,
      (id) => call("GET", `/virtualclusters/a${encodeURIComponent(id)}`),
    ],
  ];
  for (const [what, allowed, ask] of fields) {
    it(`each in a ${what}, and nothing is left behind`, async () => {
      const previous = await left();
      for (const character of [...ASCII, ...OTHERS].filter((one) => !allowed.test(one))) {
        const { status, body } = await ask(character);
        const shown = `${JSON.stringify(character)}: ${JSON.stringify(body)}`;
        assert.equal(status, 400, shown);
        assert.equal(body.__type, INVALID, shown);
        assert.match(String(body.message), /Member must satisfy regular expression pattern/, shown);
      }
      assert.deepEqual(await left(), previous);
    });
  }
});

describe("paths that lead elsewhere are refused", () => {
  const paths = [
    "/virtualclusters/../../etc/passwd",
    "/virtualclusters/%2e%2e%2f%2e%2e%2fetc",
    "/virtualclusters//x",
  ];
  it("in addresses, and nothing is left behind", async () => {
    const previous = await left();
    for (const path of paths) {
      const socket = await connected(server.url);
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: AWS4-\r\nConnection: close\r\n\r\n`,
      );
      assert.match(await everything(socket), /^HTTP\/1\.1 40[034] /, path);
    }
    assert.deepEqual(await left(), previous);
  });

  it("in the bucket of a log address, and nothing is left behind", async () => {
    const previous = await left();
    const submitted = submission({ clientToken: "escape", ...logUri("s3://../escape") });
    const { status, body } = await call("POST", `/virtualclusters/${cluster}/jobruns`, submitted);
    assert.equal(status, 400);
    assert.match(String(body.message), /logUri failed to satisfy constraint : .*'\.\.'/);
    assert.deepEqual(await left(), previous);
  });

  const KEYS: readonly (readonly [string, RegExp])[] = [
    [
      "s3://logs/../../../escape",
      /^Logs are incomplete: The key '.*' cannot be stored in a folder: it has a part '\.\.'/,
    ],
    [
      "s3://logs/a//../escape",
      /^Logs are incomplete: The key '.*' cannot be stored in a folder: it has an empty part/,
    ],
  ];
  for (const [uri, reason] of KEYS) {
    it(`in the log address ${uri}: the run says why its logs are incomplete`, async () => {
      const path = `/virtualclusters/${cluster}/jobruns`;
      // emr-b.md 4.1 row 10 checks the form only; what cannot be stored shows when it is stored.
      const { status, body } = await call("POST", path, submission({ clientToken: uri, ...logUri(uri) }));
      assert.equal(status, 200, JSON.stringify(body));
      const reaches = (state: string) =>
        waitFor(`the run to be ${state}`, 120_000, async () => {
          const { jobRun } = (await call("GET", `${path}/${body.id}`)).body;
          return Object(jobRun).state === state && Object(jobRun);
        });
      await reaches("RUNNING");
      await call("DELETE", `${path}/${body.id}`);
      assert.match((await reaches("CANCELLED")).stateDetails, reason);
      const files = await readdir(directory.path, { recursive: true });
      assert.deepEqual(
        files.filter((file) => file.includes("escape")),
        [],
      );
    });
  }
});

async function connected(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  return socket;
}

async function everything(socket: Socket): Promise<string> {
  const pieces = await Array.fromAsync<Buffer>(socket);
  return Buffer.concat(pieces).toString();
}

describe("200 submissions at once", () => {
  const RUNS = 200;
  it("are all answered, none is lost, and all can be cancelled", async () => {
    const id = await createCluster("busy");
    const path = `/virtualclusters/${id}/jobruns`;
    const numbers = Array.from({ length: RUNS }, (_, index) => index);
    const answers = await Promise.all(
      numbers.map((n) => call("POST", path, submission({ clientToken: `busy ${n}`, name: `run-${n}` }))),
    );
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    const runs = new Set(answers.map(({ body }) => String(body.id)));
    assert.equal(runs.size, RUNS);
    assert.deepEqual(new Set((await listed(path)).map((run) => run.id)), runs);

    await Promise.all([...runs].map((run) => call("DELETE", `${path}/${run}`)));
    const ended = await waitFor("every run to end", 120_000, async () => {
      const all = await listed(path);
      return all.every(({ state }) => state === "CANCELLED") && all;
    });
    assert.equal(ended.length, RUNS);
    assert.equal((await call("DELETE", `/virtualclusters/${id}`)).status, 200);
  });
});

async function listed(path: string): Promise<Record<string, unknown>[]> {
  const runs: Record<string, unknown>[] = [];
  let token: string | undefined;
  do {
    const query = token === undefined ? "" : `&nextToken=${encodeURIComponent(token)}`;
    const { body } = await call("GET", `${path}?maxResults=100${query}`);
    // The contract's shape of ListJobRuns.
    const { jobRuns, nextToken } = body as { jobRuns: Record<string, unknown>[]; nextToken?: string };
    runs.push(...jobRuns);
    token = nextToken;
  } while (token !== undefined);
  return runs;
}
