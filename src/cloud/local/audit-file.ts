import { type FileHandle, mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CutShortError } from "../../core/ports/append.ts";
import type { AuditFiles, AuditLog, AuditPiece, AuditRecord, AuditTrail } from "../../core/ports/audit.ts";
import type { Clock } from "../../core/ports/clock.ts";

export interface AuditFileOptions {
  /** Where the files go: `audit-YYYY-MM-DD.jsonl`, one a day in UTC, readable by the owner alone. */
  readonly directory: string;
  readonly clock: Clock;
  /** Called when records could not be written or had to be dropped; `message` is for the operator. */
  readonly onProblem: (message: string, cause: unknown) => void;
  /** Records kept while the disk refuses them. */
  readonly maxWaiting?: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const READ_BYTES = 1024 * 1024;
const LINE_FEED = 0x0a;

interface Line {
  readonly day: string;
  readonly text: string;
}

/** Between two writes of a busy server, in milliseconds: a write costs much more than the line that it adds. */
const REST_MS = 3;

/**
 * Audit records as JSON lines. Whatever arrives during a write goes into the next one, so a busy server writes large
 * pieces and an idle one writes at once. A failed write is tried again with the next record.
 */
export class AuditFile implements AuditLog, AuditFiles, AuditTrail {
  readonly #options: AuditFileOptions;
  readonly #maxWaiting: number;
  #waiting: Line[] = [];
  #file: { readonly day: string; readonly handle: FileHandle } | null = null;
  #writing: Promise<void> | null = null;
  #day = { at: Number.NaN, text: "" };
  /** A write that failed may have left part of a line. */
  #midLine = false;

  constructor(options: AuditFileOptions) {
    this.#options = options;
    this.#maxWaiting = options.maxWaiting ?? 10_000;
  }

  record(record: AuditRecord): void {
    if (this.#waiting.length >= this.#maxWaiting) {
      this.#options.onProblem("An audit record was dropped: too many are waiting to be written", null);
      return;
    }
    this.#waiting.push({ day: this.#today(), text: `${JSON.stringify(record)}\n` });
    this.#writing ??= this.#drain();
  }

  /** Resolves when everything recorded so far is written or was reported as not written. */
  async flush(): Promise<void> {
    this.#writing ??= this.#drain();
    await this.#writing;
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#closeFile();
  }

  async removeBefore(timeMs: number): Promise<number> {
    // A day's file is that old once the day is over.
    const old = (await this.days()).filter((day) => Date.parse(day) + DAY_MS <= timeMs);
    for (const day of old) await rm(this.#pathOf(day), { force: true });
    return old.length;
  }

  async days(): Promise<readonly string[]> {
    const names = await readdir(this.#options.directory).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    return names.flatMap((name) => /^audit-(\d{4}-\d{2}-\d{2})\.jsonl$/.exec(name)?.[1] ?? []).sort();
  }

  async read(day: string, startByte: number, maxBytes: number): Promise<AuditPiece> {
    const handle = await open(this.#pathOf(day), "r").catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    // Retention removed it since the days were listed.
    if (handle === null) return { lines: [], endByte: startByte, isLast: true };
    try {
      const { size } = await handle.stat();
      if (size < startByte)
        throw new CutShortError(`the audit records of ${day} have ${size} bytes, not ${startByte}`);
      const pieces: Buffer[] = [];
      let length = 0;
      // A line that is longer than all that was asked for is read to its end.
      for (let whole = 0; whole === 0 || length < maxBytes; ) {
        const { buffer, bytesRead } = await handle.read(
          Buffer.alloc(READ_BYTES),
          0,
          READ_BYTES,
          startByte + length,
        );
        if (bytesRead === 0) break;
        const piece = buffer.subarray(0, bytesRead);
        pieces.push(piece);
        if (piece.includes(LINE_FEED)) whole = length + piece.lastIndexOf(LINE_FEED) + 1;
        length += bytesRead;
      }
      const all = Buffer.concat(pieces);
      const end = all.lastIndexOf(LINE_FEED) + 1;
      const lines = all.toString("utf8", 0, end).split("\n");
      return {
        lines: lines.filter((line) => line !== ""),
        endByte: startByte + end,
        isLast: startByte + length >= size,
      };
    } finally {
      await handle.close();
    }
  }

  #pathOf(day: string): string {
    return join(this.#options.directory, `audit-${day}.jsonl`);
  }

  #today(): string {
    const nowMs = this.#options.clock.now();
    const at = Math.floor(nowMs / DAY_MS);
    if (this.#day.at !== at) this.#day = { at, text: new Date(nowMs).toISOString().slice(0, 10) };
    return this.#day.text;
  }

  async #drain(): Promise<void> {
    // Let the callers' own work go first, and gather what arrives in the same turn.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      while (this.#waiting.length > 0) {
        await this.#writeDay();
        await delay(REST_MS);
      }
    } catch (cause) {
      this.#options.onProblem("Audit records could not be written and wait for the next one", cause);
    } finally {
      this.#writing = null;
    }
  }

  /** Writes the foremost waiting lines that are of one day; they leave the queue once they are written. */
  async #writeDay(): Promise<void> {
    const day = this.#waiting[0]?.day ?? "";
    const end = this.#waiting.findIndex((line) => line.day !== day);
    const lines = this.#waiting.slice(0, end === -1 ? this.#waiting.length : end);
    const handle = await this.#open(day);
    const text = lines.map((line) => line.text).join("");
    const bytes = Buffer.from(this.#midLine ? `\n${text}` : text);
    try {
      // A disk that is about to be full takes a part, and says so only for the rest.
      for (let written = 0; written < bytes.length; )
        written += (await handle.write(bytes, written)).bytesWritten;
    } catch (cause) {
      this.#midLine = true;
      throw cause;
    }
    this.#midLine = false;
    this.#waiting.splice(0, lines.length);
  }

  async #open(day: string): Promise<FileHandle> {
    if (this.#file?.day === day) return this.#file.handle;
    await this.#closeFile();
    await mkdir(this.#options.directory, { recursive: true, mode: 0o700 });
    const handle = await open(this.#pathOf(day), "a+", 0o600);
    this.#file = { day, handle };
    this.#midLine = await endsMidLine(handle);
    return handle;
  }

  async #closeFile(): Promise<void> {
    const handle = this.#file?.handle;
    this.#file = null;
    await handle?.close();
  }
}

/** A server that died while it wrote leaves half a line, which the next line must not continue. */
async function endsMidLine(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() !== "\n";
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
