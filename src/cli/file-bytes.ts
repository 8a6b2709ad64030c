import { createReadStream } from "node:fs";

/** A file's bytes. It is opened by the first read, so that a refusal before that leaves no open stream behind. */
export async function* fileBytes(path: string): AsyncIterable<Uint8Array> {
  yield* createReadStream(path);
}
