import type { FastifyRequest } from "fastify";
import type { BasicCredential, PresentedCredential } from "../../use-cases/databricks/authenticate.ts";
import type { Trier } from "../../use-cases/databricks/password-check.ts";
import { sourceNetwork } from "../shared/source-address.ts";

/** What a header can say; of a bearer token, what it says by itself. */
type ReadAuthorization = BasicCredential | Extract<PresentedCredential, { kind: "bearer" }>;

/**
 * Reads an `Authorization` header; null where there is none of a type that is known. A header that cannot be read
 * counts as none: whoever sends one has not proven anything.
 */
export function readAuthorization(header: string | undefined): ReadAuthorization | null {
  const [, scheme, value] = /^(\w+) +(\S+) *$/.exec(header ?? "") ?? [];
  if (scheme === undefined || value === undefined) return null;
  if (scheme.toLowerCase() === "bearer") return { kind: "bearer", token: value };
  if (scheme.toLowerCase() !== "basic") return null;
  // RFC 7617: the first colon ends the user name; UTF-8 is what curl and the SDKs send.
  const text = Buffer.from(value, "base64").toString("utf8");
  const colon = text.indexOf(":");
  // Nobody's name holds a NUL character, for which PostgreSQL cannot look.
  if (colon === -1 || text.includes("\0")) return null;
  return { kind: "basic", userName: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** What the headers of a request prove, with what Azure's clients send beside an Entra ID token. */
export function readCredential(request: FastifyRequest): PresentedCredential | null {
  const { headers } = request;
  const presented = readAuthorization(headers.authorization);
  if (presented === null) return null;
  if (presented.kind === "basic") return { ...presented, from: trierOf(request) };
  return {
    ...presented,
    azure: {
      managementToken: textOf(headers["x-databricks-azure-sp-management-token"]),
      workspaceResourceId: textOf(headers["x-databricks-azure-workspace-resource-id"]),
    },
  };
}

/** Whoever sends a password with a request. */
export function trierOf(request: FastifyRequest): Trier {
  const { socket } = request.raw;
  return { network: sourceNetwork(request), isGone: () => socket.destroyed };
}

function textOf(header: string | readonly string[] | undefined): string | null {
  return typeof header === "string" ? header : null;
}
