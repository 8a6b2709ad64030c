import { command, required } from "../../command.ts";
import { CliError } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { requireS3 } from "./location.ts";

export const s3Mb = command({
  path: ["s3", "mb"],
  summary: "Make a bucket",
  details:
    "A bucket is a folder of the data directory, so no server is needed. It belongs to the first AWS account.",
  arguments: { bucket: required("bucket", "s3://BUCKET") },
  examples: [{ command: "firesteel s3 mb s3://my-data", explanation: "make a bucket" }],
  async run(values, context) {
    const { bucket, key } = requireS3(values.bucket);
    if (key !== "")
      throw new CliError(`${values.bucket} names an object`, {
        exitCode: EXIT_CODES.usage,
        hint: `Try: s3://${bucket}`,
      });
    const buckets = await context.host.buckets();
    const existed = await buckets.exists(bucket);
    await buckets.create(bucket);
    context.print.result(
      { bucket, created: !existed },
      () => `${existed ? "There is already" : "Made"} s3://${bucket}`,
    );
    return EXIT_CODES.ok;
  },
});
