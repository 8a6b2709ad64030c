import { open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  executorNumber,
  type LogChunk,
  type LogContainer,
  type LogFile,
  type LogStream,
  ONLY_FILE,
} from "../../core/ports/engine.ts";
import { isMissing } from "./records.ts";
import { runPaths } from "./run-paths.ts";

const CHUNK_BYTES = 2 ** 20;

/** Where a log starts; of a rotated one this is its first piece. */
export function logFile(runDirectory: string, container: LogContainer, stream: LogStream): string {
  const number = executorNumber(container);
  if (number !== null) return join(runPaths(runDirectory).executors, String(number), stream);
  return join(runDirectory, container === "driver" ? stream : `${container}.${stream}`);
}

/** A part of a log in a file of its own, which is not written to again once there is a next one. */
interface LogPiece {
  readonly path: string;
  readonly offset: number;
  readonly file: LogFile;
}

/** What `drivers/supervisor/outputs.py` calls a piece: file, where that starts, when it was begun, where the piece starts. */
const PIECE = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/;

/** The pieces of a log that are there, oldest first. */
async function piecesOf(path: string): Promise<LogPiece[]> {
  const folder = dirname(path);
  const name = basename(path);
  const pieces: LogPiece[] = [];
  for (const entry of await readdir(folder).catch(ignoreMissing)) {
    if (entry === name) pieces.push({ path, offset: 0, file: ONLY_FILE });
    if (!entry.startsWith(`${name}.`)) continue;
    const match = PIECE.exec(entry.slice(name.length + 1));
    if (match === null) continue;
    const [index = 0, startOffset = 0, openedAtMs = 0, offset = 0] = match.slice(1).map(Number);
    pieces.push({ path: join(folder, entry), offset, file: { index, startOffset, openedAtMs } });
  }
  return pieces.sort((one, other) => one.offset - other.offset);
}

/** What the log holds from `offset` to its present end, in pieces of at most 1 MiB; nothing where it is not there. */
export async function* readChunks(path: string, offset: number): AsyncIterable<LogChunk> {
  const pieces = await piecesOf(path);
  for (const [index, piece] of pieces.entries()) {
    const end = pieces[index + 1]?.offset ?? null;
    if (end === null || end > offset) yield* readPiece(piece, Math.max(offset, piece.offset), end);
  }
}

async function* readPiece(piece: LogPiece, offset: number, end: number | null): AsyncIterable<LogChunk> {
  const handle = await openExisting(piece.path);
  // It was let go since it was listed.
  if (handle === null) return;
  try {
    const last = end ?? piece.offset + (await handle.stat()).size;
    let position = offset;
    while (position < last) {
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, last - position));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position - piece.offset);
      if (bytesRead === 0) return;
      yield { offset: position, bytes: buffer.subarray(0, bytesRead), file: piece.file };
      position += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

export interface KeptFiles {
  /** As many files of the log stay, the current one among them. */
  readonly files: number;
  /** And together no more than half of this; null where there is no limit. */
  readonly logBytes: number | null;
}

/**
 * Removes what a rotated log holds before `offset`, except what is kept; the supervisor is told first that it was
 * delivered, since it removes the oldest pieces itself where nobody else does.
 */
export async function releasePieces(path: string, offset: number, kept: KeptFiles): Promise<void> {
  const pieces = await piecesOf(path);
  const current = pieces.at(-1);
  if (current === undefined || pieces.length < 2) return;
  const partial = `${path}.delivered.partial`;
  await writeFile(partial, String(offset), { mode: 0o600 });
  await rename(partial, `${path}.delivered`);
  let room = kept.logBytes === null ? Number.POSITIVE_INFINITY : kept.logBytes / 2;
  const sizes = await Promise.all(
    pieces.map(async (piece) => (await stat(piece.path).catch(() => null))?.size ?? 0),
  );
  for (let index = pieces.length - 1; index >= 0; index -= 1) {
    const piece = pieces[index];
    if (piece === undefined || piece === current) continue;
    room -= sizes[index] ?? 0;
    const isOld = piece.file.index <= current.file.index - kept.files;
    const isDelivered = (pieces[index + 1]?.offset ?? Number.POSITIVE_INFINITY) <= offset;
    if (isDelivered && (isOld || room < 0)) await rm(piece.path, { force: true });
  }
}

/** The end of a log, without a cut first line; empty where there is none. */
export async function readLogTail(path: string, bytes: number): Promise<string> {
  let text = "";
  for (const piece of (await piecesOf(path)).reverse()) {
    text = (await readTail(piece.path, bytes - text.length)) + text;
    if (text.length >= bytes) break;
  }
  return text;
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

function ignoreMissing(error: unknown): string[] {
  if (isMissing(error)) return [];
  throw error;
}
