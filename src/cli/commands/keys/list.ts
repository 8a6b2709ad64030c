import { command } from "../../command.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { keysTable } from "./rotate.ts";

export const keysList = command({
  path: ["keys", "list"],
  summary: "List the keys that encrypt secrets and sign tokens",
  details:
    "The newest of each kind is in use; older ones open what they have encrypted, or check what they signed.",
  examples: [{ command: "firesteel keys list", explanation: "and when the old ones are let go" }],
  async run(_values, { host, print }) {
    const keys = await (await host.administration()).keys();
    print.result(keys, () => keysTable(keys, print));
    return EXIT_CODES.ok;
  },
});
