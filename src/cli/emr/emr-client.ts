import { AwsClient } from "aws4fetch";
import {
  type EMR_OPERATIONS,
  EMR_SERVICE,
  EMR_TARGET_PREFIX,
  type EmrOperationName,
} from "../../contract/emr/operations.ts";
import type { InputOf, OutputOf } from "../../contract/operation.ts";
import { readJson, unreachable } from "../answers.ts";
import { CliError } from "../errors.ts";
import type { JobRun, SchedulerConfiguration, StartJobRunRequest, VirtualCluster } from "./wire.ts";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface EmrClientOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}

/** As ListVirtualClusters takes them; times are in ISO 8601. */
export interface VirtualClusterFilter {
  readonly states?: readonly string[];
  readonly containerProviderId?: string;
  readonly createdAfter?: string;
  readonly createdBefore?: string;
}

/** The service refused a call; `code` is its name on the wire, such as `ValidationException`. */
export class EmrError extends CliError {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    const hint = HINTS[code];
    super(`${code}: ${message}`, hint === undefined ? {} : { hint });
    this.code = code;
    this.status = status;
  }
}

const HINTS: Readonly<Record<string, string>> = {
  UnrecognizedClientException:
    'The server does not know this access key. Unset AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to use the data directory\'s own, or run: eval "$(firesteel env)"',
  InvalidSignatureException: "The secret does not match the key, or this machine's clock is wrong.",
};

/** How long one call may take: the service answers before it does the work. */
const CALL_TIMEOUT_MS = 30_000;

type EmrOperations = typeof EMR_OPERATIONS;

/** Speaks the signed public API of EMR on EKS, as boto3 does. */
export class EmrClient {
  readonly endpoint: string;
  readonly #aws: AwsClient;
  /** Signs for Amazon EMR's own API, of which the application UIs of job runs are a part. */
  readonly #emr: AwsClient;

  constructor({ endpoint, region, credentials }: EmrClientOptions) {
    this.endpoint = endpoint.replace(/\/+$/, "");
    // No retries: they hide a server that is not there behind half a minute of silence.
    this.#aws = new AwsClient({ ...credentials, region, service: "emr-containers", retries: 0 });
    this.#emr = new AwsClient({ ...credentials, region, service: EMR_SERVICE, retries: 0 });
  }

  createVirtualCluster(request: {
    name: string;
    eksClusterId: string;
    namespace: string;
    tags?: Readonly<Record<string, string>>;
    schedulerConfiguration?: SchedulerConfiguration;
  }): Promise<{ id: string; name: string; arn: string }> {
    const { tags, schedulerConfiguration } = request;
    return this.#call("POST", "/virtualclusters", {
      name: request.name,
      tags,
      schedulerConfiguration,
      clientToken: crypto.randomUUID(),
      containerProvider: {
        type: "EKS",
        id: request.eksClusterId,
        info: { eksInfo: { namespace: request.namespace } },
      },
    });
  }

  async updateVirtualCluster(
    id: string,
    schedulerConfiguration: SchedulerConfiguration,
  ): Promise<VirtualCluster> {
    const answer = await this.#call<{ virtualCluster: VirtualCluster }>(
      "PATCH",
      path("virtualclusters", id),
      { clientToken: crypto.randomUUID(), schedulerConfiguration },
    );
    return answer.virtualCluster;
  }

  async describeVirtualCluster(id: string): Promise<VirtualCluster> {
    const answer = await this.#call<{ virtualCluster: VirtualCluster }>("GET", path("virtualclusters", id));
    return answer.virtualCluster;
  }

  listVirtualClusters(filter: VirtualClusterFilter = {}): AsyncIterable<VirtualCluster> {
    const { states = [], ...others } = filter;
    return this.#pages<VirtualCluster>("/virtualclusters", "virtualClusters", {
      states,
      ...Object.fromEntries(Object.entries(others).map(([name, value]) => [name, [value]])),
    });
  }

  deleteVirtualCluster(id: string): Promise<{ id: string }> {
    return this.#call("DELETE", path("virtualclusters", id));
  }

  startJobRun(
    virtualClusterId: string,
    request: StartJobRunRequest,
  ): Promise<{ id: string; name: string; arn: string; virtualClusterId: string }> {
    return this.#call("POST", path("virtualclusters", virtualClusterId, "jobruns"), {
      clientToken: crypto.randomUUID(),
      ...request,
    });
  }

  async describeJobRun(virtualClusterId: string, id: string): Promise<JobRun> {
    const answer = await this.#call<{ jobRun: JobRun }>(
      "GET",
      path("virtualclusters", virtualClusterId, "jobruns", id),
    );
    return answer.jobRun;
  }

  listJobRuns(virtualClusterId: string, filter: { states?: readonly string[] } = {}): AsyncIterable<JobRun> {
    const query = { states: filter.states ?? [] };
    return this.#pages<JobRun>(path("virtualclusters", virtualClusterId, "jobruns"), "jobRuns", query);
  }

  cancelJobRun(virtualClusterId: string, id: string): Promise<{ id: string; virtualClusterId: string }> {
    return this.#call("DELETE", path("virtualclusters", virtualClusterId, "jobruns", id));
  }

  /** Answers the id of the run's application UI. */
  async createApplicationUi(run: JobRun): Promise<string> {
    const answer = await this.#target<"CreatePersistentAppUI">("CreatePersistentAppUI", {
      // The service's ARN of a run is its cluster's with the run behind it.
      TargetResourceArn: run.arn.replace(/\/jobruns\/[^/]*$/, ""),
      EMRContainersConfig: { JobRunId: run.id },
    });
    return answer.PersistentAppUIId;
  }

  /** A URL that opens an application UI once; null where it is not ready. */
  async presignApplicationUi(id: string): Promise<string | null> {
    const answer = await this.#target<"GetPersistentAppUIPresignedURL">("GetPersistentAppUIPresignedURL", {
      PersistentAppUIId: id,
    });
    return answer.PresignedURLReady ? (answer.PresignedURL ?? null) : null;
  }

  /** What an application UI waits for; null where it waits for nothing. */
  async applicationUiWaitsFor(id: string): Promise<string | null> {
    const answer = await this.#target<"DescribePersistentAppUI">("DescribePersistentAppUI", {
      PersistentAppUIId: id,
    });
    return answer.PersistentAppUI.LastStateChangeReason ?? null;
  }

  /** A call of Amazon EMR's own API: AWS JSON 1.1, the operation in a header. */
  #target<Name extends EmrOperationName>(
    name: Name,
    body: InputOf<EmrOperations[Name]>,
  ): Promise<OutputOf<EmrOperations[Name]>> {
    return this.#send(this.#emr, `${this.endpoint}/`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": EMR_TARGET_PREFIX + name },
    });
  }

  async *#pages<Row>(listPath: string, member: string, query: Query): AsyncIterable<Row> {
    let nextToken: string | undefined;
    do {
      const tokens = nextToken === undefined ? [] : [nextToken];
      const page = await this.#call<Record<string, unknown>>("GET", listPath, undefined, {
        ...query,
        nextToken: tokens,
      });
      // The member that the operation's contract names holds its rows.
      yield* (page[member] ?? []) as readonly Row[];
      nextToken = typeof page.nextToken === "string" && page.nextToken !== "" ? page.nextToken : undefined;
    } while (nextToken !== undefined);
  }

  /** The answer's shape is the service's contract, which the acceptance tests hold it to. */
  async #call<Answer>(method: string, callPath: string, body?: unknown, query: Query = {}): Promise<Answer> {
    const url = new URL(this.endpoint + callPath);
    for (const [name, values] of Object.entries(query))
      for (const value of values) url.searchParams.append(name, value);
    return this.#send(this.#aws, url.href, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  }

  async #send<Answer>(client: AwsClient, url: string, request: RequestInit): Promise<Answer> {
    let response: Response;
    try {
      response = await client.fetch(url, { ...request, signal: AbortSignal.timeout(CALL_TIMEOUT_MS) });
    } catch (error) {
      throw unreachable(this.endpoint, error);
    }
    const answer: unknown = await readJson(response);
    if (!response.ok) throw refusal(response, answer);
    return answer as Answer;
  }
}

type Query = Readonly<Record<string, readonly string[]>>;

function path(...parts: string[]): string {
  return `/${parts.map(encodeURIComponent).join("/")}`;
}

function refusal(response: Response, answer: unknown): EmrError {
  const members: Readonly<Record<string, unknown>> =
    typeof answer === "object" && answer !== null ? { ...answer } : {};
  // The two protocols differ in where the name is and how the message is spelt.
  const message = String(members.message ?? members.Message ?? response.statusText);
  const name = response.headers.get("x-amzn-errortype") ?? members.__type ?? `HTTP ${response.status}`;
  // Some servers add the namespace after a colon, or before a hash: botocore parsers.py, `_do_error_parse`.
  const code = String(name).split(":")[0]?.split("#").at(-1) ?? "";
  return new EmrError(code, response.status, message);
}
