import type { FastifyRequest } from "fastify";
import { DomainError } from "../../../core/errors.ts";
import { type AccountId, accountId } from "../../../core/ids.ts";
import type { WorkspaceObject } from "../../../core/workspace/workspace.ts";
import type { DatabricksOptions } from "../account.ts";
import { findNamed } from "../workspace.ts";
import { namedWorkspace } from "../workspace-target.ts";

/** One of the authorization servers that this server is: an account's, or a workspace's. */
export interface Authority {
  /** The URL that its own paths and its metadata's path are below. */
  readonly issuer: string;
  readonly account: AccountId;
  readonly workspace: WorkspaceObject | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** That of the account that the path names. Whether there is one is not told to those who have not proven who they are. */
export function accountAuthority(request: FastifyRequest): Authority {
  const { account_id: asked = "" } = request.params as { account_id?: string }; // the route's own name
  if (!UUID.test(asked)) throw noEndpoint(request);
  const account = accountId(asked.toLowerCase());
  return { issuer: `${originOf(request)}/oidc/accounts/${account}`, account, workspace: null };
}

/** That of the workspace that the request is for. Throws 404 where it is for none, or for one that is no more. */
export async function workspaceAuthority(
  { useCases, domain }: Pick<DatabricksOptions, "useCases" | "domain">,
  request: FastifyRequest,
): Promise<Authority> {
  const workspace = await findNamed(useCases, namedWorkspace(request, domain));
  if (workspace === null) throw noEndpoint(request);
  return { issuer: `${originOf(request)}/oidc`, account: workspace.account, workspace };
}

/**
 * The server's URL as the client reached it: RFC 8414 3.3 has the issuer be what the client made its request from, and
 * only the client knows by which of its names it found this machine.
 */
export function originOf(request: FastifyRequest): string {
  const { localAddress = "", localPort } = request.socket;
  const address = localAddress.includes(":") ? `[${localAddress}]` : localAddress;
  const host = /^(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(request.host)
    ? request.host
    : `${address}:${localPort}`;
  return `${request.protocol}://${host}`;
}

/** databricks-account-api.md A4: what clients take for "OAuth is not supported for this host". */
export function noEndpoint(request: FastifyRequest): DomainError {
  const message = `No API found for '${request.method} ${request.url.split("?", 1)[0]}'`;
  return new DomainError("not-found", message, { code: "ENDPOINT_NOT_FOUND" });
}
