import type { ApplicationKind } from "../../core/application/spec.ts";
import type { CommandInput, DriverCommand } from "./driver-command.ts";
import { historyServerCommand } from "./history-server-command.ts";
import { sparkCommand } from "./spark-command.ts";

const COMMANDS: {
  readonly [Kind in ApplicationKind]: (input: CommandInput<Kind>) => Promise<DriverCommand>;
} = {
  "spark-submit": sparkCommand,
  "spark-sql": sparkCommand,
  "history-server": historyServerCommand,
};

/** What to execute for an application. Throws a LaunchError for what can never start. */
export function commandOf<Kind extends ApplicationKind>(input: CommandInput<Kind>): Promise<DriverCommand> {
  return COMMANDS[input.spec.kind](input);
}
