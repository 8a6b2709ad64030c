import type { FastifyRequest } from "fastify";
import { ACCOUNTS_LABEL } from "../../core/workspace/deployment-name.ts";
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
 * (databricks-account-api.md A12); null where it names none, so that the credential decides.
 */
export function namedWorkspace(request: FastifyRequest, domain: string | null): NamedWorkspace | null {
  const ids = [
    arrivedAt(request.raw),
    ...HEADERS.map((header) => request.headers[header]),
    queryOf(request).get("o"),
  ].filter((id) => typeof id === "string");
  const host = deploymentLabel(request.headers.host, domain);
  const names = [
    ...[...new Set(ids)].map((value) => ({ kind: "id" as const, value })),
    ...(host === null ? [] : [{ kind: "deployment-name" as const, value: host }]),
  ];
  return names.length === 0 ? null : { names, text: names.map(({ value }) => value).join(", ") };
}

/** `https://<deployment>.<domain>`: the deployment name in lower case; null for the account's own `accounts.<domain>`. */
function deploymentLabel(host: string | undefined, domain: string | null): string | null {
  if (host === undefined || domain === null) return null;
  const name = host.toLowerCase().replace(/:\d+$/, "");
  const suffix = `.${domain.toLowerCase()}`;
  if (!name.endsWith(suffix)) return null;
  const label = name.slice(0, -suffix.length);
  return label === "" || label === ACCOUNTS_LABEL || label.includes(".") ? null : label;
}
