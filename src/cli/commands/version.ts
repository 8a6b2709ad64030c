import { command } from "../command.ts";
import { EXIT_CODES } from "../exit-codes.ts";

/**
 * The databricks CLI whose `auth token` this command's is, with --profile and --force-refresh. SDKs that are pointed at
 * this command by `databricks_cli_path` ask for it first (databricks-sdk-py credentials_provider.py,
 * `_parse_cli_version`).
 */
const SPOKEN = { Major: 0, Minor: 296, Patch: 0 };

export const version = command({
  path: ["version"],
  summary: "Print the version",
  details: "With -o json also the version of the databricks CLI whose `auth token` is spoken, for the SDKs.",
  examples: [{ command: "firesteel version", explanation: "as --version" }],
  async run(_values, { print, version }) {
    print.result({ Version: version, ...SPOKEN }, () => version);
    return EXIT_CODES.ok;
  },
});
