import { accountId, principalId } from "../../src/core/ids.ts";
import type { Principal } from "../../src/core/principal/principal.ts";

/** The account of rows whose test does not care. */
export const ACCOUNT_OF_ROWS = accountId("11111111-2222-3333-4444-555555555555");

/** A user of this name, not stored yet; with what the test wants different. */
export function aPrincipal(id: string, different: Partial<Principal> = {}): Principal {
  return {
    id: principalId(id),
    account: ACCOUNT_OF_ROWS,
    kind: "user",
    workspace: null,
    name: id,
    displayName: null,
    externalId: null,
    active: true,
    roles: [],
    person: null,
    createdAtMs: 1,
    version: 0,
    ...different,
  };
}
