import type { RuntimeRequirement } from "../application/spec.ts";

/** Spark's version of each release of the guide (emr-d.md 7.1), newest first. */
export const SPARK_VERSION_OF_RELEASE: Readonly<Record<string, string>> = {
  "7.7.0": "3.5.3",
  "7.6.0": "3.5.3",
  "7.5.0": "3.5.2",
  "7.4.0": "3.5.2",
  "7.3.0": "3.5.1",
  "7.2.0": "3.5.1",
  "7.1.0": "3.5.0",
  "7.0.0": "3.5.0",
  "6.15.0": "3.4.1",
  "6.14.0": "3.4.1",
  "6.13.0": "3.4.1",
  "6.12.0": "3.4.0",
  "6.11.0": "3.3.2",
  "6.10.0": "3.3.1",
  "6.9.0": "3.3.0",
  "6.8.0": "3.3.0",
  "6.7.0": "3.2.1",
  "6.6.0": "3.2.0",
  "6.5.0": "3.1.2",
  "6.4.0": "3.1.2",
  "6.3.0": "3.1.1",
  "6.2.0": "3.0.1",
  "5.36.0": "2.4.8",
  "5.35.0": "2.4.8",
  "5.34.0": "2.4.8",
  "5.33.0": "2.4.7",
  "5.32.0": "2.4.7",
};

/** Flavours that run plain Spark jobs here; `spark-rapids` needs GPUs, `flink` and `livy/` are other programs. */
const JAVA_OF_FLAVOUR: Readonly<Record<string, number | null>> = {
  "": null,
  java8: 8,
  java11: 11,
  java17: 17,
  "java17-al2023": 17,
};

// emr-d.md D-078: [notebook-spark/|notebook-python/|livy/]emr-<version>[-flavour]-(latest|date); the printed dates
// have seven or eight digits (emr-d.md 8.2).
const LABEL = /^emr-(\d+\.\d+\.\d+)(?:-([a-z0-9-]+?))?-(latest|\d{7,8})$/;

/** Programs of known releases that are not Spark jobs on this engine. */
const UNSUPPORTED_FLAVOUR = /^(spark-rapids.*|flink)$/;

export type ReleaseLabel =
  | { readonly kind: "known"; readonly runtime: RuntimeRequirement }
  | { readonly kind: "unsupported"; readonly reason: string }
  | { readonly kind: "unknown" };

/** Tells what a release label asks of the runtime. */
export function readReleaseLabel(label: string): ReleaseLabel {
  const match = LABEL.exec(label);
  const version = SPARK_VERSION_OF_RELEASE[match?.[1] ?? ""];
  const flavour = match?.[2] ?? "";
  if (version === undefined) return { kind: "unknown" };
  if (UNSUPPORTED_FLAVOUR.test(flavour)) {
    return { kind: "unsupported", reason: `the ${flavour} flavour is not available on this engine` };
  }
  const javaVersion = Object.hasOwn(JAVA_OF_FLAVOUR, flavour) ? JAVA_OF_FLAVOUR[flavour] : undefined;
  if (javaVersion === undefined) return { kind: "unknown" };
  return { kind: "known", runtime: { sparkVersion: version.split(".").slice(0, 2).join("."), javaVersion } };
}
