import { describeSource, formatSetting } from "../../../config/load.ts";
import { SETTING_NAMES, SETTINGS, variableOf } from "../../../config/settings.ts";
import { command, flag } from "../../command.ts";
import { EXIT_CODES } from "../../exit-codes.ts";

export const configShow = command({
  path: ["config", "show"],
  summary: "Show every setting, its value and where that came from",
  details:
    "A flag wins over a variable, a variable over the file, the file over the default. The setting section.someKey is the variable FIRESTEEL_SECTION_SOME_KEY, the flag --set section.someKey=VALUE, and someKey below section in the YAML file.",
  options: { describe: flag("--describe", "what each setting means, instead of its source") },
  examples: [
    { command: "firesteel config show", explanation: "what is in force" },
    { command: "firesteel config show --describe", explanation: "what can be set" },
  ],
  async run(values, { loaded, print }) {
    for (const warning of loaded.warnings) print.warn(warning);
    const rows = SETTING_NAMES.map((name) => ({
      name,
      value: formatSetting(name, loaded.settings[name]),
      source: describeSource(loaded.sources[name]),
      variable: variableOf(name),
      description: SETTINGS[name].description,
    }));
    print.result(rows, () =>
      print.table(
        [{ title: "SETTING" }, { title: "VALUE" }, { title: values.describe ? "MEANING" : "SOURCE" }],
        rows.map(({ name, value, source, description }) => [
          name,
          value || "-",
          values.describe ? description : source,
        ]),
      ),
    );
    return EXIT_CODES.ok;
  },
});
