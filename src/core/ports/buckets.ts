/** An object in a bucket. */
export interface BucketObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
}

/** What a bucket call refused. `NoSuchBucket` and `NoSuchKey` are S3's names. */
export class BucketError extends Error {
  override readonly name = "BucketError";
  readonly code:
    | "NoSuchBucket"
    | "NoSuchKey"
    | "InvalidBucketName"
    | "InvalidKey"
    | "AccessDenied"
    | "ReadOnly"
    | "Conflict";

  constructor(code: BucketError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * All access to `s3://` outside Spark. Drawn so that folders, an S3 listener or real S3 can serve it.
 * Bucket names are global; keys are relative and use `/`. Every method throws {@link BucketError} by name.
 */
export interface Buckets {
  exists(bucket: string): Promise<boolean>;
  /** Makes a bucket; does nothing where it exists. */
  create(bucket: string): Promise<void>;
  list(): Promise<string[]>;
  /** Objects whose key starts with `prefix`, in key order. */
  listObjects(bucket: string, prefix: string): AsyncIterable<BucketObject>;
  stat(bucket: string, key: string): Promise<BucketObject | null>;
  /** The object's bytes from `startByte` (default 0) to its end, in pieces. */
  read(bucket: string, key: string, startByte?: number): AsyncIterable<Uint8Array>;
  /** Replaces the object as a whole: readers see the old or the new one, never a part. */
  put(bucket: string, key: string, body: AsyncIterable<Uint8Array> | Uint8Array): Promise<void>;
  /**
   * Cuts the object to `sizeBytes` (making it where that is 0), appends `bytes` and answers the new size. Repeating a
   * call whose answer was lost doubles nothing. Throws `CutShortError` where the object is missing or shorter.
   */
  appendAt(bucket: string, key: string, sizeBytes: number, bytes: Uint8Array): Promise<number>;
  /**
   * Gives an object another key in place of whatever has that: readers see it under the one or the other. Repeating a
   * call whose answer was lost changes nothing. Throws `NoSuchKey` where neither is there.
   */
  move(bucket: string, key: string, newKey: string): Promise<void>;
  delete(bucket: string, key: string): Promise<void>;
}
