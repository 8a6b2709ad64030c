import { AwsV4Signer } from "aws4fetch";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import { Registry } from "prom-client";
import { accessKeyId, accountId, jobRunId, region, virtualClusterId } from "../../src/core/ids.ts";
import type { AuditRecord } from "../../src/core/ports/audit.ts";
import { NO_LIMITS, type VirtualCluster } from "../../src/core/virtual-cluster/virtual-cluster.ts";
import { buildHttpServer, type HttpServerOptions } from "../../src/http/server.ts";
import type { EmrContainersUseCases } from "../../src/use-cases/emr-containers.ts";
import type { ServerState } from "../../src/use-cases/server-state.ts";
import { sampleJobRun, sampleRequest } from "./samples.ts";

export const NOW_MS = Date.parse("2026-11-22T06:00:00.789Z");
export const KEY_ID = "AKIAIOSFODNN7EXAMPLE";
export const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const ACCOUNT = accountId("123456789012");
const SCOPE = { account: ACCOUNT, region: region("us-east-1") };
export const ROLE = "arn:aws:iam::123456789012:role/job";

export const CLUSTER: VirtualCluster = {
  ...SCOPE,
  id: virtualClusterId("vc1"),
  name: "my-cluster",
  state: "RUNNING",
  eksClusterId: "eks",
  namespace: "spark",
  limits: NO_LIMITS,
  tags: { team: "devs" },
  createdAtMs: NOW_MS,
  terminatedAtMs: null,
  version: 1,
};

const DESCRIBED = {
  ...CLUSTER,
  schedulerStatus: { currentInQueueJobRuns: 3, currentConcurrentJobRuns: 2 },
};

export const RUN = sampleJobRun({
  ...SCOPE,
  id: jobRunId("run1"),
  virtualClusterId: virtualClusterId("vc1"),
  request: sampleRequest({
    name: null,
    executionRoleArn: ROLE,
    jobDriver: { sparkSubmitJobDriver: { entryPoint: "s3://b/job.py" } },
  }),
  createdAtMs: NOW_MS,
  version: 1,
});

/** One call of a use case: its name and what it was given after the context. */
export type UseCaseCall = [name: string, ...given: unknown[]];

/** Use cases that remember what they were asked and answer with fixed rows. */
export function recordingUseCases(calls: UseCaseCall[]): EmrContainersUseCases {
  const note =
    <Answer>(name: string, answer: Answer) =>
    async (_context: unknown, ...given: unknown[]) => {
      calls.push([name, ...given]);
      return answer;
    };
  return {
    createVirtualCluster: note("createVirtualCluster", CLUSTER),
    updateVirtualCluster: note("updateVirtualCluster", DESCRIBED),
    describeVirtualCluster: note("describeVirtualCluster", DESCRIBED),
    listVirtualClusters: note("listVirtualClusters", { rows: [CLUSTER], nextToken: "next" }),
    deleteVirtualCluster: note("deleteVirtualCluster", CLUSTER),
    startJobRun: note("startJobRun", RUN),
    describeJobRun: note("describeJobRun", RUN),
    listJobRuns: note("listJobRuns", { rows: [RUN], nextToken: null }),
    cancelJobRun: note("cancelJobRun", RUN),
    tagResource: note("tagResource", undefined),
    untagResource: note("untagResource", undefined),
    listTags: note("listTags", { team: "devs" }),
  };
}

/** The state of a server that has none to replace. */
export const noState: ServerState = {
  reset: async () => ({ applicationsEnded: 0 }),
  restoreSnapshot: async () => ({ applicationsEnded: 0 }),
  saveSnapshot: async (_caller, name) => ({ name, createdAtMs: NOW_MS, files: 0, bytes: 0 }),
  listSnapshots: async () => [],
  deleteSnapshot: async () => undefined,
};

export interface SignedRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signer?: {
    readonly keyId?: string;
    readonly secret?: string;
    readonly service?: string;
    readonly region?: string;
  };
}

/** A server over use cases that only record, and a client that signs with an implementation that is not ours. */
export class SignedHttp {
  readonly app: FastifyInstance;
  readonly calls: UseCaseCall[] = [];
  readonly audit: AuditRecord[] = [];
  #ids = 0;

  constructor(options: Partial<HttpServerOptions> = {}) {
    this.app = buildHttpServer({
      useCases: { emrContainers: recordingUseCases(this.calls), state: noState },
      findAccessKey: async (id) => {
        if (id !== KEY_ID) return null;
        const caller = {
          account: ACCOUNT,
          principalArn: "arn:aws:iam::123456789012:user/admin",
          accessKeyId: accessKeyId(KEY_ID),
        };
        return { secret: SECRET, caller };
      },
      audit: { record: (record) => this.audit.push(record) },
      metrics: new Registry(),
      clock: { now: () => NOW_MS },
      newRequestId: () => {
        this.#ids += 1;
        return `id-${this.#ids}`;
      },
      ready: async () => {},
      version: "1.2.3",
      ...options,
    });
  }

  /** Signs with aws4fetch, at the server's time, and injects. */
  async send(request: SignedRequest): Promise<LightMyRequestResponse> {
    const { signer = {}, method = request.body === undefined ? "GET" : "POST" } = request;
    const body =
      request.body === undefined || typeof request.body === "string"
        ? request.body
        : JSON.stringify(request.body);
    const signed = await new AwsV4Signer({
      url: `http://localhost${request.path}`,
      method,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...request.headers },
      ...(body === undefined ? {} : { body }),
      accessKeyId: signer.keyId ?? KEY_ID,
      secretAccessKey: signer.secret ?? SECRET,
      service: signer.service ?? "emr-containers",
      region: signer.region ?? "us-east-1",
      datetime: "20261122T060000Z",
    }).sign();
    return this.app.inject({
      method,
      url: request.path,
      headers: { host: "localhost", ...Object.fromEntries(signed.headers) },
      ...(body === undefined ? {} : { payload: body }),
    });
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

/** Status, error name in the header, and the body: what a client sees of a refusal. */
export function refusalOf(response: LightMyRequestResponse): [number, unknown, unknown] {
  return [response.statusCode, response.headers["x-amzn-errortype"], response.json()];
}

/** The refusal that a ValidationException with this message is. */
export function validation(message: string): [number, string, object] {
  return [400, "ValidationException", { message, __type: "ValidationException" }];
}
