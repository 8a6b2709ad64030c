import { type Command, command, required } from "../../command.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { noSuchKey } from "./no-such-key.ts";

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
      if (!(await keys.setState(values.id, state))) throw await noSuchKey(keys, values.id);
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
