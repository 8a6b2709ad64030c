import type { OutputStream } from "../io.ts";
import { harmless } from "./table.ts";

const CLEAR_LINE = "\r\u001b[K";
/** Off a terminal, a line that only changed its details is repeated no more often than this. */
const QUIET_MS = 5000;

/**
 * One line that tells what is going on. On a terminal it is rewritten in place; elsewhere it becomes plain lines,
 * few enough for a log file.
 */
export class LiveLine {
  readonly #stream: OutputStream;
  readonly #now: () => number;
  #shown = "";
  #lastTopic = "";
  #lastPrintedAtMs = Number.NEGATIVE_INFINITY;

  constructor(stream: OutputStream, now: () => number) {
    this.#stream = stream;
    this.#now = now;
  }

  /** `topic` is what the line is about: a new one is always printed. */
  update(topic: string, text: string): void {
    const line = harmless(text);
    if (this.#stream.isTerminal) {
      this.#shown = line.slice(0, Math.max(10, this.#stream.columns - 1));
      this.#stream.write(CLEAR_LINE + this.#shown);
      return;
    }
    if (line === this.#shown) return;
    if (topic === this.#lastTopic && this.#now() - this.#lastPrintedAtMs < QUIET_MS) return;
    this.#shown = line;
    this.#lastTopic = topic;
    this.#lastPrintedAtMs = this.#now();
    this.#stream.write(`${line}\n`);
  }

  /** Takes the line off a terminal, so that something else can be written. */
  clear(): void {
    if (this.#stream.isTerminal && this.#shown !== "") this.#stream.write(CLEAR_LINE);
    if (this.#stream.isTerminal) this.#shown = "";
  }
}

/** `[#####.....] 50 %`; an unknown share is an empty bar. */
export function progressBar(fraction: number | null, width = 24): string {
  if (fraction === null) return `[${".".repeat(width)}]`;
  const share = Math.min(1, Math.max(0, fraction));
  const filled = Math.round(share * width);
  return `[${"#".repeat(filled)}${".".repeat(width - filled)}] ${String(Math.floor(share * 100)).padStart(3)} %`;
}
