import { readReleaseLabel } from "../../core/job-run/release-label.ts";
import { componentsOf, featuresOf } from "../../core/job-run/release-label-features.ts";
import type { KnownLabel } from "../../core/job-run/release-labels.ts";
import type { HostRuntimes, RuntimeOutlook } from "../host.ts";

/** What a release label brings on EMR, and what runs it on this machine. */
export interface LabelOutlook {
  readonly label: string;
  /** The dated label that it stands for; null where no source tells. */
  readonly standsFor: string | null;
  /** The regions that have it; null for all. */
  readonly regions: readonly string[] | null;
  readonly release: string;
  readonly program: KnownLabel["program"];
  /** Such as `java11`; empty for the plain label. */
  readonly flavour: string;
  /** Of the service's own image: major version of Java, Python where it is known, versions by component. */
  readonly brings: {
    readonly java: number;
    readonly python: string | null;
    readonly components: KnownLabel["release"]["components"];
    /** What EMR on EKS does from this release or an older one on. */
    readonly features: readonly string[];
  };
  readonly here: Here;
}

/** Whether this machine runs it, and on what; `detail` is one line for the user. */
export interface Here {
  readonly state: "installed" | "on-first-use" | "refused";
  /** Such as `Spark 3.5.9 on Java 17`; null where it is refused. */
  readonly runtime: string | null;
  readonly detail: string;
}

/** The outlook of labels, in their order; each runtime is looked for once. */
export async function outlookOf(
  labels: readonly KnownLabel[],
  runtimes: Pick<HostRuntimes, "inspect">,
): Promise<LabelOutlook[]> {
  const inspected = new Map<string, Promise<RuntimeOutlook>>();
  const here = async (label: string): Promise<Here> => {
    const read = readReleaseLabel(label);
    if (read.kind === "unknown") throw new Error(`${label} is no release label`);
    if (read.kind === "unsupported") return { state: "refused", runtime: null, detail: read.reason };
    const key = `${read.runtime.sparkVersion} ${read.runtime.javaVersion}`;
    const outlook = inspected.get(key) ?? runtimes.inspect(read.runtime);
    inspected.set(key, outlook);
    return standingOf(await outlook);
  };
  return Promise.all(
    labels.map(async (known) => {
      const { label, dated, regions, release, program, flavour } = known;
      return {
        label,
        standsFor: dated,
        regions,
        release: `emr-${release.version}`,
        program,
        flavour,
        brings: {
          java: Number(/java(\d+)/.exec(flavour)?.[1] ?? release.java),
          python: release.python ?? null,
          components: componentsOf(known),
          features: featuresOf(release),
        },
        here: await here(label),
      };
    }),
  );
}

/** Where a runtime stands, for people and for scripts. */
export function standingOf(outlook: RuntimeOutlook): Here {
  if (outlook.kind === "unsupported") {
    return { state: "refused", runtime: null, detail: outlook.reason };
  }
  const substitution = outlook.substitution === undefined ? "" : ` ${outlook.substitution}`;
  if (outlook.kind === "missing") {
    const detail = `${outlook.what} is installed on first use.${substitution}`;
    return { state: "on-first-use", runtime: outlook.what, detail };
  }
  const { sparkVersion, javaVersion } = outlook.runtime;
  const runtime = `Spark ${sparkVersion} on Java ${javaVersion}`;
  return { state: "installed", runtime, detail: `${runtime} is installed.${substitution}` };
}

/** For a table: the reason of a refusal is a paragraph, and left out. */
export function shortly({ state, runtime }: Here): string {
  if (runtime === null) return "refused";
  return state === "installed" ? runtime : `${runtime}, on first use`;
}
