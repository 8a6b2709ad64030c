import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { formatSetting } from "../src/config/load.ts";
import { SETTING_NAMES, SETTINGS, variableOf } from "../src/config/settings.ts";
import { SPARK_VERSION_OF_RELEASE } from "../src/core/job-run/release-label.ts";
import { SPARK_RELEASES } from "../src/runtimes/catalogue.ts";

/** `docs/guides/configure.md` with the table of settings that `src/config/settings.ts` gives now. */
export function configureGuide(): Promise<string> {
  // Defaults that depend on the machine are told in words by their descriptions.
  const machine = {
    homeDirectory: "~",
    workingDirectory: "/",
    cores: 0,
    memoryBytes: 0,
    environment: {},
  };
  const rows = SETTING_NAMES.map((name) => {
    const setting = SETTINGS[name];
    const shown = formatSetting(name, setting.defaultFor(machine));
    const fixed = shown === "" || shown === "0" ? "" : `\`${shown}\``;
    return `| \`${name}\` | \`${variableOf(name)}\` | ${fixed} | ${setting.description.replaceAll("|", "\\|")} |`;
  });
  return withTable("configure.md", "settings", [
    "| setting | variable | default | meaning |",
    "|---|---|---|---|",
    ...rows,
  ]);
}

/** `docs/guides/runtimes-and-releases.md` with the table that the release labels and the catalogue give now. */
export function runtimesGuide(): Promise<string> {
  const releases = Object.entries(SPARK_VERSION_OF_RELEASE);
  const minors = [...new Set(releases.map(([, spark]) => minorOf(spark)))];
  const unnamed = SPARK_RELEASES.map(({ minor }) => minor).filter((minor) => !minors.includes(minor));
  const table = [...unnamed, ...minors].map((minor) => {
    const labels = releases.filter(([, spark]) => minorOf(spark) === minor).map(([label]) => label);
    const range = [labels.at(-1), labels[0]].filter((label) => label !== undefined);
    const release = SPARK_RELEASES.find((candidate) => candidate.minor === minor);
    const installed =
      release === undefined
        ? "| no | | |"
        : `| ${release.version} | 3.${release.pythons[0]} to 3.${release.pythons[1]} | ${release.triedPythons.map((python) => `3.${python}`).join(", ")} |`;
    return `| ${range.length === 0 ? "none yet" : [...new Set(range)].map((label) => `\`emr-${label}\``).join(" to ")} | ${minor} ${installed}`;
  });
  return withTable("runtimes-and-releases.md", "releases", [
    "| release labels | Spark | installs | on Python | tried on |",
    "|---|---|---|---|---|",
    ...table,
  ]);
}

async function withTable(guide: string, name: string, table: readonly string[]): Promise<string> {
  const text = await readFile(join("docs", "guides", guide), "utf8");
  const region = new RegExp(`(<!-- ${name}: .*? -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (!region.test(text)) throw new Error(`docs/guides/${guide} has no place for the table of ${name}`);
  return text.replace(
    region,
    (_all, start: string, end: string) => `${start}\n${table.join("\n")}\n\n${end}`,
  );
}

function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}
