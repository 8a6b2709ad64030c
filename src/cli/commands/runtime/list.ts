import type { RuntimeRequirement } from "../../../core/application/spec.ts";
import { readReleaseLabel } from "../../../core/job-run/release-label.ts";
import { RELEASE_LABELS } from "../../../core/job-run/release-labels.ts";
import { command, flag } from "../../command.ts";
import type { Context } from "../../context.ts";
import { shortly, standingOf } from "../../emr/release-outlook.ts";
import { EXIT_CODES } from "../../exit-codes.ts";

export const runtimeList = command({
  path: ["runtime", "list"],
  summary: "List the Spark runtimes that are installed",
  options: { all: flag("--all", "every Spark that a release label asks for, and what runs it here") },
  examples: [
    { command: "firesteel runtime list", explanation: "what is there" },
    { command: "firesteel runtime list --all", explanation: "and what could be" },
  ],
  async run(values, context) {
    if (values.all) return listAll(context);
    const { host, print } = context;
    const runtimes = await (await host.runtimes()).list();
    print.result(runtimes, () =>
      print.table(
        [{ title: "NAME" }, { title: "SPARK" }, { title: "JAVA" }, { title: "SPARK HOME" }],
        runtimes.map(({ name, sparkVersion, javaVersion, sparkHome }) => [
          name,
          sparkVersion,
          String(javaVersion),
          sparkHome,
        ]),
        "No runtimes yet. The first run installs one, or: firesteel runtime install",
      ),
    );
    return EXIT_CODES.ok;
  },
});

async function listAll({ host, print }: Context) {
  const runtimes = await host.runtimes();
  const rows = await Promise.all(
    sparksOfReleases().map(async ({ sparkVersion, newest, oldest }) => {
      const here = standingOf(await runtimes.inspect({ sparkVersion, javaVersion: null }));
      return { sparkVersion, newestRelease: newest, oldestRelease: oldest, here };
    }),
  );
  print.result(rows, () =>
    print.table(
      [{ title: "SPARK" }, { title: "RELEASES" }, { title: "HERE" }],
      rows.map(({ sparkVersion, newestRelease, oldestRelease, here }) => [
        sparkVersion,
        newestRelease === oldestRelease ? newestRelease : `${oldestRelease} to ${newestRelease}`,
        shortly(here),
      ]),
    ),
  );
  return EXIT_CODES.ok;
}

/** The Sparks of all releases, newest first, each with the releases at the ends. */
function sparksOfReleases() {
  const sparks = new Map<RuntimeRequirement["sparkVersion"], { newest: string; oldest: string }>();
  for (const { label, release } of RELEASE_LABELS.values()) {
    const read = readReleaseLabel(label);
    if (read.kind !== "known") continue;
    const name = `emr-${release.version}`;
    const { sparkVersion } = read.runtime;
    sparks.set(sparkVersion, { newest: sparks.get(sparkVersion)?.newest ?? name, oldest: name });
  }
  return [...sparks].map(([sparkVersion, ends]) => ({ sparkVersion, ...ends }));
}
