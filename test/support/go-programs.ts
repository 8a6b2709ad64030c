import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { installOnce } from "../../src/runtimes/install-once.ts";
import { GO } from "./compiled-programs.ts";
import { cacheDirectory } from "./runtime.ts";

const execute = promisify(execFile);

/**
 * A program that is a Go module's root, built from the module proxy into the shared cache where it is not there yet
 * (minutes). The module's contents are verified by Go's checksum database. Answers the executable's path.
 *
 * `go install module@version` would ask the proxy for the list of versions too, which not every proxy gives.
 */
export function goProgram(module: string, version: string): Promise<string> {
  const name = module.slice(module.lastIndexOf("/") + 1);
  return installOnce({
    directory: join(cacheDirectory, "go-programs"),
    name: `${name}@${version}`,
    load: async (path) => (existsSync(join(path, name)) ? join(path, name) : null),
    onProgress: () => undefined,
    async build(partial) {
      const source = join(partial, "source");
      await mkdir(source, { recursive: true });
      await writeFile(join(source, "go.mod"), `module build\n\ngo 1.22\n\nrequire ${module} ${version}\n`);
      await execute(GO.compiler ?? "go", ["build", "-mod=mod", "-o", join(partial, name), module], {
        cwd: source,
      });
    },
  });
}
