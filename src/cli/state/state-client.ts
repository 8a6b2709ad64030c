import { AwsClient } from "aws4fetch";
import type { EmrClientOptions } from "../emr/emr-client.ts";
import { CliError, messageOf } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";

/** Removing or copying everything takes as long as there is of it. */
const CALL_TIMEOUT_MS = 10 * 60_000;

export interface SnapshotSummary {
  readonly name: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly files: number;
  readonly bytes: number;
}

export interface Replaced {
  readonly applicationsEnded: number;
}

/** Speaks the server's own signed routes: reset and snapshots. */
export class StateClient {
  readonly #endpoint: string;
  readonly #aws: AwsClient;

  constructor({ endpoint, region, credentials }: EmrClientOptions) {
    this.#endpoint = endpoint.replace(/\/+$/, "");
    this.#aws = new AwsClient({ ...credentials, region, service: "firesteel", retries: 0 });
  }

  reset(): Promise<Replaced> {
    return this.#call("POST", "/reset");
  }

  saveSnapshot(name: string): Promise<SnapshotSummary> {
    return this.#call("POST", `/snapshots/${encodeURIComponent(name)}`);
  }

  restoreSnapshot(name: string): Promise<Replaced> {
    return this.#call("POST", `/snapshots/${encodeURIComponent(name)}/restore`);
  }

  async listSnapshots(): Promise<readonly SnapshotSummary[]> {
    return (await this.#call<{ snapshots: SnapshotSummary[] }>("GET", "/snapshots")).snapshots;
  }

  async deleteSnapshot(name: string): Promise<void> {
    await this.#call("DELETE", `/snapshots/${encodeURIComponent(name)}`);
  }

  /** The answer's shape is that of `src/http/state-routes.ts`. */
  async #call<Answer>(method: string, path: string): Promise<Answer> {
    const response = await this.#aws
      .fetch(`${this.#endpoint}/firesteel${path}`, { method, signal: AbortSignal.timeout(CALL_TIMEOUT_MS) })
      .catch((cause: unknown) => {
        const reason = messageOf(
          cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause,
        );
        throw new CliError(`cannot reach the server at ${this.#endpoint}: ${reason}`, {
          exitCode: EXIT_CODES.unreachable,
          hint: "Start one with `firesteel server --ephemeral`, or name another with --endpoint-url.",
          cause,
        });
      });
    const answer = (await response.json().catch(() => ({}))) as { message?: string };
    if (!response.ok) throw new CliError(answer.message ?? `the server answered ${response.status}`);
    return answer as Answer;
  }
}
