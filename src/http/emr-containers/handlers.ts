import type {
  EMR_CONTAINERS_OPERATIONS,
  ImplementedOperationName,
} from "../../contract/emr-containers/operations.ts";
import type { InputOf, OutputOf } from "../../contract/operation.ts";
import type { CallContext } from "../../use-cases/emr-containers.ts";

type Operations = typeof EMR_CONTAINERS_OPERATIONS;

/** Translates one operation's input, calls a use case and translates its answer back. */
export type Handler<Name extends ImplementedOperationName> = (
  context: CallContext,
  input: InputOf<Operations[Name]>,
) => Promise<OutputOf<Operations[Name]>>;

/** One handler for each operation that the contract calls implemented: a missing one does not compile. */
export type Handlers<Names extends ImplementedOperationName = ImplementedOperationName> = {
  readonly [Name in Names]: Handler<Name>;
};
