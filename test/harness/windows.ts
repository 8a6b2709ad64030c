import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { waitFor } from "../support/wait-for.ts";

/** Points at which a server with windows can be held, each between two things that a crash may come between. */
export const WINDOWS = [
  /** A request is committed and not answered. */
  "before-answer",
  /** The launch is stored and not done. */
  "before-launch",
  /** The driver was launched and nothing of it is stored. */
  "after-launch",
  /** The driver has ended and that is not stored. */
  "before-exit",
  /** The end was asked for and the driver not told. */
  "before-kill",
  /** The driver was told to end and that is not stored. */
  "after-kill",
  /** Half of a piece of a log is in the bucket. */
  "half-append",
  /** A piece of a log is in the bucket and that is not stored. */
  "after-append",
  /** A file of a rotated log is whole and its object has not got its name. */
  "before-move",
  /** It has got it and that is not stored. */
  "after-move",
] as const;
export type Window = (typeof WINDOWS)[number];

const RELEASE_TIMEOUT_MS = 120_000;

/** Where a server and a test meet: the test asks for a window to be held, the server says that it has come to it. */
export class Windows {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The test's side: whoever comes to this window next stops there. */
  async hold(window: Window): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    await writeFile(this.#path(window, "hold"), "");
  }

  /** What came to the window: an application or an operation. */
  reached(window: Window, timeoutMs: number): Promise<string> {
    return waitFor(`the server to come to ${window}`, timeoutMs, () =>
      readFile(this.#path(window, "reached"), "utf8").catch(() => null),
    );
  }

  /** Lets everybody through again. */
  async open(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** The server's side: goes on at once unless the window is held; then once it is open. */
  async pass(window: Window, who: string): Promise<void> {
    if (!this.isHeld(window)) return;
    const said = this.#path(window, `${process.pid}.partial`);
    await writeFile(said, who);
    await rename(said, this.#path(window, "reached"));
    await this.untilOpen(window);
  }

  /** The server's side: waits where the window is held, without having come to it. */
  async untilOpen(window: Window): Promise<void> {
    if (!this.isHeld(window)) return;
    await waitFor(`${window} to be open`, RELEASE_TIMEOUT_MS, async () => !this.isHeld(window));
  }

  isHeld(window: Window): boolean {
    return existsSync(this.#path(window, "hold"));
  }

  #path(window: Window, what: string): string {
    return join(this.#directory, `${window}.${what}`);
  }
}
