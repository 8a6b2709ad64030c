import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { command, flag, required } from "../../command.ts";
import { CliError } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { copyTo } from "../../output/copy.ts";
import { formatS3, requireS3 } from "./location.ts";

export const s3Cat = command({
  path: ["s3", "cat"],
  summary: "Print an object, or every object below a prefix",
  details:
    "An address that ends in a slash prints all objects below it in key order, such as the parts that Spark wrote.",
  arguments: { object: required("object", "s3://BUCKET/KEY, or s3://BUCKET/PREFIX/") },
  options: { gunzip: flag("-z, --gunzip", "decompress, such as log objects") },
  examples: [
    { command: "firesteel s3 cat s3://my-data/output/part-00000", explanation: "one object" },
    { command: "firesteel s3 cat s3://my-data/output/", explanation: "all parts that a run wrote" },
    { command: "firesteel s3 cat -z s3://my-logs/…/stdout.gz", explanation: "a log object" },
  ],
  async run(values, context) {
    const { bucket, key } = requireS3(values.object);
    const buckets = await context.host.buckets();
    const keys: string[] = [];
    if (key === "" || key.endsWith("/"))
      for await (const object of buckets.listObjects(bucket, key)) keys.push(object.key);
    else keys.push(key);
    if (keys.length === 0) throw new CliError(`nothing below ${formatS3({ bucket, key })}`);
    for (const each of keys) {
      const bytes = buckets.read(bucket, each);
      const readable: AsyncIterable<Uint8Array> = values.gunzip
        ? Readable.from(bytes).compose(createGunzip())
        : bytes;
      await copyTo(context.io.stdout, readable, context.signal);
    }
    return EXIT_CODES.ok;
  },
});
