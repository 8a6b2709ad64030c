import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Writes a program that logs in by itself, and answers what makes it the browser of this user. */
export async function scriptedBrowser(
  directory: string,
  { userName, password }: { readonly userName: string; readonly password: string },
): Promise<Record<"BROWSER" | "LOG_IN_USER" | "LOG_IN_PASSWORD", string>> {
  const program = join(directory, "log-in-browser");
  const script = join(import.meta.dirname, "log-in-browser.ts");
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
  await chmod(program, 0o755);
  return { BROWSER: program, LOG_IN_USER: userName, LOG_IN_PASSWORD: password };
}
