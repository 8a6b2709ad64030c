import { nearest } from "../../../config/nearest.ts";
import { type Command, command, required } from "../../command.ts";
import { CliError } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";

/** `activate` and `deactivate` differ in one word. */
function stateCommand(
  verb: "activate" | "deactivate",
  state: "Active" | "Inactive",
  summary: string,
): Command {
  return command({
    path: ["access-key", verb],
    summary,
    arguments: { id: required("id", "id of the access key") },
    examples: [{ command: `firesteel access-key ${verb} AKIA…`, explanation: summary.toLowerCase() }],
    async run(values, { host, print }) {
      const keys = host.accessKeys();
      if (!(await keys.setState(values.id, state))) {
        const guess = nearest(
          values.id,
          (await keys.list()).map(({ id }) => id),
        );
        throw new CliError(`no access key ${values.id}`, {
          hint: guess === null ? "List them with: firesteel access-key list" : `Did you mean ${guess}?`,
        });
      }
      print.result({ id: values.id, state }, () => `${values.id} is ${state}`);
      return EXIT_CODES.ok;
    },
  });
}

export const accessKeyActivate = stateCommand(
  "activate",
  "Active",
  "Let a deactivated key sign requests again",
);
export const accessKeyDeactivate = stateCommand(
  "deactivate",
  "Inactive",
  "Refuse requests that a key signed",
);
