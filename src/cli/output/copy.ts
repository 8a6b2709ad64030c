import type { OutputStream } from "../io.ts";

/** Writes bytes as fast as they are read, and no faster; stops when the signal says so. */
export async function copyTo(
  stream: OutputStream,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  for await (const piece of bytes) {
    signal.throwIfAborted();
    stream.write(piece);
    await stream.drained();
  }
}
