import { DomainError } from "../../src/core/errors.ts";
import { accessKeyId, accountId, type JobRunId, region, type VirtualClusterId } from "../../src/core/ids.ts";
import { isActive, type JobRunRequest } from "../../src/core/job-run/job-run.ts";
import type { SchedulerLimits } from "../../src/core/virtual-cluster/virtual-cluster.ts";
import type { CallContext } from "../../src/use-cases/emr-containers.ts";
import { sampleRequest } from "../support/samples.ts";
import type { Life } from "./life.ts";
import { SimulatedFault } from "./ports.ts";
import type { World } from "./world.ts";

const ACCOUNTS = ["111111111111", "222222222222"];
const CONTEXTS: readonly CallContext[] = ACCOUNTS.map((account) => ({
  scope: { account: accountId(account), region: region("us-east-1") },
  requestId: "request",
  caller: {
    account: accountId(account),
    principalArn: `arn:aws:iam::${account}:user/admin`,
    accessKeyId: accessKeyId("AKIASIMULATED"),
  },
}));

interface Cluster {
  readonly context: CallContext;
  readonly id: VirtualClusterId;
}

/** A submission that a client made up its mind about: it is sent until it is answered, with the same token. */
interface Submission {
  readonly cluster: Cluster;
  readonly token: string;
  readonly request: JobRunRequest;
  run: JobRunId | null;
  refused: boolean;
}

/** Those who use the API: what they ask, what they were told, and what must hold of it. */
export class Clients {
  readonly #world: World;
  readonly #clusters: Cluster[] = [];
  readonly #submissions: Submission[] = [];
  #tokens = 0;

  constructor(world: World) {
    this.#world = world;
  }

  createCluster(life: Life): void {
    const context = this.#world.random.pick(CONTEXTS);
    const name = `c${this.#world.random.between(1, 4)}`;
    const limits = this.#world.random.chance(0.5) ? { limits: this.#limits() } : {};
    const input = {
      name,
      eksClusterId: "eks",
      namespace: name,
      clientToken: this.#token(),
      tags: {},
      ...limits,
    };
    this.#call(`create cluster ${name}`, async () => {
      const { id } = await life.emr.createVirtualCluster(context, input);
      if (!this.#clusters.some((known) => known.id === id)) this.#clusters.push({ context, id });
    });
  }

  deleteCluster(life: Life): void {
    const cluster = this.#anyOf(this.#clusters);
    if (cluster === null) return;
    this.#call(`delete cluster ${cluster.id}`, async () => {
      const { state } = await life.emr.deleteVirtualCluster(cluster.context, cluster.id);
      if (state === "RUNNING") this.#world.object(`cluster ${cluster.id} was deleted and is ${state}`);
    });
  }

  updateCluster(life: Life): void {
    const cluster = this.#anyOf(this.#clusters);
    if (cluster === null) return;
    const input = { id: cluster.id, clientToken: this.#token(), limits: this.#limits() };
    this.#call(`update cluster ${cluster.id} ${JSON.stringify(input.limits)}`, async () => {
      await life.emr.updateVirtualCluster(cluster.context, input);
    });
  }

  submit(life: Life): void {
    const cluster = this.#anyOf(this.#clusters);
    if (cluster === null) return;
    const submission = {
      cluster,
      token: this.#token(),
      request: this.#request(cluster.context),
      run: null,
      refused: false,
    };
    this.#submissions.push(submission);
    this.#send(life, submission);
  }

  /** Sends one again, answered or not: nothing may come of it that was not there. */
  repeat(life: Life): void {
    const submission = this.#anyOf(this.#submissions);
    if (submission !== null) this.#send(life, submission);
  }

  /** Sends another body under a known token. */
  misuseToken(life: Life): void {
    const submission = this.#anyOf(this.#submissions.filter(({ run }) => run !== null));
    if (submission === null) return;
    const { cluster, token, request } = submission;
    this.#call(`misuse ${token}`, async () => {
      const run = await life.emr.startJobRun(cluster.context, {
        virtualClusterId: cluster.id,
        clientToken: token,
        request: { ...request, name: "another" },
        tags: {},
      });
      this.#world.object(`token ${token} answered run ${run.id} to another body`);
    });
  }

  cancel(life: Life): void {
    const run = this.#anyOf([...this.#world.ledger.jobRuns.values()]);
    const context = CONTEXTS.find(({ scope }) => scope.account === run?.account);
    if (run === null || context === undefined) return;
    this.#call(`cancel ${run.id}`, async () => {
      const answered = await life.emr.cancelJobRun(context, run.virtualClusterId, run.id);
      // A driver that has ended by itself is past cancelling, though its run is not final before its logs are.
      const ended = (this.#world.ledger.applications.get(run.id)?.exit ?? null) !== null;
      if (isActive(answered.state) && answered.state !== "CANCEL_PENDING" && !ended)
        this.#world.object(`cancel of ${run.id} answered ${answered.state}`);
    });
  }

  read(life: Life): void {
    const submission = this.#anyOf(this.#submissions.filter(({ run }) => run !== null));
    if (submission === null) return;
    const { cluster, run } = submission;
    this.#call(`describe ${run}`, async () => {
      if (run !== null) await life.emr.describeJobRun(cluster.context, cluster.id, run);
      await life.emr.listJobRuns(cluster.context, cluster.id, {}, { maxResults: 3, nextToken: null });
    });
  }

  /** Repeats everything that was never answered; false where there was nothing. */
  repeatUnanswered(life: Life): boolean {
    const unanswered = this.#unanswered();
    for (const submission of unanswered) this.#send(life, submission);
    return unanswered.length > 0;
  }

  checkAnswers(): void {
    const { ledger } = this.#world;
    for (const { token } of this.#unanswered())
      this.#world.object(`submission ${token} is not answered without faults`);
    for (const { token, run, cluster } of this.#submissions) {
      if (run !== null && !ledger.jobRuns.has(run)) this.#world.object(`run ${run} is lost`);
      const { account, region: where } = cluster.context.scope;
      const known = ledger.resourceOfToken(account, where, "StartJobRun", token);
      if (run !== known) this.#world.object(`token ${token} answered ${run} and stands for ${known}`);
    }
    const answered = new Set(this.#submissions.map(({ run }) => run));
    for (const id of ledger.jobRuns.keys())
      if (!answered.has(ledger.jobRuns.get(id)?.id ?? null)) this.#world.object(`nobody asked for run ${id}`);
  }

  #unanswered(): Submission[] {
    return this.#submissions.filter(({ run, refused }) => run === null && !refused);
  }

  #send(life: Life, submission: Submission): void {
    const { cluster, token, request } = submission;
    this.#call(
      `submit ${token}`,
      async () => {
        const input = { virtualClusterId: cluster.id, clientToken: token, request, tags: {} };
        const { id } = await life.emr.startJobRun(cluster.context, input);
        if (submission.run !== null && submission.run !== id)
          this.#world.object(`token ${token} answered ${submission.run} and ${id}`);
        if (submission.refused) this.#world.object(`token ${token} was refused and answered ${id}`);
        submission.run = id;
      },
      (error) => {
        // Another time there may be room.
        if (error.message.includes("maxInQueueJobRuns")) return;
        if (submission.run !== null) this.#world.object(`token ${token} answered and was refused`);
        submission.refused = true;
      },
    );
  }

  /** Makes a call and lets it go on by itself; what it throws must be a fault of ours or an answer of the API's. */
  #call(what: string, call: () => Promise<void>, refused: (error: DomainError) => void = () => {}): void {
    this.#world.tell(what);
    void call().catch((error: unknown) => {
      const answer = error instanceof DomainError && (error.kind === "invalid" || error.kind === "not-found");
      this.#world.tell(`${what}: ${String(error)}`);
      if (answer) refused(error);
      else if (!(error instanceof SimulatedFault)) this.#world.object(`${what}: ${String(error)}`);
    });
  }

  #request(context: CallContext): JobRunRequest {
    const { random } = this.#world;
    const memory = random.pick(["512m", "1g", "2g", "6g"]);
    const parameters = `--conf spark.driver.memory=${memory} --conf spark.driver.cores=${random.between(1, 4)}`;
    const s3 = random.chance(0.5)
      ? { s3MonitoringConfiguration: { logUri: `s3://logs-${context.scope.account}/prefix` } }
      : {};
    const cloudWatch = random.chance(0.3)
      ? { cloudWatchMonitoringConfiguration: { logGroupName: "/jobs", logStreamNamePrefix: "p" } }
      : {};
    // A classification that nothing knows makes a run that is accepted and fails at once (emr-b.md 4.2 row 1).
    const unknown = random.chance(0.05) ? { applicationConfiguration: [{ classification: "nonsense" }] } : {};
    return sampleRequest({
      executionRoleArn: `arn:aws:iam::${context.scope.account}:role/job`,
      releaseLabel: random.pick(["emr-7.7.0-latest", "emr-6.15.0-latest"]),
      jobDriver: {
        sparkSubmitJobDriver: { entryPoint: "s3://code/job.py", sparkSubmitParameters: parameters },
      },
      configurationOverrides: { ...unknown, monitoringConfiguration: { ...s3, ...cloudWatch } },
    });
  }

  #limits(): SchedulerLimits {
    const { random } = this.#world;
    const limit = () => (random.chance(0.5) ? null : random.between(1, 3));
    return { maxConcurrentJobRuns: limit(), maxInQueueJobRuns: limit() };
  }

  #token(): string {
    this.#tokens += 1;
    return `token-${this.#tokens}`;
  }

  #anyOf<Item>(items: readonly Item[]): Item | null {
    return items.length === 0 ? null : this.#world.random.pick(items);
  }
}
