import type { Release, ReleaseComponents } from "./release-label-table.ts";
import type { KnownLabel } from "./release-labels.ts";

/** Something that EMR on EKS does from a release on. */
interface Feature {
  readonly since: readonly [major: number, minor: number];
  /** First minor version of EMR 5 that has it, too. */
  readonly sinceFive?: number;
  readonly words: string;
}

/** emr-d.md 3.10; of the service's images and API, not of this server. */
const FEATURES: readonly Feature[] = [
  { since: [6, 3], sinceFive: 33, words: "pod templates" },
  { since: [6, 3], words: "rotation of Spark event logs" },
  { since: [6, 6], words: "logs of interactive endpoints in CloudWatch and S3" },
  { since: [6, 7], words: "asynchronous start of notebook kernels" },
  { since: [6, 8], words: "node selectors of driver and executors apart" },
  { since: [6, 8], words: "spark.stage.extraDetailsOnFetchFailures" },
  { since: [6, 9], words: "RAPIDS images" },
  { since: [6, 9], words: "Redshift connector" },
  { since: [6, 9], words: "Delta Lake" },
  { since: [6, 10], words: "Spark operator" },
  { since: [6, 10], words: "EMRFS S3-optimized committer for Parquet, ORC and text" },
  { since: [6, 11], words: "rotation of container logs" },
  { since: [6, 11], words: "Volcano scheduler" },
  { since: [6, 14], words: "Livy with spark-submit" },
  { since: [6, 15], words: "Flink" },
  { since: [7, 0], words: "Amazon Linux 2023" },
  { since: [7, 1], words: "Livy images" },
  { since: [7, 2], words: "S3 Express One Zone" },
  { since: [7, 6], words: "monitoring configuration of the Spark operator" },
  { since: [7, 7], words: "fine-grained access control of Lake Formation" },
];

/** What a release has besides its components, the oldest first. */
export function featuresOf({ version }: Pick<Release, "version">): string[] {
  const [major, minor] = numberOf(version);
  return FEATURES.filter(({ since, sinceFive }) =>
    major === 5
      ? sinceFive !== undefined && minor >= sinceFive
      : major > since[0] || (major === since[0] && minor >= since[1]),
  ).map(({ words }) => words);
}

/** The components of a label's image: from 7.7.0 on, those with Java 8 are without Iceberg (emr-d.md 3.10 and 8.2). */
export function componentsOf({
  release,
  flavour,
}: Pick<KnownLabel, "release" | "flavour">): ReleaseComponents {
  const [major, minor] = numberOf(release.version);
  const isWithout = flavour.endsWith("java8") && (major > 7 || (major === 7 && minor >= 7));
  if (!isWithout) return release.components;
  const { iceberg: _without, ...others } = release.components;
  return others;
}

function numberOf(version: string): readonly [major: number, minor: number] {
  const [major = 0, minor = 0] = version
    .replace(/^spark-/, "")
    .split(".")
    .map(Number);
  return [major, minor];
}
