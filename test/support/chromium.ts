import { execFile } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { installOnce } from "../../src/runtimes/install-once.ts";
import { testNodePackages } from "./node-packages.ts";
import { cacheDirectory } from "./runtime.ts";

const execute = promisify(execFile);
const DRIVER = "puppeteer-core@25.16.0";

/** Where a Chromium is, and what it needs to be started. */
export interface Chromium {
  readonly program: string;
  readonly libraries: string;
  /** The module that drives it. */
  readonly driver: string;
}

/**
 * A Chromium: the system's, else Debian's package, with the libraries that the system lacks, in the shared cache. It is
 * unpacked there and not installed, so that no system changes and nobody needs to be root. Answers why not where it
 * cannot be had.
 */
export async function chromium(): Promise<Chromium | string> {
  const driver = join(await testNodePackages([DRIVER]), "puppeteer-core");
  const present = (process.env.PATH ?? "")
    .split(delimiter)
    .map((directory) => join(directory, "chromium"))
    .find((file) => existsSync(file) && statSync(file).isFile());
  if (present !== undefined) return { program: present, libraries: "", driver };
  try {
    const { stdout } = await execute("apt-cache", ["policy", "chromium"]);
    const version = /Candidate: (\S+)/.exec(stdout)?.[1] ?? "(none)";
    if (version === "(none)") return "apt knows no package chromium: run apt-get update";
    const root = await unpacked(version);
    return { program: programIn(root), libraries: (await librariesIn(root)).join(delimiter), driver };
  } catch (error) {
    return `Debian's package chromium cannot be had: ${error}`;
  }
}

function programIn(root: string): string {
  return join(root, "usr", "lib", "chromium", "chromium");
}

function unpacked(version: string): Promise<string> {
  return installOnce({
    directory: join(cacheDirectory, "test-environments"),
    name: `chromium-${version.replace(/[^\w.-]/g, "_")}`,
    load: async (path) => (existsSync(programIn(path)) ? path : null),
    onProgress: () => undefined,
    build: async (partial) => {
      const archives = join(partial, "archives");
      await mkdir(archives, { recursive: true });
      const { stdout } = await execute("apt-get", ["-s", "--no-install-recommends", "install", "chromium"]);
      const names = [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, name = ""]) => name);
      await execute("apt-get", ["download", ...names], { cwd: archives });
      for (const archive of await readdir(archives))
        await execute("dpkg", ["-x", join(archives, archive), partial]);
      await rm(archives, { recursive: true });
    },
  });
}

/** The directories with libraries of packages that are not installed. */
async function librariesIn(root: string): Promise<string[]> {
  const files = await readdir(join(root, "usr", "lib"), { recursive: true, withFileTypes: true });
  const libraries = files.filter(
    ({ name, parentPath }) => /\.so(\.|$)/.test(name) && !parentPath.startsWith(dirname(programIn(root))),
  );
  return [...new Set(libraries.map(({ parentPath }) => parentPath))];
}
