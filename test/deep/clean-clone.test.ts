import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { temporaryDirectory } from "../support/temporary.ts";

const REPOSITORY = join(import.meta.dirname, "..", "..");
const TIMEOUT_MS = 15 * 60_000;

/** What of the environment a newcomer's machine has too: mirrors, proxies and certificates of the network. */
const NETWORK = /^(npm_config_|PIP_|.*_proxy$|.*_PROXY$|.*CA_.*|.*CERT.*|LANG$)/;

test("the README's demo runs on a clean clone with an empty home, empty caches and no Java on the PATH", {
  timeout: TIMEOUT_MS,
}, async (context) => {
  const directory = await temporaryDirectory(context);
  const clone = join(directory, "clone");
  const home = join(directory, "home");
  const tools = join(directory, "tools");
  await mkdir(home);
  await mkdir(tools);
  await linkToolsWithoutJava(tools);
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => NETWORK.test(name))),
    HOME: home,
    PATH: tools,
    npm_config_cache: join(home, ".npm"),
  };
  await succeeds("git", ["clone", "--quiet", REPOSITORY, clone], { cwd: directory, env });
  const output = await succeeds("sh", ["-c", "npm ci && npm run demo"], { cwd: clone, env });
  assert.match(output, /COMPLETED/);
  assert.match(output, /Pi is roughly 3\.1/);
  assert.match(output, /pears\s+4\.50/);
});

/** Every command of this machine but Java's, and no Node of the project's own that a package script put on the PATH. */
async function linkToolsWithoutJava(tools: string): Promise<void> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (folder.includes("node_modules")) continue;
    for (const name of await readdir(folder).catch(() => [])) {
      if (/^(java|javac|jar|keytool)/.test(name)) continue;
      // The first folder that has a command wins, as on the PATH.
      await symlink(join(folder, name), join(tools, name)).catch(() => undefined);
    }
  }
}

async function succeeds(
  command: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<string> {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (piece) => {
      output += piece;
    });
  const [code] = await once(child, "exit");
  assert.equal(code, 0, `${command} ${args.join(" ")}:\n${output}`);
  return output;
}
