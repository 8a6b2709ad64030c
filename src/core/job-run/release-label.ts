import type { RuntimeRequirement } from "../application/spec.ts";
import { type KnownLabel, RELEASE_LABELS } from "./release-labels.ts";

export type ReleaseLabel =
  | { readonly kind: "known"; readonly runtime: RuntimeRequirement; readonly known: KnownLabel }
  /** The service has it, and this server cannot run it: `reason` says why and what would work. */
  | { readonly kind: "unsupported"; readonly reason: string; readonly known: KnownLabel }
  | { readonly kind: "unknown" };

/** Tells what a release label asks of the runtime; `region` is where it is named, null where that does not matter. */
export function readReleaseLabel(label: string, region: string | null = null): ReleaseLabel {
  const known = RELEASE_LABELS.get(label);
  if (known === undefined) return { kind: "unknown" };
  if (region !== null && known.regions?.includes(region) === false) return { kind: "unknown" };
  const reason = whyNoSparkJob(known);
  if (reason !== null) return { kind: "unsupported", reason, known };
  return { kind: "known", runtime: runtimeOf(known), known };
}

function runtimeOf({ release, flavour }: KnownLabel): RuntimeRequirement {
  const java = /\bjava(\d+)\b/.exec(flavour)?.[1];
  return {
    sparkVersion: release.components.spark.split(".").slice(0, 2).join("."),
    // Amazon Linux 2023 (`al2023`) is a matter of the image: drivers here run on this machine's own system.
    javaVersion: java === undefined ? null : Number(java),
  };
}

function whyNoSparkJob(known: KnownLabel): string | null {
  const { program, flavour } = known;
  if (program === "livy") return `it is the image of a Livy server; ${plainOf(known)} runs jobs`;
  if (program !== "spark")
    return `it is the image of notebooks, for managed endpoints; ${plainOf(known)} runs jobs`;
  if (flavour === "flink") return `it runs Flink applications; ${plainOf(known)} runs Spark jobs`;
  if (flavour.startsWith("spark-rapids"))
    return `it needs GPUs, which this engine has not; ${plainOf(known)} runs the same Spark without`;
  return null;
}

/** The label for jobs on CPUs with the same Spark, and the same Java where it has one. */
function plainOf({ release, flavour }: KnownLabel): string {
  const plain = flavour.replace(/^(spark-rapids|flink)-?/, "");
  const label = `emr-${release.version}-${plain === "" ? "" : `${plain}-`}latest`;
  return RELEASE_LABELS.has(label) ? label : `emr-${release.version}-latest`;
}
