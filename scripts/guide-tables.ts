import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { formatSetting } from "../src/config/load.ts";
import { SETTING_NAMES, SETTINGS, variableOf } from "../src/config/settings.ts";
import { LATER_RELEASES } from "../src/core/job-run/release-label-later.ts";
import { RELEASES } from "../src/core/job-run/release-label-table.ts";
import { needsCloudpickle, SPARK_RELEASES } from "../src/runtimes/catalogue.ts";

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
  const releases = [...LATER_RELEASES, ...RELEASES].map(({ version, components }) => ({
    label: `emr-${version}`,
    minor: minorOf(components.spark),
  }));
  const minors = [...new Set(releases.map(({ minor }) => minor))];
  const rows = minors.map((minor) => {
    const labels = releases.filter((release) => release.minor === minor).map(({ label }) => label);
    const ends = [...new Set([labels.at(-1), labels[0]])];
    const release = SPARK_RELEASES.find((candidate) => candidate.minor === minor);
    if (release === undefined) return [ends, minor, "no", "", "", ""];
    const { version, pythons, triedPythons, javas } = release;
    const tried = triedPythons.map((python) => `3.${python}${needsCloudpickle(release, python) ? "*" : ""}`);
    const python = `3.${pythons[0]} to 3.${pythons[1]}`;
    return [ends, minor, version, javas.join(", "), python, tried.join(", ")];
  });
  return withTable("runtimes-and-releases.md", "releases", [
    "| release labels | Spark | installs | on Java | on Python | tried on Python |",
    "|---|---|---|---|---|---|",
    ...rows.map(
      ([ends, ...cells]) =>
        `| ${[ends]
          .flat()
          .map((end) => `\`${end}\``)
          .join(" to ")} | ${cells.join(" | ")} |`,
    ),
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
