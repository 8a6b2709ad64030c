import type { AnyDatabricksOperation } from "../../contract/databricks/operation.ts";
import type { DATABRICKS_ACCOUNT_OPERATIONS } from "../../contract/databricks-account/operations.ts";
import type { DATABRICKS_WORKSPACE_OPERATIONS } from "../../contract/databricks-workspace/operations.ts";
import type { InputOf, OutputOf } from "../../contract/operation.ts";
import type { DatabricksContext, WorkspaceContext } from "../../use-cases/databricks/context.ts";

type Table = Readonly<Record<string, AnyDatabricksOperation>>;

/** The names of a table's operations that this server performs: each must have a handler. */
type Implemented<Operations extends Table> = {
  [Name in keyof Operations]: Operations[Name]["implemented"] extends true ? Name : never;
}[keyof Operations];

/** Translates an operation's input, calls a use case and translates its answer back. */
type HandlersOf<Operations extends Table, Context, Names extends keyof Operations> = {
  readonly [Name in Names]: (
    context: Context,
    input: InputOf<Operations[Name]>,
  ) => Promise<OutputOf<Operations[Name]>>;
};

type AccountOperations = typeof DATABRICKS_ACCOUNT_OPERATIONS;
type WorkspaceOperations = typeof DATABRICKS_WORKSPACE_OPERATIONS;

/** One handler for each operation that the contract calls implemented: a missing one does not compile. */
export type AccountHandlers<Names extends Implemented<AccountOperations> = Implemented<AccountOperations>> =
  HandlersOf<AccountOperations, DatabricksContext, Names>;

export type WorkspaceHandlers<
  Names extends Implemented<WorkspaceOperations> = Implemented<WorkspaceOperations>,
> = HandlersOf<WorkspaceOperations, WorkspaceContext, Names>;
