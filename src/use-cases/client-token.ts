import { hash } from "node:crypto";
import { invalid } from "../core/errors.ts";
import type { Scope } from "../core/ids.ts";
import { canonicalJson } from "../core/json.ts";
import type { Change, ClientToken, Store } from "../core/ports/store.ts";
import { retryStale } from "./retry-stale.ts";

/** A request that carries a client token: its effects happen once, however often it arrives. */
export interface TokenedRequest {
  readonly scope: Scope;
  readonly operation: string;
  readonly token: string;
  /** Everything that must be the same when the token is used again. */
  readonly body: unknown;
}

/**
 * Finds the resource that the same request made before; null where this is the first time.
 * Throws a DomainError of kind `invalid` where the token came with another body.
 */
export async function findTokenResource(store: Store, request: TokenedRequest): Promise<string | null> {
  const known = await store.clientTokens.get(request.scope, request.operation, request.token);
  if (known === null) return null;
  if (known.requestHash !== requestHash(request)) {
    throw invalid(
      `clientToken '${request.token}' was already used for another ${request.operation} request: use a new token for a new request.`,
    );
  }
  return known.resourceId;
}

/**
 * Makes what a request asks for, once: where that fails, and the request has made it before, answers what it made. Hardly
 * any request is sent twice, and the commit of one that is fails for its token, so the first costs no look-up.
 *
 * @param make ends with a commit that holds `rememberToken`
 */
export function makeOnce<Made>(
  store: Store,
  request: TokenedRequest,
  { make, find }: { make(): Promise<Made>; find(resourceId: string): Promise<Made> },
): Promise<Made> {
  return retryStale(async () => {
    try {
      return await make();
    } catch (error) {
      const made = await findTokenResource(store, request);
      if (made === null) throw error;
      return find(made);
    }
  });
}

/** The write that remembers the token, for the commit that makes the resource. */
export function rememberToken(request: TokenedRequest, resourceId: string, nowMs: number): Change {
  const row: ClientToken = {
    account: request.scope.account,
    region: request.scope.region,
    operation: request.operation,
    token: request.token,
    requestHash: requestHash(request),
    resourceId,
    createdAtMs: nowMs,
  };
  return { kind: "client-token", row };
}

function requestHash(request: TokenedRequest): string {
  return hash("sha256", canonicalJson(request.body), "hex");
}
