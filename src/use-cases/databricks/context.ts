import type { DatabricksCaller } from "../../core/access/databricks-caller.ts";
import type { AccessTokens } from "../../core/ports/access-tokens.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { ForeignTokens } from "../../core/ports/foreign-tokens.ts";
import type { Ids } from "../../core/ports/ids.ts";
import type { Store } from "../../core/ports/store.ts";
import type { WorkspaceObject } from "../../core/workspace/workspace.ts";
import type { PasswordCheck } from "./password-check.ts";

/** What the use cases of the Databricks dialects are made of. */
export interface DatabricksDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly accessTokens: AccessTokens;
  readonly foreignTokens: ForeignTokens;
  /** Issuers of Entra ID whose tokens sign in as they are; without any, none do. */
  readonly entraIssuers: readonly string[];
  readonly passwords: PasswordCheck;
  /** Unpredictable bytes, injected. */
  readonly randomBytes: (count: number) => Uint8Array;
}

/** A call to one workspace: its caller may be there, with the level that the operation's `access` says. */
export interface WorkspaceContext extends DatabricksContext {
  readonly workspace: WorkspaceObject;
}

/** Who calls, and as which request. The caller may do what the operation's `access` says: that has been checked. */
export interface DatabricksContext {
  readonly caller: DatabricksCaller;
  readonly requestId: string;
  /** The address that the request came from. */
  readonly sourceIp: string;
}
