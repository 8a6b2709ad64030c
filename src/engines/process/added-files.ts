import { join } from "node:path";
import { LaunchError } from "../../core/ports/engine.ts";
import type { Properties } from "./properties-file.ts";
import { redactToken } from "./redact.ts";
import type { BucketFolders } from "./spark-configuration.ts";
import type { SubmitOption } from "./submit-options.ts";

/** One thing that a job adds, for `drivers/supervisor/added_files.py`. */
export interface AddedFile {
  readonly option: string;
  /** What the job calls it; for messages. */
  readonly address: string;
  /** What it becomes in the driver's working directory. */
  readonly name: string;
  readonly path: string;
  /** The folder of its bucket, which it must not lead out of; null for a file of this machine. */
  readonly bucket: string | null;
  readonly unpack: boolean;
}

export interface AddedFiles {
  readonly files: readonly AddedFile[];
  /** Whether the working directory is on the driver's class path. */
  readonly onClassPath: boolean;
  /** For the submitter's log; without secrets. */
  readonly notes: readonly string[];
}

export interface AddedFilesInput {
  /** Spark properties in effect, less those that options of their own stand for. */
  readonly properties: Properties;
  /** With the addresses of files of this machine resolved. */
  readonly options: readonly SubmitOption[];
  /** Of the runtime. */
  readonly sparkVersion: string;
  readonly buckets: BucketFolders | null;
}

interface Kind {
  readonly option: string;
  readonly property: string;
  readonly unpack: boolean;
  /** The first version whose driver on Kubernetes has them in its working directory. */
  readonly since: string;
  /** What can be done with one before, as the end of a sentence. */
  readonly before: string;
}

/**
 * In the order in which SparkSubmit puts them there, where the last of a name stays: SPARK-33748 for archives,
 * SPARK-33782 for the others. It does so for `--jars` too, which nobody looks for there.
 */
const KINDS: readonly Kind[] = [
  {
    option: "--files",
    property: "spark.files",
    unpack: false,
    since: "3.4",
    before: "SparkFiles.get(NAME) finds them",
  },
  {
    option: "--archives",
    property: "spark.archives",
    unpack: true,
    since: "3.1",
    before: "here it has no effect",
  },
  {
    option: "--py-files",
    property: "spark.submit.pyFiles",
    unpack: false,
    since: "3.4",
    before: "they can be imported",
  },
];
/** SPARK-43540. */
const CLASS_PATH_SINCE = "3.5";

/**
 * What the driver's working directory has before the driver starts, as Spark on Kubernetes has it in cluster mode: a
 * copy of each file, and each archive unpacked, under the name behind `#` or its own.
 * Throws {@link LaunchError} for a name that can be none there.
 */
export function addedFiles(input: AddedFilesInput): AddedFiles {
  const files: AddedFile[] = [];
  const notes: string[] = [];
  for (const kind of KINDS) {
    const addresses = addressesOf(kind, input);
    if (addresses.length === 0) continue;
    if (!isSince(input.sparkVersion, kind.since)) {
      notes.push(
        `${kind.option}: not in the driver's working directory, where Spark puts them since ${kind.since}; ${kind.before}`,
      );
      continue;
    }
    const placed = addresses.flatMap((address) => {
      const file = addedFile(kind, address, input.buckets);
      if (file === null) {
        notes.push(
          `${kind.option} ${redactToken(address)}: not in the driver's working directory, where only s3:// addresses` +
            " and files of this machine are put, without patterns; SparkFiles.get(NAME) finds it",
        );
      }
      return file ?? [];
    });
    if (placed.length > 0) {
      const names = placed.map(({ name }) => name).join(", ");
      notes.push(
        `${kind.option}: ${kind.unpack ? "unpacked " : ""}in the driver's working directory: ${names}`,
      );
    }
    files.push(...placed);
  }
  return { files, onClassPath: files.length > 0 && isSince(input.sparkVersion, CLASS_PATH_SINCE), notes };
}

/** An option wins over its property, and the last of two options over the first (SparkSubmitArguments). */
function addressesOf({ option, property }: Kind, { options, properties }: AddedFilesInput): string[] {
  const given = options.findLast(({ name }) => name === option)?.value ?? properties[property] ?? "";
  return given
    .split(",")
    .map((address) => address.trim())
    .filter((address) => address !== "");
}

/**
 * Addresses that mean the same file here and to the bucket file system: no percent-encoding, no pattern, nothing that
 * no URI may hold, no folder of Firesteel's own, and no part that is empty or only dots.
 */
const IN_BUCKET =
  /^s3[an]?:\/\/([A-Za-z0-9][A-Za-z0-9.-]{1,61}[a-z0-9])\/(?!\.firesteel-staging(?:\/|$))((?:(?!\.{1,2}(?:\/|$))[^\s/%*?[\]{}\\"<>^`|]+\/)*(?!\.{1,2}$)[^\s/%*?[\]{}\\"<>^`|]+)$/;
const SAMPLES = /^[A-Za-z0-9-]+\.elasticmapreduce$/;
const BUCKET_NAME = /^(?!.*\.\.)[a-z0-9.-]+$/;
const PATTERN = /[*?[{]/;

/** Null for what only Spark can find. */
function addedFile(kind: Kind, address: string, buckets: BucketFolders | null): AddedFile | null {
  const { option, unpack } = kind;
  const hash = address.indexOf("#");
  const location = hash < 0 ? address : address.slice(0, hash);
  const found = location.startsWith("/") ? ofThisMachine(location) : inBucket(location, buckets);
  if (found === null) return null;
  const name = hash < 0 ? location.slice(location.lastIndexOf("/") + 1) : address.slice(hash + 1);
  if (!isFileName(name)) {
    throw new LaunchError(
      `${option} ${address}: what is behind # must be a name that a file can have, without a slash.`,
    );
  }
  return { option, address: redactToken(address), name, unpack, ...found };
}

type Place = Pick<AddedFile, "path" | "bucket">;

function ofThisMachine(path: string): Place | null {
  return PATTERN.test(path) || path.endsWith("/") ? null : { path, bucket: null };
}

function inBucket(location: string, buckets: BucketFolders | null): Place | null {
  const [, name = "", key = ""] = IN_BUCKET.exec(location) ?? [];
  if (buckets === null || name === "") return null;
  if (SAMPLES.test(name)) return { path: join(buckets.samples, key), bucket: buckets.samples };
  if (!BUCKET_NAME.test(name)) return null;
  const bucket = join(buckets.root, name);
  return { path: join(bucket, key), bucket };
}

const MOST_NAME_BYTES = 255;

function isFileName(name: string): boolean {
  return !/^\.{0,2}$|[/\0]/.test(name) && Buffer.byteLength(name) <= MOST_NAME_BYTES;
}

function isSince(version: string, since: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [sinceMajor = 0, sinceMinor = 0] = since.split(".").map(Number);
  return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
}
