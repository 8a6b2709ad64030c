import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ROLE, refusalOf, SignedHttp, validation } from "../../../test/support/signed-http.ts";

const http = new SignedHttp();
before(() => http.app.ready());
after(() => http.close());

type Case = [name: string, change: object, message: string];

const START = {
  clientToken: "token",
  executionRoleArn: ROLE,
  releaseLabel: "emr-7.7.0-latest",
  jobDriver: { sparkSubmitJobDriver: { entryPoint: "s3://b/job.py" } },
};
const CREATE = {
  name: "vc",
  clientToken: "token",
  containerProvider: { type: "EKS", id: "eks", info: { eksInfo: { namespace: "spark" } } },
};
const failed = (value: string, at: string, wording: string) =>
  `Value${value} at '${at}' failed to satisfy constraint: ${wording}`;
const one = (value: string, at: string, wording: string) =>
  `1 validation error detected: ${failed(value, at, wording)}`;
const serialization = (message: string) => [
  400,
  "SerializationException",
  { message, __type: "SerializationException" },
];
const NAME_PATTERN = "Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+";
const VISIBLE = "Member must satisfy regular expression pattern: .*\\S.*";
const monitoring = (monitoringConfiguration: object) => ({
  configurationOverrides: { monitoringConfiguration },
});
const application = (...applicationConfiguration: unknown[]) => ({
  configurationOverrides: { applicationConfiguration },
});
const driver = (sparkSubmitJobDriver: object) => ({ jobDriver: { sparkSubmitJobDriver } });
const DRIVER = "jobDriver.sparkSubmitJobDriver";

const startCases: Case[] = [
  ["a name with a space", { name: "a b" }, one(" 'a b'", "name", NAME_PATTERN)],
  [
    "a long name",
    { name: "a".repeat(65) },
    one(` '${"a".repeat(65)}'`, "name", "Member must have length less than or equal to 64"),
  ],
  [
    "an empty name",
    { name: "" },
    `2 validation errors detected: ${failed(" ''", "name", "Member must have length greater than or equal to 1")}; ${failed(" ''", "name", NAME_PATTERN)}`,
  ],
  ["a blank client token", { clientToken: "  " }, one(" '  '", "clientToken", VISIBLE)],
  ["no client token", { clientToken: undefined }, one(" null", "clientToken", "Member must not be null")],
  [
    "nothing but a client token",
    { executionRoleArn: undefined, releaseLabel: null, jobDriver: undefined },
    `3 validation errors detected: ${["executionRoleArn", "releaseLabel", "jobDriver"].map((name) => failed(" null", name, "Member must not be null")).join("; ")}`,
  ],
  [
    "a role that is no ARN (emr-b.md 4.1 row 5)",
    { executionRoleArn: "iam_role_name_for_job_execution" },
    "1 validation error detected: Value iam_role_name_for_job_execution at 'executionRoleArn' failed to satisfy the ARN regular expression pattern: ^arn:(aws[a-zA-Z0-9-]*):iam::(\\d{12})?:(role((\\u002F)|(\\u002F[\\u0021-\\u007F]+\\u002F))[\\w+=,.@-]+)",
  ],
  [
    "a role with something after it",
    { executionRoleArn: `${ROLE} x` },
    `1 validation error detected: Value ${ROLE} x at 'executionRoleArn' failed to satisfy the ARN regular expression pattern: ^arn:(aws[a-zA-Z0-9-]*):iam::(\\d{12})?:(role((\\u002F)|(\\u002F[\\u0021-\\u007F]+\\u002F))[\\w+=,.@-]+)`,
  ],
  [
    "a release label with a space",
    { releaseLabel: "emr 7" },
    one(" 'emr 7'", "releaseLabel", "Member must satisfy regular expression pattern: [\\.\\-_/A-Za-z0-9]+"),
  ],
  [
    "no kind of job",
    { jobDriver: {} },
    one(
      " '{}'",
      "jobDriver",
      "Member must have exactly one member set, of: sparkSubmitJobDriver, sparkSqlJobDriver",
    ),
  ],
  [
    "two kinds of job",
    {
      jobDriver: {
        sparkSubmitJobDriver: { entryPoint: "s3://b/job.py" },
        sparkSqlJobDriver: { entryPoint: "s3://b/q.sql" },
      },
    },
    one(
      "",
      "jobDriver",
      "Member must have exactly one member set, of: sparkSubmitJobDriver, sparkSqlJobDriver",
    ),
  ],
  [
    "no file of statements",
    { jobDriver: { sparkSqlJobDriver: {} } },
    one(" null", "jobDriver.sparkSqlJobDriver.entryPoint", "Member must not be null"),
  ],
  ["no entry point", driver({}), one(" null", `${DRIVER}.entryPoint`, "Member must not be null")],
  [
    "a long entry point, which is sensitive",
    driver({ entryPoint: "x".repeat(257) }),
    one("", `${DRIVER}.entryPoint`, "Member must have length less than or equal to 256"),
  ],
  [
    "an empty entry point argument, which is sensitive",
    driver({ entryPoint: "x", entryPointArguments: ["secret", ""] }),
    one(
      "",
      `${DRIVER}.entryPointArguments`,
      `Member must satisfy constraint: [Member must have length greater than or equal to 1, ${VISIBLE}, Member must have length less than or equal to 10280]`,
    ),
  ],
  [
    "long parameters",
    driver({ entryPoint: "x", sparkSubmitParameters: "x".repeat(102_401) }),
    one("", `${DRIVER}.sparkSubmitParameters`, "Member must have length less than or equal to 102400"),
  ],
  [
    "a log address that is not s3:// (emr-b.md 4.1 row 10)",
    monitoring({ s3MonitoringConfiguration: { logUri: "file:///logs" } }),
    "configurationOverrides.monitoringConfiguration.s3MonitoringConfiguration.logUri failed to satisfy constraint : Member must be of the form s3://bucket/prefix",
  ],
  [
    "another word for the UI",
    monitoring({ persistentAppUI: "ON" }),
    one(
      " 'ON'",
      "configurationOverrides.monitoringConfiguration.persistentAppUI",
      "Member must satisfy enum value set: [ENABLED, DISABLED]",
    ),
  ],
  [
    "a configuration without a classification",
    application({ classification: "a" }, { properties: {} }),
    one(
      " null",
      "configurationOverrides.applicationConfiguration.2.member.classification",
      "Member must not be null",
    ),
  ],
  [
    "a property value that is too long",
    application({ classification: "a", properties: { key: "x".repeat(1025) } }),
    one(
      "",
      "configurationOverrides.applicationConfiguration.1.member.properties",
      `Map value must satisfy constraint: [Member must have length greater than or equal to 1, ${VISIBLE}, Member must have length less than or equal to 1024]`,
    ),
  ],
  [
    "101 configurations",
    application(...Array.from({ length: 101 }, () => ({ classification: "a" }))),
    one(
      ` '[${Array.from({ length: 101 }, () => "{classification=a}")
        .join(", ")
        .slice(0, 255)}...'`,
      "configurationOverrides.applicationConfiguration",
      "Member must have length less than or equal to 100",
    ),
  ],
  [
    "an empty tag key",
    { tags: { "": "x" } },
    one(
      " '{=x}'",
      "tags",
      `Map keys must satisfy constraint: [Member must have length greater than or equal to 1, ${VISIBLE}, Member must have length less than or equal to 128]`,
    ),
  ],
  [
    "a tag without a value",
    { tags: { a: null } },
    one(" '{a=null}'", "tags", "Map value must satisfy constraint: [Member must not be null]"),
  ],
  [
    "51 tags",
    { tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [index, ""])) },
    one(
      ` '{${Array.from({ length: 51 }, (_, index) => `${index}=`).join(", ")}}'`,
      "tags",
      "Member must have length less than or equal to 50",
    ),
  ],
  [
    "a template",
    { jobTemplateId: "abc" },
    "Member 'jobTemplateId' is not supported: job templates are not implemented: give executionRoleArn, releaseLabel and jobDriver",
  ],
  [
    "a template and its parameters",
    { jobTemplateParameters: {}, jobTemplateId: "abc" },
    "Member 'jobTemplateParameters' is not supported: job templates are not implemented: give executionRoleArn, releaseLabel and jobDriver; Member 'jobTemplateId' is not supported: job templates are not implemented: give executionRoleArn, releaseLabel and jobDriver",
  ],
  ...[0, -1, 2 ** 31].map(
    (maxAttempts): Case => [
      `${maxAttempts} attempts (emr-b.md 4.4)`,
      { retryPolicyConfiguration: { maxAttempts } },
      "Retry policy configuration's parameter value of maxAttempts is invalid",
    ],
  ),
  [
    "retries",
    { retryPolicyConfiguration: { maxAttempts: 2 } },
    "Member 'retryPolicyConfiguration.maxAttempts' is not supported above 1: a failed driver is not started again",
  ],
  [
    "log rotation by a size that is none",
    monitoring({ containerLogRotationConfiguration: { rotationSize: "10 MB", maxFilesToKeep: 3 } }),
    "1 validation error detected: Value '10 MB' at 'configurationOverrides.monitoringConfiguration.containerLogRotationConfiguration.rotationSize' failed to satisfy constraint: Member must satisfy regular expression pattern: ^\\d+(\\.\\d+)?[KMG][Bb]?$",
  ],
  [
    "log rotation that keeps no file",
    monitoring({ containerLogRotationConfiguration: { rotationSize: "10MB", maxFilesToKeep: 0 } }),
    "1 validation error detected: Value '0' at 'configurationOverrides.monitoringConfiguration.containerLogRotationConfiguration.maxFilesToKeep' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
  [
    "a key for managed logs",
    monitoring({ managedLogs: { allowAWSToRetainLogs: "ENABLED", encryptionKeyArn: "x" } }),
    "Member 'configurationOverrides.monitoringConfiguration.managedLogs.encryptionKeyArn' is not supported: leave it out: logs are not encrypted with a key of KMS",
  ],
  [
    "a key for log objects",
    monitoring({ s3MonitoringConfiguration: { logUri: "s3://b", encryptionKeyArn: "x" } }),
    "Member 'configurationOverrides.monitoringConfiguration.s3MonitoringConfiguration.encryptionKeyArn' is not supported: leave it out: log objects are not encrypted with a key of KMS",
  ],
  [
    "a configuration nested too deep",
    application({
      classification: "a",
      configurations: [{ classification: "b", configurations: [] }],
    }),
    "Member 'configurationOverrides.applicationConfiguration.1.member.configurations.1.member.configurations' is not supported: nest configurations one level deep",
  ],
  [
    "a misplaced member (emr-b.md 7 D2)",
    { monitoringConfiguration: {} },
    "Unknown member 'monitoringConfiguration': the operation's body has no such member",
  ],
  [
    "an unknown nested member",
    driver({ entryPoint: "x", mainClass: "y" }),
    `Unknown member '${DRIVER}.mainClass': the operation has no such member`,
  ],
  [
    "a path member in the body",
    { virtualClusterId: "other" },
    "Unknown member 'virtualClusterId': the operation's body has no such member",
  ],
];

const createCases: Case[] = [
  [
    "no provider",
    { containerProvider: undefined },
    one(" null", "containerProvider", "Member must not be null"),
  ],
  [
    "another provider without a namespace",
    { containerProvider: { type: "ECS", id: "-", info: { eksInfo: {} } } },
    `3 validation errors detected: ${[
      failed(" 'ECS'", "containerProvider.type", "Member must satisfy enum value set: [EKS]"),
      failed(
        " '-'",
        "containerProvider.id",
        "Member must satisfy regular expression pattern: ^[0-9A-Za-z][A-Za-z0-9\\-_]*",
      ),
      failed(" null", "containerProvider.info.eksInfo.namespace", "Member must not be null"),
    ].join("; ")}`,
  ],
  [
    "a namespace in upper case",
    { containerProvider: { type: "EKS", id: "eks", info: { eksInfo: { namespace: "Spark" } } } },
    one(
      " 'Spark'",
      "containerProvider.info.eksInfo.namespace",
      "Member must satisfy regular expression pattern: [a-z0-9]([-a-z0-9]*[a-z0-9])?",
    ),
  ],
  [
    "a security configuration, sessions and a scheduler",
    { securityConfigurationId: "a", sessionEnabled: true },
    "Member 'securityConfigurationId' is not supported: leave it out: security configurations are not implemented; Member 'sessionEnabled' is not supported: leave it out: interactive sessions are not implemented",
  ],
];

describe("a body with a broken rule is a ValidationException", () => {
  for (const [name, change, message] of startCases) {
    it(`StartJobRun: ${name}`, async () => {
      const response = await http.send({
        path: "/virtualclusters/vc1/jobruns",
        body: { ...START, ...change },
      });
      assert.deepEqual(refusalOf(response), validation(message));
    });
  }
  for (const [name, change, message] of createCases) {
    it(`CreateVirtualCluster: ${name}`, async () => {
      const response = await http.send({ path: "/virtualclusters", body: { ...CREATE, ...change } });
      assert.deepEqual(refusalOf(response), validation(message));
    });
  }
  it("and no use case is asked", () => assert.deepEqual(http.calls, []));
});

describe("path and query", () => {
  const STATES = "PENDING, SUBMITTED, RUNNING, FAILED, CANCELLED, CANCEL_PENDING, COMPLETED";
  const ID = "Member must satisfy regular expression pattern: [0-9a-z]+";
  const LIST = "/virtualclusters/vc1/jobruns";
  const cases: [string, string][] = [
    ["/virtualclusters/VC-1", one(" 'VC-1'", "id", ID)],
    ["/virtualclusters/a%2Fb%20%C3%A9", one(" 'a/b é'", "id", ID)],
    [
      `/virtualclusters/${"a".repeat(65)}`,
      one(` '${"a".repeat(65)}'`, "id", "Member must have length less than or equal to 64"),
    ],
    [
      `/virtualclusters/${"a".repeat(300)}`,
      one(` '${"a".repeat(256)}...'`, "id", "Member must have length less than or equal to 64"),
    ],
    [
      "/virtualclusters/A/jobruns/B",
      `2 validation errors detected: ${failed(" 'A'", "virtualClusterId", ID)}; ${failed(" 'B'", "id", ID)}`,
    ],
    [
      `${LIST}?states=RUNNING&states=DONE`,
      one(
        " '[RUNNING, DONE]'",
        "states",
        `Member must satisfy constraint: [Member must satisfy enum value set: [${STATES}]]`,
      ),
    ],
    [
      `${LIST}?${Array.from({ length: 11 }, () => "states=FAILED").join("&")}`,
      one(
        ` '[${Array.from({ length: 11 }, () => "FAILED").join(", ")}]'`,
        "states",
        "Member must have length less than or equal to 10",
      ),
    ],
    [`${LIST}?maxResults=0`, one(" '0'", "maxResults", "Member must have value greater than or equal to 1")],
    [
      `${LIST}?maxResults=2147483648`,
      one(" '2147483648'", "maxResults", "Member must have value less than or equal to 2147483647"),
    ],
    [
      `${LIST}?createdAfter=2026-02-30T00%3A00%3A00Z`,
      one(" '2026-02-30T00:00:00Z'", "createdAfter", "Member must be a timestamp in ISO 8601 with a zone"),
    ],
    [
      `${LIST}?createdAfter=2016-12-31T23%3A59%3A60Z`,
      one(" '2016-12-31T23:59:60Z'", "createdAfter", "Member must be a timestamp in ISO 8601 with a zone"),
    ],
    [
      `${LIST}?name=`,
      `2 validation errors detected: ${failed(" ''", "name", "Member must have length greater than or equal to 1")}; ${failed(" ''", "name", NAME_PATTERN)}`,
    ],
    [`${LIST}?name=a&name=b`, "Query parameter 'name' was given more than once"],
    [`${LIST}?verbose=1`, "Unknown query parameter 'verbose': the operation has no such parameter"],
    [
      "/virtualclusters/vc1?states=RUNNING",
      "Unknown query parameter 'states': the operation has no such parameter",
    ],
    [
      "/virtualclusters?containerProviderType=ECS",
      one(" 'ECS'", "containerProviderType", "Member must satisfy enum value set: [EKS]"),
    ],
  ];
  for (const [path, message] of cases) {
    it(path.slice(0, 80), async () => {
      assert.deepEqual(refusalOf(await http.send({ path })), validation(message));
    });
  }
});

describe("what cannot be read is a SerializationException", () => {
  const bad = (reason: string) => `The request body is not acceptable JSON: ${reason}`;
  const cases: [string, unknown, string][] = [
    [
      "a number for a name",
      { ...START, name: 5 },
      "Value at 'name' has the wrong type: NUMBER_VALUE can not be converted to a String",
    ],
    [
      "a truth for a name",
      { ...START, name: true },
      "Value at 'name' has the wrong type: TRUE_VALUE can not be converted to a String",
    ],
    [
      "a list for a name",
      { ...START, name: [] },
      "Value at 'name' has the wrong type: Start of list found where not expected",
    ],
    [
      "a structure for a name",
      { ...START, name: {} },
      "Value at 'name' has the wrong type: Start of structure or map found where not expected",
    ],
    [
      "a text for tags",
      { ...START, tags: "a" },
      "Value at 'tags' has the wrong type: Expected structure or map or null",
    ],
    [
      "a number in tags",
      { ...START, tags: { a: 1 } },
      "Value at 'tags' has the wrong type: NUMBER_VALUE can not be converted to a String",
    ],
    [
      "a text for a list",
      { ...START, ...driver({ entryPoint: "x", entryPointArguments: "a" }) },
      `Value at '${DRIVER}.entryPointArguments' has the wrong type: Expected list or null`,
    ],
    [
      "a list for a structure",
      { ...START, jobDriver: [] },
      "Value at 'jobDriver' has the wrong type: Expected structure or map or null",
    ],
    ["a list", [], "The request body must be a JSON object."],
    ["text", '"x"', "The request body must be a JSON object."],
    ["null", "null", "The request body must be a JSON object."],
    [
      // botocore refuses it before it is sent: the model has a number there.
      "the guide's log rotation, with a number in quotes (emr-b.md 1.4 E14)",
      '{"configurationOverrides":{"monitoringConfiguration":{"containerLogRotationConfiguration":{"rotationSize":"10MB","maxFilesToKeep":"3"}}}}',
      "Value at 'configurationOverrides.monitoringConfiguration.containerLogRotationConfiguration.maxFilesToKeep' has the wrong type: STRING_VALUE can not be converted to an Integer",
    ],
    ["a name twice", '{"name":"a","name":"b"}', bad("The name 'name' occurs twice in one object")],
    ["__proto__", '{"tags":{"__proto__":"b"}}', bad("The name __proto__ cannot be used")],
  ];
  for (const [name, body, message] of cases) {
    it(name, async () => {
      const response = await http.send({ path: "/virtualclusters/vc1/jobruns", body });
      assert.deepEqual(refusalOf(response), serialization(message));
    });
  }

  it("broken JSON", async () => {
    const [status, code, body] = refusalOf(await http.send({ path: "/virtualclusters", body: "{" }));
    assert.deepEqual([status, code], [400, "SerializationException"]);
    assert.match(JSON.stringify(body), /The request body is not acceptable JSON: Expected property name/);
  });

  it("a number that is none", async () => {
    const message =
      "Value at 'maxResults' has the wrong type: STRING_VALUE can not be converted to an Integer";
    assert.deepEqual(
      refusalOf(await http.send({ path: "/virtualclusters?maxResults=ten" })),
      serialization(message),
    );
  });

  it("no body is one without members", async () => {
    const message = `3 validation errors detected: ${["name", "containerProvider", "clientToken"].map((name) => failed(" null", name, "Member must not be null")).join("; ")}`;
    assert.deepEqual(
      refusalOf(await http.send({ method: "POST", path: "/virtualclusters" })),
      validation(message),
    );
  });
});

describe("text at its limits passes", () => {
  it("counts characters, not UTF-16 units", async () => {
    const tags = { ["😀".repeat(128)]: "😀".repeat(256) };
    const response = await http.send({ path: "/virtualclusters", body: { ...CREATE, tags } });
    assert.equal(response.statusCode, 200, response.body);
    const tooLong = await http.send({
      path: "/virtualclusters",
      body: { ...CREATE, tags: { a: "😀".repeat(257) } },
    });
    assert.equal(tooLong.statusCode, 400);
  });
});
