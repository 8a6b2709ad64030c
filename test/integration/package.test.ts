import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const INSTALL_TIMEOUT_MS = 300_000;
const DEMO_TIMEOUT_MS = 600_000;

describe("the npm package", { timeout: INSTALL_TIMEOUT_MS + DEMO_TIMEOUT_MS }, () => {
  let directory: string;
  let firesteel: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "firesteel-package-"));
    await npm(["pack", "--pack-destination", directory], ROOT);
    const tarball = (await readdir(directory)).find((name) => name.endsWith(".tgz"));
    assert.ok(tarball, "npm pack wrote no tarball");
    const prefix = join(directory, "prefix");
    await npm(
      ["install", "--prefix", prefix, "--no-audit", "--no-fund", join(directory, tarball)],
      directory,
    );
    firesteel = join(prefix, "node_modules", ".bin", "firesteel");
  });
  after(() => rm(directory, { recursive: true, force: true }));

  function run(args: readonly string[], timeout: number) {
    // Elsewhere than the clone, so that nothing of it can be found by accident.
    return execute(firesteel, args, { cwd: tmpdir(), timeout, env: installedEnvironment() });
  }

  it("carries no TypeScript and no tests", async () => {
    const installed = join(directory, "prefix", "node_modules", "firesteel");
    const files = await readdir(installed, { recursive: true });
    assert.deepEqual(
      files.filter((file) => /\.ts$|\.test\.|^src\b|^test\b/.test(file) && !file.startsWith("node_modules")),
      [],
    );
  });

  it("tells its version, on a Node that it brought", async () => {
    const { stdout } = await run(["--version"], INSTALL_TIMEOUT_MS);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it("runs the demo", async () => {
    const { stdout } = await run(["demo", "-o", "json"], DEMO_TIMEOUT_MS);
    const result = JSON.parse(stdout) as {
      succeeded: boolean;
      runs: { name: string; state: string; firstLine: string }[];
    };
    assert.deepEqual(
      result.runs.map(({ name, state }) => [name, state]),
      [
        ["spark-pi", "COMPLETED"],
        ["word-count", "COMPLETED"],
        ["spark-sql", "COMPLETED"],
      ],
    );
    assert.match(result.runs[0]?.firstLine ?? "", /^Pi is roughly 3\.1/);
    assert.match(result.runs[2]?.firstLine ?? "", /^pears\s4\.50$/);
    assert.equal(result.succeeded, true);
  });
});

function npm(args: readonly string[], cwd: string) {
  return execute("npm", args, { cwd, timeout: INSTALL_TIMEOUT_MS });
}

/** Without what npm sets for scripts of the clone: it would lead the package back to the clone. */
function installedEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith("npm_"));
  const path = (process.env.PATH ?? "").split(":").filter((entry) => !entry.startsWith(ROOT));
  return { ...Object.fromEntries(entries), PATH: path.join(":") };
}
