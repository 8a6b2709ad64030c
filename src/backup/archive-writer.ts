import { createHash } from "node:crypto";
import { constants, type FileHandle, open } from "node:fs/promises";
import { BLOCK_BYTES, encodeHeader, padding } from "./tar-format.ts";

/** Name of the last entry, in the form that `sha256sum -c` reads. */
export const CHECKSUMS = "SHA256SUMS";
const CHUNK_BYTES = 2 ** 20;

/** Writes a tar archive to an open file, and the sum of each entry. */
export class ArchiveWriter {
  readonly #target: FileHandle;
  readonly #sums: string[] = [];

  constructor(target: FileHandle) {
    this.#target = target;
  }

  async addText(path: string, content: string): Promise<void> {
    const bytes = Buffer.from(content, "utf8");
    await this.#add(path, bytes.length, 0o600, Date.now(), [bytes]);
  }

  /**
   * Adds a regular file as it is now; one that grows meanwhile is cut at its present size. Answers false where there is
   * no such file any more, or something else in its place: symbolic links are not followed.
   */
  async addFile(path: string, source: string): Promise<boolean> {
    const file = await openRegular(source);
    if (file === null) return false;
    try {
      const { size, mode, mtimeMs } = await file.stat();
      await this.#add(path, size, mode & 0o777, mtimeMs, readExactly(file, size, source));
      return true;
    } finally {
      await file.close();
    }
  }

  /** Adds the sums and the archive's end. */
  async finish(): Promise<void> {
    await this.addText(CHECKSUMS, this.#sums.join(""));
    await this.#target.writeFile(Buffer.alloc(2 * BLOCK_BYTES));
  }

  async #add(
    path: string,
    sizeBytes: number,
    mode: number,
    modifiedAtMs: number,
    body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<void> {
    const hash = createHash("sha256");
    await this.#target.writeFile(encodeHeader({ path, sizeBytes, mode, modifiedAtMs }));
    for await (const piece of body) {
      hash.update(piece);
      await this.#target.writeFile(piece);
    }
    await this.#target.writeFile(Buffer.alloc(padding(sizeBytes)));
    this.#sums.push(checksumLine(path, hash.digest("hex")));
  }
}

/** A line of `sha256sum`'s, which escapes names with a backslash or a line break and says so by a leading backslash. */
export function checksumLine(path: string, sum: string): string {
  const escaped = path.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return `${escaped === path ? "" : "\\"}${sum}  ${escaped}\n`;
}

async function openRegular(path: string): Promise<FileHandle | null> {
  let file: FileHandle;
  try {
    // O_NONBLOCK: a pipe that a job put there would be waited for without end.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT" || code === "ELOOP" || code === "ENXIO") return null;
    throw error;
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  return null;
}

async function* readExactly(file: FileHandle, sizeBytes: number, name: string): AsyncIterable<Uint8Array> {
  for (let position = 0; position < sizeBytes; ) {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, sizeBytes - position));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) throw new Error(`${name} became shorter while it was backed up: try again.`);
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}
