import { parseS3Uri, type S3Uri } from "../../../core/s3-uri.ts";
import { CliError } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";

/** A place that `s3 cp` copies from or to. */
export type Location =
  | { readonly kind: "s3"; readonly uri: S3Uri }
  | { readonly kind: "file"; readonly path: string };

export function parseLocation(text: string): Location {
  const uri = parseS3Uri(text);
  return uri === null ? { kind: "file", path: text } : { kind: "s3", uri };
}

/** Throws where the text is not an `s3://` address. */
export function requireS3(text: string): S3Uri {
  const uri = parseS3Uri(text);
  if (uri !== null) return uri;
  throw new CliError(`${text} is not an s3:// address`, {
    exitCode: EXIT_CODES.usage,
    hint: "Such as: s3://BUCKET/KEY",
  });
}

export function formatS3({ bucket, key }: S3Uri): string {
  return `s3://${bucket}/${key}`;
}
