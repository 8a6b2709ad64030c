import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { CloudFile } from "../../src/cloud/local/cloud-file.ts";
import { LocalCloud } from "../../src/cloud/local/local-cloud.ts";
import type { DocumentedRule } from "../../src/contract/databricks/documented-rule.ts";
import { accountId } from "../../src/core/ids.ts";
import { type DatabricksHttp, type DatabricksRequest, databricksHttp } from "./databricks-http.ts";
import { temporaryDirectory } from "./temporary.ts";

export type Method = NonNullable<DatabricksRequest["method"]>;

export type KnownCloud = CloudFile;

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects there, and fails where it is not
  readonly body: any;
}

/** What came of a situation, and what the words in braces of its rule stand for. */
export interface Outcome {
  readonly answer?: Answer;
  /** The workspace that is FAILED. */
  readonly workspace?: unknown;
  /** The network that says what was found. */
  readonly network?: unknown;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** One account for all situations of a test file: each makes what it needs under names of its own. */
export interface RulesWorld extends DatabricksHttp {
  /** Sends to the account: a path below `/api/2.0/accounts/<id>/`. */
  call(method: Method, path: string, body?: unknown): Promise<Answer>;
  /** The same, of what must succeed; answers the body. */
  done(method: Method, path: string, body?: unknown): Promise<Answer["body"]>;
  /** Says what exists in the cloud from now on. */
  know(cloud: CloudFile): Promise<void>;
  /** The names of the buckets that are there. */
  bucketsMade(): Promise<readonly string[]>;
  newName(): string;
  /** Eight hexadecimal digits for an id of AWS's. */
  newHex(): string;
}

export async function rulesWorld(test: TestContext): Promise<RulesWorld> {
  const file = join(await temporaryDirectory(test), "cloud.json");
  const settings = { awsAccount: accountId("123456789012"), file };
  let bucketsMade: RulesWorld["bucketsMade"] = async () => [];
  const http = await databricksHttp(test, (buckets) => {
    bucketsMade = () => buckets.list();
    return new LocalCloud(buckets, settings);
  });
  let count = 0;
  const next = () => {
    count += 1;
    return count;
  };
  const know = (cloud: CloudFile) => writeFile(file, JSON.stringify(cloud));
  await know({});
  const call: RulesWorld["call"] = async (method, path, body) => {
    const answer = await http.send({ method, path: `/api/2.0/accounts/${http.account}/${path}`, body });
    return { status: answer.statusCode, body: answer.body === "" ? null : answer.json() };
  };
  return {
    ...http,
    call,
    know,
    async done(method, path, body) {
      const answer = await call(method, path, body);
      assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    bucketsMade,
    newName: () => `name-${next()}`,
    newHex: () => next().toString(16).padStart(8, "0"),
  };
}

/** What the SDKs take as a reason to try again (databricks-account-api.md A14): no refusal that stays may sound like it. */
const TRY_AGAIN =
  /worker environment|ClusterNotReadyException|Timed out after |deadline exceeded|Unexpected error|Please try again later|token bucket limit/i;

/** Holds what came of a situation to what the rule says. */
export async function assertOutcome(
  world: RulesWorld,
  { outcome, passes }: DocumentedRule,
  { answer, workspace, network, values = {} }: Outcome,
): Promise<void> {
  const filled = (text: string) => {
    assert.equal(TRY_AGAIN.test(text), passes === true, text);
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  };
  switch (outcome.kind) {
    case "refusal":
      assert.deepEqual(answer, {
        status: outcome.status,
        body: { error_code: outcome.code, message: filled(outcome.message) },
      });
      return;
    case "scim-refusal":
      assert.deepEqual(answer, {
        status: outcome.status,
        body: {
          schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
          status: String(outcome.status),
          ...(outcome.scimType !== null && { scimType: outcome.scimType }),
          detail: filled(outcome.detail),
        },
      });
      return;
    case "failed-workspace": {
      const shown = await world.done("GET", `workspaces/${workspace}`);
      assert.deepEqual(
        [shown.workspace_status, shown.workspace_status_message],
        ["FAILED", filled(outcome.message)],
      );
      return;
    }
    case "network-finding": {
      const shown = await world.done("GET", `networks/${network}`);
      const { level, type } = outcome;
      assert.deepEqual(shown[`${level}_messages`], [
        { [`${level}_type`]: type, [`${level}_message`]: filled(outcome.message) },
      ]);
      assert.equal(shown.vpc_status, level === "error" ? "BROKEN" : "WARNED");
      return;
    }
    case "behaviour":
      return;
  }
}
