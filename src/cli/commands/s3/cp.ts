import { createWriteStream } from "node:fs";
import { mkdir, readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Buckets } from "../../../core/ports/buckets.ts";
import { joinKey } from "../../../core/s3-uri.ts";
import { command, flag, required } from "../../command.ts";
import { CliError, hasCode } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { fileBytes } from "../../file-bytes.ts";
import { copyTo } from "../../output/copy.ts";
import { formatS3, type Location, parseLocation } from "./location.ts";

export const s3Cp = command({
  path: ["s3", "cp"],
  summary: "Copy files to, from and between buckets",
  details:
    "A target that ends in a slash, is a bucket or an existing folder keeps the source's name. Either side may be - for stdin or stdout. With --recursive the source is a folder or a prefix.",
  arguments: {
    source: required("source", "path, s3://BUCKET/KEY or -"),
    target: required("target", "path, s3://BUCKET/KEY or -"),
  },
  options: { recursive: flag("-r, --recursive", "everything below the source") },
  examples: [
    { command: "firesteel s3 cp data.csv s3://my-data/in/", explanation: "upload" },
    {
      command: "firesteel s3 cp -r s3://my-data/output ./output",
      explanation: "download all that a run wrote",
    },
  ],
  async run(values, context) {
    const source = parseLocation(values.source);
    const target = parseLocation(values.target);
    if (source.kind === "file" && target.kind === "file" && source.path !== "-" && target.path !== "-") {
      throw new CliError("neither side is a bucket", {
        exitCode: EXIT_CODES.usage,
        hint: "One of them must start with s3://",
      });
    }
    const buckets = await context.host.buckets();
    const pairs = values.recursive
      ? await recursivePairs(buckets, source, target)
      : [{ from: source, to: await named(target, nameOf(source)) }];
    if (pairs.length === 0) throw new CliError(`nothing below ${values.source}`);
    for (const { from, to } of pairs) {
      context.signal.throwIfAborted();
      const bytes = open(buckets, from, context.io.stdin);
      if (to.kind === "s3") await buckets.put(to.uri.bucket, to.uri.key, bytes);
      else if (to.path === "-") await copyTo(context.io.stdout, bytes, context.signal);
      else await writeFile(to.path, bytes);
      if (to.kind === "s3" || to.path !== "-") context.print.note(`${show(from)} -> ${show(to)}`);
    }
    return EXIT_CODES.ok;
  },
});

type Pair = { readonly from: Location; readonly to: Location };

async function recursivePairs(buckets: Buckets, source: Location, target: Location): Promise<Pair[]> {
  const pairs: Pair[] = [];
  const to = (name: string): Location =>
    target.kind === "file"
      ? { kind: "file", path: join(target.path, ...name.split("/")) }
      : { kind: "s3", uri: { bucket: target.uri.bucket, key: joinKey(target.uri.key, name) } };
  if (source.kind === "s3") {
    const { bucket, key } = source.uri;
    // A folder's prefix ends in a slash: `s3://b/out` must not take `s3://b/output` along.
    const prefix = key === "" || key.endsWith("/") ? key : `${key}/`;
    for await (const object of buckets.listObjects(bucket, prefix)) {
      pairs.push({
        from: { kind: "s3", uri: { bucket, key: object.key } },
        to: to(object.key.slice(prefix.length)),
      });
    }
    return pairs;
  }
  for (const entry of await readdir(source.path, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile())
      pairs.push({ from: { kind: "file", path }, to: to(relative(source.path, path).split(sep).join("/")) });
  }
  return pairs;
}

/** The target itself, or the source's name below it where it is a folder. */
async function named(target: Location, name: string): Promise<Location> {
  if (target.kind === "s3") {
    const { bucket, key } = target.uri;
    return key === "" || key.endsWith("/") ? { kind: "s3", uri: { bucket, key: key + name } } : target;
  }
  if (target.path === "-") return target;
  const isFolder =
    target.path.endsWith("/") ||
    (await stat(target.path).then((found) => found.isDirectory(), ignoreMissing));
  return isFolder ? { kind: "file", path: join(target.path, name) } : target;
}

function nameOf(source: Location): string {
  if (source.kind === "s3") return basename(source.uri.key);
  return source.path === "-" ? "stdin" : basename(source.path);
}

function open(
  buckets: Buckets,
  source: Location,
  stdin: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  if (source.kind === "s3") return buckets.read(source.uri.bucket, source.uri.key);
  return source.path === "-" ? stdin : fileBytes(source.path);
}

async function writeFile(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await pipeline(bytes, createWriteStream(path));
}

function show(location: Location): string {
  return location.kind === "s3" ? formatS3(location.uri) : location.path;
}

function ignoreMissing(error: unknown): boolean {
  if (hasCode(error, "ENOENT")) return false;
  throw error;
}
