import type {
  DATABRICKS_ACCOUNT_OPERATIONS,
  ImplementedAccountOperationName,
} from "../../contract/databricks-account/operations.ts";
import type { InputOf, OutputOf } from "../../contract/operation.ts";
import type { DatabricksContext } from "../../use-cases/databricks/context.ts";

type Operations = typeof DATABRICKS_ACCOUNT_OPERATIONS;

/** Translates one operation's input, calls a use case and translates its answer back. */
export type AccountHandler<Name extends ImplementedAccountOperationName> = (
  context: DatabricksContext,
  input: InputOf<Operations[Name]>,
) => Promise<OutputOf<Operations[Name]>>;

/** One handler for each operation that the contract calls implemented: a missing one does not compile. */
export type AccountHandlers<Names extends ImplementedAccountOperationName = ImplementedAccountOperationName> =
  {
    readonly [Name in Names]: AccountHandler<Name>;
  };
