/** The parts of an `s3://bucket/key` address; the key has no leading slash and may be empty. */
export interface S3Uri {
  readonly bucket: string;
  readonly key: string;
}

const S3_URI = /^s3[an]?:\/\/([^/]+)(?:\/(.*))?$/s;

/** Takes `s3://`, `s3a://` and `s3n://` apart; null where the text is none of them. */
export function parseS3Uri(text: string): S3Uri | null {
  const match = S3_URI.exec(text);
  return match?.[1] === undefined ? null : { bucket: match[1], key: match[2] ?? "" };
}

/** Joins parts of a key with single slashes, leaving out empty ones. */
export function joinKey(...parts: string[]): string {
  let key = "";
  for (const part of parts) {
    const bare = part.startsWith("/") || part.endsWith("/") ? part.replace(/^\/+|\/+$/g, "") : part;
    if (bare !== "") key = key === "" ? bare : `${key}/${bare}`;
  }
  return key;
}
