import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { CutShortError } from "../../core/ports/append.ts";

/** Never through a link: the file is the one that was meant. */
const WRITE = constants.O_RDWR | constants.O_NOFOLLOW;
const CREATE = WRITE | constants.O_CREAT | constants.O_TRUNC;

/**
 * Cuts a file to `sizeBytes`, appends, waits until the disk has it, and answers the new size; a file that is to be cut
 * to 0 is made. Throws {@link CutShortError} where the file is shorter than that.
 */
export async function appendToFile(
  path: string,
  sizeBytes: number,
  bytes: Uint8Array,
  mode: number,
): Promise<number> {
  const handle = await openForAppending(path, sizeBytes, mode);
  try {
    const { size } = await handle.stat();
    if (size < sizeBytes)
      throw new CutShortError(`${path} holds ${size} bytes where ${sizeBytes} were stored`);
    await handle.truncate(sizeBytes);
    for (let written = 0; written < bytes.length; ) {
      // A disk that is about to be full takes a part, and says so only for the rest.
      const rest = bytes.length - written;
      written += (await handle.write(bytes, written, rest, sizeBytes + written)).bytesWritten;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return sizeBytes + bytes.length;
}

async function openForAppending(path: string, sizeBytes: number, mode: number): Promise<FileHandle> {
  if (sizeBytes === 0) return open(path, CREATE, mode);
  try {
    return await open(path, WRITE);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT")
      throw new CutShortError(`${path} is gone, where ${sizeBytes} bytes were stored`, { cause });
    throw cause;
  }
}
