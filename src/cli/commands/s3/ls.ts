import type { BucketObject } from "../../../core/ports/buckets.ts";
import { command, flag, optional } from "../../command.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { formatBytes } from "../../output/time.ts";
import { requireS3 } from "./location.ts";

export const s3Ls = command({
  path: ["s3", "ls"],
  summary: "List buckets, or the objects below a prefix",
  arguments: { prefix: optional("prefix", "s3://BUCKET/PREFIX (default: list the buckets)") },
  options: { recursive: flag("-r, --recursive", "every object below the prefix, not only the next level") },
  examples: [
    { command: "firesteel s3 ls", explanation: "the buckets" },
    { command: "firesteel s3 ls s3://my-data/2026/ --recursive", explanation: "all objects below a prefix" },
  ],
  async run(values, context) {
    const { print } = context;
    const location = values.prefix === undefined ? null : requireS3(values.prefix);
    const buckets = await context.host.buckets();
    if (location === null) {
      const names = await buckets.list();
      const shown = names.map((name) => ({ bucket: name, uri: `s3://${name}/` }));
      print.result(
        shown,
        () =>
          shown.map(({ uri }) => uri).join("\n") || "No buckets. Make one with: firesteel s3 mb s3://NAME",
      );
      return EXIT_CODES.ok;
    }
    const { bucket, key: prefix } = location;
    const entries = await listLevel(buckets.listObjects(bucket, prefix), prefix, values.recursive);
    print.result(
      entries.map((entry) => ({
        uri: `s3://${bucket}/${entry.key}`,
        ...("sizeBytes" in entry
          ? { sizeBytes: entry.sizeBytes, modifiedAt: new Date(entry.modifiedAtMs).toISOString() }
          : {}),
      })),
      () =>
        print.table(
          [{ title: "MODIFIED" }, { title: "SIZE", align: "right" }, { title: "OBJECT" }],
          entries.map((entry) =>
            "sizeBytes" in entry
              ? [print.time(entry.modifiedAtMs), formatBytes(entry.sizeBytes), `s3://${bucket}/${entry.key}`]
              : ["-", "-", `s3://${bucket}/${entry.key}`],
          ),
          `Nothing below ${values.prefix}`,
        ),
    );
    return EXIT_CODES.ok;
  },
});

/** Objects, or with one level only the common prefixes (ending in a slash) in place of what is below them. */
export async function listLevel(
  objects: AsyncIterable<BucketObject>,
  prefix: string,
  recursive: boolean,
): Promise<(BucketObject | { readonly key: string })[]> {
  const entries: (BucketObject | { readonly key: string })[] = [];
  for await (const object of objects) {
    const slash = object.key.indexOf("/", prefix.length);
    if (recursive || slash < 0) entries.push(object);
    else {
      const key = object.key.slice(0, slash + 1);
      if (entries.at(-1)?.key !== key) entries.push({ key });
    }
  }
  return entries;
}
