import { LATER_RELEASES } from "./release-label-later.ts";
import { type LabelGroup, labelsOf7WithLivy, type ReleaseProgram } from "./release-label-sets.ts";
import { FIRST_REGIONS, RELEASES, type Release } from "./release-label-table.ts";

/** A label that the service knows, and what it stands for. */
export interface KnownLabel {
  /** As in `releaseLabel`, such as `notebook-spark/emr-7.7.0-java11-latest`. */
  readonly label: string;
  readonly release: Release;
  readonly program: ReleaseProgram;
  /** Empty for the plain label. */
  readonly flavour: string;
  /** The dated label that it stands for, itself unless it ends in `-latest`; null where no source tells. */
  readonly dated: string | null;
  /** The regions that have it; null for all. */
  readonly regions: readonly string[] | null;
}

/** The releases' labels as their notes list them: of each flavour the `-latest` one, then the builds. */
export function expandLabels(releases: readonly Release[]): KnownLabel[] {
  return releases.flatMap((release) => release.labels.flatMap((group) => labelsOf(release, group)));
}

/** Every label that a run may name, by its spelling; the newest release first. */
export const RELEASE_LABELS: ReadonlyMap<string, KnownLabel> = new Map(
  [...LATER_RELEASES, ...RELEASES]
    .flatMap((release) => [
      ...expandLabels([release]),
      ...unlistedBuilds(release),
      ...(release.labels.length === 0 ? undatedLabels(release) : []),
    ])
    .map((known) => [known.label, known]),
);

function labelsOf(release: Release, { programs, flavours, builds }: LabelGroup): KnownLabel[] {
  return programs.flatMap((program) =>
    flavours.flatMap((flavour) => {
      const spelled = (build: string) => spell(release, program, flavour, build);
      const latest = (program === "spark" ? release.latest?.[flavour] : undefined) ?? builds[0];
      const dated = latest === undefined ? null : spelled(latest);
      return [
        { label: spelled("latest"), release, program, flavour, dated, regions: null },
        ...builds.map((build) => {
          const label = spelled(build);
          const regions = release.inFirstRegions?.includes(build) ? FIRST_REGIONS : null;
          return { label, release, program, flavour, dated: label, regions };
        }),
      ];
    }),
  );
}

function spell({ version }: Release, program: ReleaseProgram, flavour: string, build: string): string {
  const image = program === "spark" ? "" : `${program}/`;
  return `${image}emr-${version}-${flavour === "" ? "" : `${flavour}-`}${build}`;
}

/** Builds that the guide describes, or names as what `-latest` stands for, and leaves out of its lists (emr-d.md 8.2). */
function unlistedBuilds(release: Release): KnownLabel[] {
  return (release.unlisted ?? []).map((build) => {
    const label = spell(release, "spark", "", build);
    return { label, release, program: "spark", flavour: "", dated: label, regions: null };
  });
}

/**
 * The `-latest` labels of 7.4.0 and 7.5.0, whose pages have notes and empty lists. Published jobs run them (Dagster's
 * example of `PipesEMRContainersClient` names emr-7.5.0-latest), so their flavours are taken to be the neighbours'.
 */
function undatedLabels(release: Release): KnownLabel[] {
  const labels = labelsOf7WithLivy("").map((group) => ({ ...group, builds: [] }));
  return expandLabels([{ ...release, labels }]).map((known) => ({ ...known, release }));
}
