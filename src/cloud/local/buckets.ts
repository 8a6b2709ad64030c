import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { lstat, mkdir, open, readdir, realpath, rename, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { BucketError, type BucketObject, type Buckets } from "../../core/ports/buckets.ts";
import { appendToFile } from "./append-file.ts";
import { checkBucketName, checkKey, DRIVER_STAGING, isSamplesBucket } from "./bucket-names.ts";
import { inHeldFolder } from "./held-folder.ts";

export interface LocalBucketsSettings {
  /** One folder a bucket. */
  readonly directory: string;
  /** What every bucket named `<region>.elasticmapreduce` holds, read-only. */
  readonly samplesDirectory: string;
}

/** Not through a link, and not for ever where somebody put a pipe. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Half-written objects wait here, beside the buckets: no bucket can have this name. */
const STAGING = ".staging";

/**
 * Buckets as folders: `s3://bucket/a/b` is `<directory>/bucket/a/b`. Drivers see the same files through the Hadoop
 * file system in `drivers/java`, which has the same rules. A symbolic link cannot lead out of its bucket.
 */
export class LocalBuckets implements Buckets {
  readonly #settings: LocalBucketsSettings;

  constructor(settings: LocalBucketsSettings) {
    this.#settings = settings;
  }

  async exists(bucket: string): Promise<boolean> {
    return (await stat(this.#root(bucket)).catch(ignoreMissing))?.isDirectory() ?? false;
  }

  async create(bucket: string): Promise<void> {
    this.#refuseSamples(bucket);
    await mkdir(this.#root(bucket), { recursive: true, mode: 0o777 });
  }

  async list(): Promise<string[]> {
    const entries =
      (await readdir(this.#settings.directory, { withFileTypes: true }).catch(ignoreMissing)) ?? [];
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => name)
      .sort();
  }

  async *listObjects(bucket: string, prefix: string): AsyncIterable<BucketObject> {
    const root = await this.#existingRoot(bucket);
    yield* walk(root, "", prefix);
  }

  async stat(bucket: string, key: string): Promise<BucketObject | null> {
    const path = await this.#path(bucket, key);
    const found = await stat(path).catch(ignoreMissing);
    return found?.isFile() ? { key, sizeBytes: found.size, modifiedAtMs: found.mtimeMs } : null;
  }

  async *read(bucket: string, key: string, startByte = 0): AsyncIterable<Uint8Array> {
    if ((await this.stat(bucket, key)) === null) {
      throw new BucketError("NoSuchKey", `The specified key does not exist: s3://${bucket}/${key}`);
    }
    const handle = await this.#inFolder(bucket, key, false, (path) => open(path, READ));
    yield* handle.createReadStream({ start: startByte });
  }

  async put(bucket: string, key: string, body: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    this.#refuseSamples(bucket);
    await this.#path(bucket, key);
    const staging = join(this.#settings.directory, STAGING);
    await mkdir(staging, { recursive: true, mode: 0o777 });
    const partial = join(staging, randomUUID());
    try {
      const handle = await open(partial, "wx", 0o666);
      try {
        for await (const piece of body instanceof Uint8Array ? [body] : body) await handle.writeFile(piece);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await this.#inFolder(bucket, key, true, (path) => rename(partial, path));
    } finally {
      await rm(partial, { force: true });
    }
  }

  async appendAt(bucket: string, key: string, sizeBytes: number, bytes: Uint8Array): Promise<number> {
    this.#refuseSamples(bucket);
    return this.#inFolder(bucket, key, true, (path) => appendToFile(path, sizeBytes, bytes, 0o666));
  }

  async move(bucket: string, key: string, newKey: string): Promise<void> {
    this.#refuseSamples(bucket);
    // Held open by its folder like every file that is written: a link cannot come in between.
    await this.#inFolder(bucket, key, false, (from) =>
      this.#inFolder(bucket, newKey, true, (to) => rename(from, to)),
    ).catch(async (error: unknown) => {
      if (!isMissing(error)) throw error;
      if ((await this.stat(bucket, newKey)) !== null) return;
      throw new BucketError("NoSuchKey", `The specified key does not exist: s3://${bucket}/${key}`);
    });
  }

  async delete(bucket: string, key: string): Promise<void> {
    this.#refuseSamples(bucket);
    const root = await this.#existingRoot(bucket);
    const path = await this.#path(bucket, key);
    // What is no object, a folder for one, is not there to be deleted.
    if ((await this.stat(bucket, key)) === null) return;
    await this.#inFolder(bucket, key, false, (held) => rm(held, { force: true }));
    // A folder that became empty is no object of S3's and goes too, as far up as the bucket.
    for (
      let folder = dirname(path);
      folder !== root && folder.startsWith(root + sep);
      folder = dirname(folder)
    ) {
      const gone = await rmdir(folder).then(
        () => true,
        () => false,
      );
      if (!gone) return;
    }
  }

  #root(bucket: string): string {
    checkBucketName(bucket);
    return isSamplesBucket(bucket) ? this.#settings.samplesDirectory : join(this.#settings.directory, bucket);
  }

  async #existingRoot(bucket: string): Promise<string> {
    const root = this.#root(bucket);
    if (!(await this.exists(bucket))) {
      throw new BucketError("NoSuchBucket", `The specified bucket does not exist: ${bucket}`);
    }
    return realpath(root);
  }

  /** The file of a key, free of links: its nearest existing ancestor was seen to lie in the bucket. */
  async #path(bucket: string, key: string): Promise<string> {
    const root = await this.#existingRoot(bucket);
    checkKey(key);
    const path = join(root, ...key.split("/"));
    for (let ancestor = path; ; ancestor = dirname(ancestor)) {
      const real = await realpath(ancestor).catch(ignoreMissing);
      // A link to nowhere would be followed all the same by whoever makes a file there.
      if (real === undefined && !(await isLink(ancestor))) continue;
      if (real !== undefined && (real === root || real.startsWith(root + sep)))
        return join(real, relative(ancestor, path));
      throw new BucketError(
        "InvalidKey",
        `The key '${key}' leads out of bucket ${bucket} through a symbolic link.`,
      );
    }
  }

  async #inFolder<Result>(
    bucket: string,
    key: string,
    makeFolders: boolean,
    use: (path: string) => Promise<Result>,
  ): Promise<Result> {
    const root = await this.#existingRoot(bucket);
    const path = await this.#path(bucket, key);
    return inHeldFolder(root, path, { makeFolders }, use).catch((error: unknown) =>
      refuse(error, bucket, key),
    );
  }

  #refuseSamples(bucket: string): void {
    if (isSamplesBucket(bucket))
      throw new BucketError("ReadOnly", `Bucket ${bucket} holds the service's samples and is read-only.`);
  }
}

async function* walk(root: string, folder: string, prefix: string): AsyncIterable<BucketObject> {
  const entries = (await readdir(join(root, folder), { withFileTypes: true }).catch(ignoreMissing)) ?? [];
  // S3 lists keys in the order of their bytes, in which a folder stands where its name and a slash do.
  const keyed = entries.map((entry) => ({
    entry,
    key: `${folder}${entry.name}${entry.isDirectory() ? "/" : ""}`,
  }));
  keyed.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  for (const { entry, key } of keyed) {
    if (entry.isDirectory()) {
      if (key === `${DRIVER_STAGING}/`) continue;
      if (key.startsWith(prefix) || prefix.startsWith(key)) yield* walk(root, key, prefix);
    } else if (entry.isFile() && key.startsWith(prefix)) {
      const found = await stat(join(root, key)).catch(ignoreMissing);
      if (found !== undefined) yield { key, sizeBytes: found.size, modifiedAtMs: found.mtimeMs };
    }
  }
}

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path).catch(ignoreMissing))?.isSymbolicLink() ?? false;
}

/** Links that lead in a circle lead to nothing. */
function ignoreMissing(error: unknown): undefined {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return undefined;
  throw error;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** `a` beside `a/b` is two objects in S3 and cannot be two things in a folder; and a folder may be closed to the server. */
function refuse(error: unknown, bucket: string, key: string): never {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "EACCES" || code === "EPERM")
    throw new BucketError("AccessDenied", `The server may not write s3://${bucket}/${key}.`);
  if (code === "EISDIR" || code === "ENOTDIR" || code === "EEXIST" || code === "ELOOP") {
    throw new BucketError(
      "InvalidKey",
      `The key '${key}' cannot be stored in bucket ${bucket}: a folder cannot hold an object beside others below its name.`,
    );
  }
  throw error;
}
