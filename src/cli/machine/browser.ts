import { spawn } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../config/machine.ts";

/** How long a starter has to say that there is no browser. */
const START_MS = 2_000;

/**
 * Opens an address in the desktop's browser; answers whether one could be started. The browser gets a file that leads
 * to the address and that only its user can read: everybody on this machine can read command lines.
 */
export async function openInBrowser(url: string, environment: Environment): Promise<boolean> {
  const starter = starterOf(process.platform, environment);
  if (starter === null) return false;
  const file = join(await mkdtemp(join(tmpdir(), "firesteel-open-")), "open.html");
  await writeFile(file, pageTo(url), { mode: 0o600 });
  return starts(starter, file);
}

/** Null where nobody sits in front of a desktop. */
export function starterOf(platform: NodeJS.Platform, environment: Environment): string | null {
  // Where somebody says which: Debian's sensible-browser, Python's webbrowser and xdg-open all ask it; some put more than a program into it.
  if (/^[^\s%:]+$/.test(environment.BROWSER ?? "")) return environment.BROWSER ?? null;
  if (platform === "darwin") return "open";
  return environment.DISPLAY || environment.WAYLAND_DISPLAY ? "xdg-open" : null;
}

export function pageTo(url: string): string {
  const address = url.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${address}"><title>Firesteel</title><a href="${address}">Open the page</a>\n`;
}

/** It may go on for as long as the browser does: only an end at once, with an error, says that there is none. */
function starts(program: string, file: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const child = spawn(program, [file], { detached: true, stdio: "ignore" });
  const timer = setTimeout(() => resolve(true), START_MS);
  child.once("error", () => resolve(false));
  child.once("exit", (code) => resolve(code === 0));
  child.unref();
  return promise.finally(() => clearTimeout(timer));
}
