import { open } from "node:fs/promises";
import { join } from "node:path";
import type { LogChunk, LogContainer, LogStream } from "../../core/ports/engine.ts";
import { isMissing } from "./records.ts";

const CHUNK_BYTES = 2 ** 20;

export function logFile(runDirectory: string, container: LogContainer, stream: LogStream): string {
  return join(runDirectory, container === "driver" ? stream : `${container}.${stream}`);
}

/** What the file holds from `offset` to its present end, in pieces of at most 1 MiB; nothing where it is not there. */
export async function* readChunks(path: string, offset: number): AsyncIterable<LogChunk> {
  const file = await openExisting(path);
  if (file === null) return;
  try {
    const { size } = await file.stat();
    let position = offset;
    while (position < size) {
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - position));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return;
      yield { offset: position, bytes: buffer.subarray(0, bytesRead) };
      position += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** The last `bytes` of a text file, without a cut first line; empty where the file is not there. */
export async function readTail(path: string, bytes: number): Promise<string> {
  const file = await openExisting(path);
  if (file === null) return "";
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - bytes);
    const buffer = Buffer.alloc(size - start);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
    const text = buffer.toString("utf8", 0, bytesRead);
    return start === 0 ? text : text.slice(text.indexOf("\n") + 1);
  } finally {
    await file.close();
  }
}

async function openExisting(path: string) {
  try {
    return await open(path, "r");
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
