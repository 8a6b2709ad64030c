/** A key of the service's own classifications. */
export interface KeyRule {
  /** A star at the end stands for a name of the caller's. */
  readonly key: string;
  readonly outcome: "honoured" | "ignored";
  readonly effect: string;
  readonly form: Form;
}

/** What a value must look like. */
export interface Form {
  readonly expression: RegExp;
  readonly wording: string;
  readonly example: string;
}

/** A classification of `applicationConfiguration` and what becomes of it. */
export interface Classification {
  readonly name: string;
  readonly outcome: "honoured" | "ignored";
  readonly effect: string;
  /** First and last release that has it, as major and minor version; null where there is no such bound. */
  readonly releases: { readonly from: Release | null; readonly to: Release | null };
  /** Its keys; null where any key goes, as in a file of properties. */
  readonly keys: readonly KeyRule[] | null;
}

export type Release = readonly [major: number, minor: number];

const EVERY_RELEASE = { from: null, to: null } as const;

const TEXT: Form = { expression: /^\S+$/, wording: "a text without white space", example: "x" };
const SECONDS: Form = { expression: /^[1-9]\d{0,8}$/, wording: "a number of seconds", example: "1800" };
const CORES: Form = {
  expression: /^\d+(?:\.\d+)?m?$/,
  wording: "a number of CPUs such as 0.5 or 100m",
  example: "0.5",
};
const MEMORY: Form = {
  expression: /^\d+(?:\.\d+)?(?:[KMGTPE]i|[kMGTPE])?$/,
  wording: "an amount of memory such as 200Mi",
  example: "200Mi",
};
const BOOLEAN: Form = { expression: /^(?:true|false)$/, wording: "true or false", example: "true" };
const ANY: Form = { expression: /^/, wording: "any text", example: "x y" };
/** Kubernetes' label values. */
const LABEL: Form = {
  expression: /^(?=.{0,63}$)(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/,
  wording: "a Kubernetes label value: letters, digits, '-', '_' and '.', at most 63",
  example: "ON_DEMAND",
};

const NO_POD = "the submitter is no pod here: there is nothing to place or to mark";
const NO_CONTAINER = "there is no container of its own for logs";

function ignoredKeys(effect: string, keys: Readonly<Record<string, Form>>): KeyRule[] {
  return Object.entries(keys).map(([key, form]) => ({ key, outcome: "ignored", effect, form }));
}

/** A file of the driver's configuration directory. */
function file(name: string, target: string, releases: Classification["releases"] = EVERY_RELEASE) {
  return { name, outcome: "honoured", effect: `written to ${target}`, releases, keys: null } as const;
}

/**
 * The classifications of StartJobRun (emr-d.md D-082, D-083; the guide's pages on the job submitter's and on container
 * defaults for the keys that emr-b.md 3.1 and 3.2 do not have yet). All others fail the run (emr-b.md 4.2 row 1), those
 * of interactive endpoints among them. Releases 7.4 and 7.5 print no table and are taken to have that of 7.3.
 *
 * `emr-job-submitter` is printed from 6.12.0 on, yet the guide's own examples use it with 6.11.0 (emr-b.md E4), and
 * aws-emr-containers-best-practices with 6.2.0: it is taken with all.
 */
export const CLASSIFICATIONS: readonly Classification[] = [
  file("core-site", "core-site.xml, less what would take s3:// away from this server's buckets"),
  {
    name: "emrfs-site",
    outcome: "ignored",
    effect: "EMRFS is not here: s3:// addresses are this server's buckets",
    releases: EVERY_RELEASE,
    keys: null,
  },
  file("spark-defaults", "spark-defaults.conf"),
  {
    ...file("spark-env", ""),
    effect: "becomes the driver's environment, with what is nested under export",
  },
  file("spark-hive-site", "hive-site.xml"),
  file("spark-log4j", "log4j.properties (releases up to 6.11) or log4j2.properties (6.12 to 7.0)", {
    from: null,
    to: [7, 0],
  }),
  file("spark-log4j2", "log4j2.properties", { from: [7, 1], to: null }),
  file("spark-metrics", "metrics.properties"),
  {
    name: "emr-job-submitter",
    outcome: "ignored",
    effect: `every key, after its form was checked: ${NO_POD}`,
    releases: EVERY_RELEASE,
    keys: [
      ...ignoredKeys(NO_POD, {
        "jobsubmitter.node.selector.*": LABEL,
        "jobsubmitter.node.toleration.*": LABEL,
        "jobsubmitter.label.*": LABEL,
        "jobsubmitter.annotation.*": ANY,
        "jobsubmitter.scheduler.name": TEXT,
        "jobsubmitter.container.image": TEXT,
        "jobsubmitter.container.image.pullPolicy": TEXT,
        "jobsubmitter.gracefulTermination": BOOLEAN,
      }),
      ...ignoredKeys(NO_CONTAINER, {
        "jobsubmitter.logging": TEXT,
        "jobsubmitter.logging.image": TEXT,
        "jobsubmitter.logging.request.cores": CORES,
        "jobsubmitter.logging.request.memory": MEMORY,
      }),
    ],
  },
  {
    name: "emr-containers-defaults",
    outcome: "honoured",
    effect: "key by key",
    releases: EVERY_RELEASE,
    keys: [
      {
        key: "job-start-timeout",
        outcome: "honoured",
        effect: "seconds that a run may stay in SUBMITTED",
        form: SECONDS,
      },
      ...ignoredKeys(NO_CONTAINER, {
        "executor.logging": TEXT,
        "logging.image": TEXT,
        "logging.request.cores": CORES,
        "logging.request.memory": MEMORY,
      }),
    ],
  },
];

/** The classification of that name, if the release has it. */
export function findClassification(name: string, release: Release): Classification | null {
  const known = CLASSIFICATIONS.find((classification) => classification.name === name);
  if (known === undefined) return null;
  const { from, to } = known.releases;
  const isThere = (from === null || !isBefore(release, from)) && (to === null || !isBefore(to, release));
  return isThere ? known : null;
}

/** The rule of a key; null where the classification has no such key. */
export function findKey(keys: readonly KeyRule[], key: string): KeyRule | null {
  const fits = (rule: KeyRule) =>
    rule.key.endsWith("*")
      ? key.startsWith(rule.key.slice(0, -1)) && isLabelKey(key.slice(rule.key.length - 1))
      : rule.key === key;
  return keys.find(fits) ?? null;
}

/** Kubernetes' label keys: a name of at most 63 characters, behind a domain and a slash or not. */
function isLabelKey(text: string): boolean {
  return /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?(?=[^/]{1,63}$)[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(
    text,
  );
}

export function isBefore([major, minor]: Release, [otherMajor, otherMinor]: Release): boolean {
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

/** Major and minor version that a release label names, such as `emr-7.7.0-latest` or `emr-spark-8.0.0-latest`. */
export function releaseOf(label: string): Release {
  const [, major, minor] = /emr-(?:spark-)?(\d+)\.(\d+)\./.exec(label) ?? [];
  return [Number(major), Number(minor)];
}
