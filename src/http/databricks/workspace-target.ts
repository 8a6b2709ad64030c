import type { FastifyRequest } from "fastify";
import { ACCOUNTS_LABEL } from "../../core/workspace/deployment-name.ts";
import { hostName, labelsBelow } from "../shared/host-name.ts";
import { arrivedAt } from "../workspace-listeners.ts";
import { queryOf } from "./plugin.ts";

export interface NamedWorkspace {
  /** In every way in which the request names a workspace: they must agree. */
  readonly names: readonly { readonly kind: "id" | "deployment-name"; readonly value: string }[];
  /** For a message. */
  readonly text: string;
}

/** The second is the one that older clients send (databricks-account-api.md A11). */
const HEADERS = ["x-databricks-workspace-id", "x-databricks-org-id"] as const;

/**
 * The workspace that a request names, by the port that it came in at, its Host, its headers or `?o=`
 * (databricks-account-api.md A12); null where it names none, so that the credential decides. A header or a parameter
 * without a value names none.
 */
export function namedWorkspace(request: FastifyRequest, domain: string | null): NamedWorkspace | null {
  const ids = [
    arrivedAt(request.raw),
    ...HEADERS.map((header) => request.headers[header]),
    ...queryOf(request).getAll("o"),
  ].filter((id) => typeof id === "string" && id !== "");
  const host = deploymentLabel(request.host, domain);
  const names = [
    ...[...new Set(ids)].map((value) => ({ kind: "id" as const, value: String(value) })),
    ...(host === null ? [] : [{ kind: "deployment-name" as const, value: host }]),
  ];
  return names.length === 0 ? null : { names, text: names.map(({ value }) => value).join(", ") };
}

/** `https://<deployment>.<domain>`: the deployment name in lower case; null for the account's own `accounts.<domain>`. */
function deploymentLabel(host: string, domain: string | null): string | null {
  const label = domain === null ? null : labelsBelow(hostName(host), domain);
  return label === "" || label === ACCOUNTS_LABEL || label?.includes(".") ? null : label;
}
