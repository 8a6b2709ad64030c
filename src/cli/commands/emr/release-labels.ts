import { type KnownLabel, RELEASE_LABELS } from "../../../core/job-run/release-labels.ts";
import { command, optional } from "../../command.ts";
import type { Context } from "../../context.ts";
import { type LabelOutlook, outlookOf, shortly } from "../../emr/release-outlook.ts";
import { CliError } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";

type Print = Context["print"];

export const emrReleaseLabels = command({
  path: ["emr", "release-labels"],
  summary: "List the release labels, what each brings, and what runs it here",
  details:
    "Without an argument one line a release; with a release its labels; with a label all of it. -o json gives every label. Needs no server.",
  arguments: { release: optional("release", "release, such as emr-7.7.0, or a label (default: all)") },
  examples: [
    { command: "firesteel emr release-labels", explanation: "every release" },
    { command: "firesteel emr release-labels emr-6.15.0", explanation: "its labels" },
    { command: "firesteel emr release-labels emr-6.15.0-java11-latest", explanation: "one label" },
    {
      command:
        "firesteel emr release-labels -o json | jq -r '.[] | select(.here.state == \"installed\").label'",
      explanation: "those whose Spark is installed",
    },
  ],
  async run(values, { host, print }) {
    const labels = select(values.release);
    const outlooks = await outlookOf(labels, await host.runtimes());
    const [first] = outlooks;
    print.result(outlooks, () => {
      if (values.release === undefined) return releasesTable(outlooks, print);
      return first !== undefined && first.label === values.release
        ? labelFields(first, print)
        : labelsTable(outlooks, print);
    });
    return EXIT_CODES.ok;
  },
});

function select(asked: string | undefined): KnownLabel[] {
  const all = [...RELEASE_LABELS.values()];
  if (asked === undefined) return all;
  const label = RELEASE_LABELS.get(asked);
  if (label !== undefined) return [label];
  const ofRelease = all.filter(({ release }) => `emr-${release.version}` === asked);
  if (ofRelease.length > 0) return ofRelease;
  throw new CliError(`Release ${asked} doesn't exist.`, { hint: "See: firesteel emr release-labels" });
}

function releasesTable(outlooks: readonly LabelOutlook[], print: Print): string {
  // Each release has one such label: what it runs on a machine without more words.
  const plain = outlooks.filter(({ label, release }) => label === `${release}-latest`);
  return print.table(
    [
      { title: "RELEASE" },
      { title: "SPARK" },
      { title: "JAVA" },
      { title: "LATEST" },
      { title: "LABELS" },
      { title: "HERE" },
    ],
    plain.map(({ release, brings, standsFor, here }) => [
      release,
      brings.components.spark,
      String(brings.java),
      standsFor?.slice(`${release}-`.length) ?? "-",
      String(outlooks.filter((other) => other.release === release).length),
      shortly(here),
    ]),
  );
}

function labelsTable(outlooks: readonly LabelOutlook[], print: Print): string {
  return print.table(
    [{ title: "LABEL" }, { title: "STANDS FOR" }, { title: "JAVA" }, { title: "HERE" }],
    outlooks.map(({ label, standsFor, brings, here }) => [
      label,
      standsFor === label ? "itself" : (standsFor ?? "-"),
      String(brings.java),
      here.detail,
    ]),
  );
}

function labelFields({ label, standsFor, regions, brings, here }: LabelOutlook, print: Print): string {
  const { spark, ...others } = brings.components;
  return print.fields([
    ["Label", label],
    ["Stands for", standsFor ?? "-"],
    ["Regions", regions?.join(", ") ?? "all"],
    ["Spark", spark],
    ["Java", String(brings.java)],
    ["Python", brings.python ?? "not published"],
    ...Object.entries(others).map(([name, version]) => [name, version] as const),
    ["Features", brings.features.join("\n") || "-"],
    ["Here", here.detail],
  ]);
}
