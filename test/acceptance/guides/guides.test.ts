import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort } from "../../support/free-port.ts";
import { testNodePackages } from "../../support/node-packages.ts";
import { sparkRuntime, testPython } from "../../support/runtime.ts";
import { scriptedBrowser } from "../../support/scripted-browser.ts";
import { type ServerProcess, startServerProcess } from "../../support/server.ts";
import { makeTemporaryDirectory } from "../../support/temporary.ts";
import { type Block, matches, type Step, stepsOf } from "./guide.ts";

/**
 * Runs what the guides tell a reader to type, each guide in one shell and an empty directory that looks like a clone,
 * against a server of its own. Conventions: guide.ts.
 */
const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));
const GUIDES = join(REPOSITORY, "docs", "guides");
const CLIENTS = ["boto3==1.44.5", "awscli==1.46.3"];
/** What a guide's reader has installed, where it is more. */
const PYTHON_PACKAGES: Readonly<Record<string, string[]>> = {
  "testing.md": ["boto3==1.44.5", "pytest==9.2.0"],
  "single-sign-on.md": ["databricks-sdk==0.156.0", "pyjwt==2.10.1", "cryptography==46.0.3"],
};
const NODE_PACKAGES: Readonly<Record<string, string[]>> = {
  "testing.md": ["@aws-sdk/client-emr-containers@3.623.0"],
};
/** Settings of the guide's server that name files of its clone. */
const CLONE_SETTINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "a-workspace-in-five-minutes.md": { FIRESTEEL_CLOUD_LOCAL_FILE: "cloud.json" },
};
const GUIDE_TIMEOUT_MS = 900_000;

/** Commands that run a block of a language; others may only be files, or be marked as not run. */
const RUNNERS: Readonly<Record<string, (file: string) => string>> = {
  sh: (file) => `. ./${file}`,
  python: (file) => `python ${file}`,
};

const guides = (await readdir(GUIDES)).filter((name) => name !== "README.md").sort();

// Two at once: each waits for its driver most of the time.
describe("what the guides tell to type", { concurrency: 2 }, () => {
  for (const guide of guides) {
    describe(`docs/guides/${guide}`, { timeout: GUIDE_TIMEOUT_MS, concurrency: 1 }, async () => {
      const steps = stepsOf(await readFile(join(GUIDES, guide), "utf8"));
      const directory = await makeTemporaryDirectory();
      const outcomes = new Map<Block, { exitCode: string; printed: string }>();
      let server: ServerProcess;
      let shellErrors = "";

      before(async () => {
        await sparkRuntime();
        const python = await testPython(PYTHON_PACKAGES[guide] ?? CLIENTS);
        const home = join(directory.path, "home");
        const clone = join(directory.path, "clone");
        const settings = Object.entries(CLONE_SETTINGS[guide] ?? {});
        server = await startServerProcess(
          join(directory.path, "data"),
          Object.fromEntries(settings.map(([name, file]) => [name, join(clone, file)])),
        );
        await mkdir(join(clone, "bin"), { recursive: true });
        await mkdir(home);
        await symlink(join(REPOSITORY, "bin", "firesteel"), join(clone, "bin", "firesteel"));
        for (const name of ["examples", "README.md"])
          await symlink(join(REPOSITORY, name), join(clone, name));
        const nodePackages = NODE_PACKAGES[guide];
        if (nodePackages !== undefined)
          await symlink(await testNodePackages(nodePackages), join(clone, "node_modules"));
        shellErrors = await runSteps(steps, clone, {
          ...process.env,
          // A `node --test` that a guide starts is a run of its own, no part of this one.
          NODE_TEST_CONTEXT: undefined,
          HOME: home,
          PATH: [dirname(python), dirname(process.execPath), process.env.PATH].join(delimiter),
          FIRESTEEL_DATA_DIR: server.dataDir,
          FIRESTEEL_CACHE_DIR: dirname(dirname(dirname(dirname(python)))),
          AWS_EC2_METADATA_DISABLED: "true",
          AWS_PAGER: "",
          // Guides run beside each other, and beside the SDK for Python, which must have the port that is taken by default.
          DATABRICKS_OAUTH_CALLBACK_PORT: String(await freePort()),
          // Logs in by itself, as the server's first user.
          ...(await scriptedBrowser(directory.path, {
            userName: server.clientEnvironment.DATABRICKS_USERNAME ?? "",
            password: server.clientEnvironment.DATABRICKS_PASSWORD ?? "",
          })),
        });
        for (const { block } of steps) {
          const read = (name: string) => readFile(join(clone, `block-${block.line}.${name}`), "utf8");
          const exitCode = await read("code").catch(() => null);
          if (exitCode !== null)
            outcomes.set(block, { exitCode: exitCode.trim(), printed: await read("out") });
        }
      });
      after(async () => {
        await server?.endWithApplications();
        await directory.remove();
      });

      for (const { block, expected } of steps) {
        if (block.file !== null) continue;
        it(`line ${block.line} (${block.language}) does what the text says`, {
          skip: block.notRun ?? false,
        }, () => {
          const outcome = outcomes.get(block);
          assert.ok(outcome !== undefined, `the shell ended before it: ${shellErrors}\n${server?.output()}`);
          assert.equal(outcome.exitCode, "0", outcome.printed);
          assert.ok(
            expected === null || matches(outcome.printed, expected.text),
            `printed:\n${outcome.printed}\nexpected by line ${expected?.line}:\n${expected?.text}`,
          );
        });
      }
    });
  }
});

/** Saves the files and runs the commands in one shell; each command's output and exit code are kept beside it. */
async function runSteps(steps: readonly Step[], directory: string, env: NodeJS.ProcessEnv): Promise<string> {
  const script: string[] = [];
  for (const { block } of steps) {
    if (block.file !== null) await writeFile(join(directory, block.file), block.text);
    if (block.file !== null || block.notRun !== null) continue;
    const runner = RUNNERS[block.language];
    if (runner === undefined) throw new Error(`line ${block.line}: nothing runs ${block.language || "this"}`);
    const name = `block-${block.line}`;
    await writeFile(join(directory, name), block.text);
    // As a terminal shows it: stdout and stderr together.
    script.push(`{ ${runner(name)}; } >${name}.out 2>&1; echo $? >${name}.code`);
  }
  await writeFile(join(directory, "guide.sh"), `${script.join("\n")}\n`);
  const shell = spawn("/bin/sh", ["guide.sh"], {
    cwd: directory,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: GUIDE_TIMEOUT_MS,
  });
  let output = "";
  for (const stream of [shell.stdout, shell.stderr]) stream.on("data", (piece) => (output += piece));
  await once(shell, "close");
  return output;
}
