import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { installOnce } from "../../src/runtimes/install-once.ts";
import { cacheDirectory } from "./runtime.ts";

const execute = promisify(execFile);

/**
 * A `node_modules` with these packages (pinned, such as `left-pad@1.3.0`) in the shared cache; made where it is not
 * there yet. For clients that only tests have, so that nobody who installs Firesteel's own dependencies pays for them.
 */
export async function testNodePackages(packages: string[]): Promise<string> {
  const identity = JSON.stringify([...packages].sort());
  return installOnce({
    directory: join(cacheDirectory, "test-environments"),
    name: `node-${createHash("sha256").update(identity).digest("hex").slice(0, 12)}`,
    load: async (path) => (existsSync(join(path, "node_modules")) ? join(path, "node_modules") : null),
    onProgress: () => undefined,
    build: async (partial) => {
      await mkdir(partial, { recursive: true });
      await writeFile(join(partial, "package.json"), "{}");
      const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--save-exact"];
      await execute("npm", ["install", ...options, ...packages], { cwd: partial });
    },
  });
}
