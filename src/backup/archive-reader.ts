import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { CHECKSUMS, checksumLine } from "./archive-writer.ts";
import { BLOCK_BYTES, decodeHeader, decodePax, padding } from "./tar-format.ts";

export interface ArchiveEntry {
  readonly path: string;
  readonly mode: number;
  /** To be read to its end before the next entry is asked for. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Reads an archive from its start to its end and compares the sums at the end: what was read before is good only once
 * this has returned. Throws where the archive is cut short, damaged, or names a path outside of itself.
 */
export async function* readArchive(file: string): AsyncIterable<ArchiveEntry> {
  const source = new Pieces(createReadStream(file));
  const sums: string[] = [];
  let pax: ReadonlyMap<string, string> = new Map();
  for (;;) {
    const block = await source.take(BLOCK_BYTES);
    if (block === null) throw new Error("it ends in the middle");
    const header = decodeHeader(block);
    if (header.kind === "end") throw new Error(`it has no ${CHECKSUMS}`);
    if (header.kind === "pax") {
      pax = decodePax(await source.takeAll(header.sizeBytes));
      await source.takeAll(padding(header.sizeBytes));
      continue;
    }
    const path = safePath(pax.get("path") ?? header.path);
    const sizeBytes = Number(pax.get("size") ?? header.sizeBytes);
    pax = new Map();
    if (path === CHECKSUMS) {
      const stored = (await source.takeAll(sizeBytes)).toString("utf8");
      if (stored !== sums.join("")) throw new Error("its checksums do not match");
      source.close();
      return;
    }
    const hash = createHash("sha256");
    yield { path, mode: header.mode, body: source.stream(sizeBytes, hash) };
    await source.takeAll(padding(sizeBytes));
    sums.push(checksumLine(path, hash.digest("hex")));
  }
}

function safePath(path: string): string {
  const parts = path.split("/");
  if (path.startsWith("/") || path.includes("\0") || parts.some((part) => ["", ".", ".."].includes(part)))
    throw new Error(`an entry has the path '${path}', which leads out of it`);
  return path;
}

/** A stream of bytes, taken in pieces of the taker's size. */
class Pieces {
  readonly #stream: ReturnType<typeof createReadStream>;
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: ReturnType<typeof createReadStream>) {
    this.#stream = stream;
    this.#source = stream[Symbol.asyncIterator]();
  }

  close(): void {
    this.#stream.destroy();
  }

  /** Null at the end of the stream. */
  async take(bytes: number): Promise<Buffer | null> {
    const pieces: Buffer[] = [];
    let missing = bytes;
    while (missing > 0) {
      const piece = await this.#next(missing);
      if (piece === null) return null;
      pieces.push(piece);
      missing -= piece.length;
    }
    return Buffer.concat(pieces);
  }

  async takeAll(bytes: number): Promise<Buffer> {
    const taken = await this.take(bytes);
    if (taken === null) throw new Error("it ends in the middle");
    return taken;
  }

  async *stream(bytes: number, hash: ReturnType<typeof createHash>): AsyncIterable<Uint8Array> {
    let missing = bytes;
    while (missing > 0) {
      const piece = await this.#next(missing);
      if (piece === null) throw new Error("it ends in the middle");
      missing -= piece.length;
      hash.update(piece);
      yield piece;
    }
  }

  async #next(atMost: number): Promise<Buffer | null> {
    if (this.#rest.length === 0) {
      const { done, value } = await this.#source.next();
      if (done === true) return null;
      this.#rest = value;
    }
    const piece = this.#rest.subarray(0, atMost);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }
}
