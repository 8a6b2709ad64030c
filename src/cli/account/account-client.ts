import type { AnyDatabricksOperation, DatabricksOperation } from "../../contract/databricks/operation.ts";
import type { OutputOf } from "../../contract/operation.ts";
import { notOurs, readJson, unreachable } from "../answers.ts";
import { CliError } from "../errors.ts";

export interface AccountClientOptions {
  readonly endpoint: string;
  /** The account's id, for the operations that name none. */
  readonly account: string;
  /** Gives the header of each call: an access token may have to be renewed between two. */
  readonly authorization: () => Promise<string>;
  /** What to do where the server does not know the credentials: it says where they were found. */
  readonly unknownHint: string;
  /** The workspace that calls are for; where none is named, the credentials or the address say. */
  readonly workspaceId?: string;
}

/** What one call sends: path parameters, query and body apart. */
export interface OperationInput {
  readonly params: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Undefined sends none. */
  readonly body: unknown;
}

/** The service refused a call; `code` is its name on the wire, such as `RESOURCE_DOES_NOT_EXIST`. */
export class AccountApiError extends CliError {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string, hint: string) {
    super(`${code}: ${message}`, status === 401 ? { hint } : {});
    this.code = code;
    this.status = status;
  }
}

/** How long one call may take: the service answers before it does the work. */
const CALL_TIMEOUT_MS = 60_000;

/** Speaks the account API as the vendor's SDKs do. */
export class AccountClient {
  readonly endpoint: string;
  readonly account: string;
  readonly #options: AccountClientOptions;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(options: AccountClientOptions) {
    const { endpoint, account, workspaceId } = options;
    this.#options = options;
    this.endpoint = endpoint.replace(/\/+$/, "");
    this.account = account;
    this.#headers = workspaceId === undefined ? {} : { "x-databricks-workspace-id": workspaceId };
  }

  /** The same server and credentials, for the API of one workspace. */
  inWorkspace(workspaceId: string): AccountClient {
    return new AccountClient({ ...this.#options, workspaceId });
  }

  /** Calls an operation that this server performs: what it answers is what its contract says. */
  async call<Called extends DatabricksOperation>(
    operation: Called,
    { params = {}, query = [], body }: Partial<OperationInput> = {},
  ): Promise<OutputOf<Called>> {
    return (await this.invoke(operation, { params, query, body })) as OutputOf<Called>;
  }

  /** Answers what the operation answers: JSON as a value, anything else as text. */
  async invoke(
    { method, path }: Pick<AnyDatabricksOperation, "method" | "path">,
    { params, query, body }: OperationInput,
  ): Promise<unknown> {
    const given: OperationInput["params"] = { account_id: this.account, ...params };
    const url = new URL(
      this.endpoint + path.replace(/\{(\w+)\}/g, (_whole, name) => encodeURIComponent(given[name] ?? "")),
    );
    for (const [name, value] of query) url.searchParams.append(name, value);
    const response = await this.#fetch(url, {
      method,
      headers: {
        ...this.#headers,
        authorization: await this.#options.authorization(),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const type = response.headers.get("content-type") ?? "";
    // Usage is downloaded as CSV; a page of HTML comes from something else that listens there.
    if (response.ok && /^text\/(?!html)/.test(type)) return response.text();
    if (/^text\/html/.test(type)) throw notOurs(response);
    const answer = await readJson(response);
    if (!response.ok) throw refusal(response, answer, this.#options.unknownHint);
    return answer;
  }

  async #fetch(url: URL, request: RequestInit): Promise<Response> {
    try {
      return await fetch(url, { ...request, signal: AbortSignal.timeout(CALL_TIMEOUT_MS) });
    } catch (error) {
      throw unreachable(this.endpoint, error);
    }
  }
}

function refusal(response: Response, answer: unknown, unknownHint: string): AccountApiError {
  const members: Readonly<Record<string, unknown>> =
    typeof answer === "object" && answer !== null ? { ...answer } : {};
  // SCIM's errors have `detail` and `scimType` (RFC 7644, 3.12), OAuth's `error` and `error_description` (RFC 6749, 5.2).
  const code = members.error_code ?? members.scimType ?? members.error ?? `HTTP ${response.status}`;
  const message = members.message ?? members.detail ?? members.error_description ?? response.statusText;
  return new AccountApiError(String(code), response.status, String(message), unknownHint);
}
