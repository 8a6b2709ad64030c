import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CommandError, type Environment, runCommand } from "./command.ts";
import { Downloader } from "./download.ts";
import { readPipConfiguration } from "./pip-configuration.ts";
import { fetchPipWheel, pipFor } from "./pip-wheel.ts";
import { type OnProgress, pipProgress } from "./progress.ts";
import type { Python } from "./python.ts";

/** What every step of an installation needs. */
export interface InstallContext {
  readonly environment: Environment;
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal | undefined;
}

/** Options of the user's that would send packages elsewhere than into the environment, and Python's own. */
const UNWANTED = [
  "PIP_USER",
  "PIP_TARGET",
  "PIP_PREFIX",
  "PIP_REQUIRE_VIRTUALENV",
  "PYTHONHOME",
  "PYTHONPATH",
];

/**
 * Makes a virtual environment with pip in `directory` and answers its interpreter. Needs neither `venv` nor
 * `ensurepip` nor `pip` of the Python: Debian packs them apart.
 */
export async function createEnvironment(
  directory: string,
  python: Python,
  context: InstallContext,
): Promise<string> {
  context.onProgress({ step: `preparing Python ${python.version}`, fraction: null });
  await mkdir(directory, { recursive: true });
  const command = { environment: childEnvironment(context.environment), signal: context.signal };
  try {
    await runCommand(python.executable, ["-m", "venv", "--without-pip", directory], command);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    await createByHand(directory, python);
  }
  const interpreter = join(directory, "bin", "python");
  await installPip(directory, interpreter, python, context);
  return interpreter;
}

/** Installs packages with pip; further arguments (`--target DIR`) may follow them. */
export async function installPackages(
  interpreter: string,
  packages: readonly string[],
  context: InstallContext,
): Promise<void> {
  // 24.1 is the first that prints its progress for programs; one from ensurepip may be older.
  const version = await runCommand(interpreter, ["-m", "pip", "--version"], {
    environment: childEnvironment(context.environment),
    signal: context.signal,
  });
  const [, major = 0, minor = 0] = (/^pip (\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  const progressBar = major > 24 || (major === 24 && minor >= 1) ? "raw" : "off";
  await runCommand(interpreter, ["-m", "pip", "install", "--progress-bar", progressBar, ...packages], {
    environment: childEnvironment(context.environment),
    signal: context.signal,
    onLine: pipProgress(context.onProgress),
  });
}

/** Makes the environment's scripts name `to`, where it is about to be moved: they start with the interpreter's path. */
export async function relocateScripts(directory: string, to: string): Promise<void> {
  const bin = join(directory, "bin");
  for (const entry of await readdir(bin, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(bin, entry.name);
    const text = await readFile(path, "latin1");
    if (text.includes(directory)) await writeFile(path, text.replaceAll(directory, to), "latin1");
  }
}

async function installPip(
  directory: string,
  interpreter: string,
  python: Python,
  context: InstallContext,
): Promise<void> {
  const { environment, signal } = context;
  const command = { environment: childEnvironment(environment), signal };
  const { indexUrl, certificates, proxy } = readPipConfiguration(environment);
  const pinned = pipFor(python.minor);
  using downloader = new Downloader({ environment, certificates, proxy, signal });
  const wheel = await fetchPipWheel(downloader, indexUrl, pinned).catch(asError);
  if (wheel instanceof Error) {
    signal?.throwIfAborted();
    // An index that only pip can read (keyring, client certificates, none at all): the pip that Python brings.
    await runCommand(interpreter, ["-m", "ensurepip", "--default-pip"], command).catch((error: unknown) => {
      throw new Error(`no pip: ${wheel.message}; ${asError(error).message}`, { cause: error });
    });
    return;
  }
  const file = join(directory, pinned.fileName);
  await writeFile(file, wheel);
  await runCommand(interpreter, [`${file}/pip`, "install", "--no-index", "--no-deps", file], command);
  await rm(file);
}

/** What the venv module would do, for a Python that lacks it. Its layout: PEP 405. */
async function createByHand(directory: string, python: Python): Promise<void> {
  const minor = `python3.${python.minor}`;
  await rm(directory, { recursive: true, force: true });
  await mkdir(join(directory, "lib", minor, "site-packages"), { recursive: true });
  await mkdir(join(directory, "bin"));
  await symlink(python.executable, join(directory, "bin", "python"));
  for (const name of ["python3", minor]) await symlink("python", join(directory, "bin", name));
  const settings = [
    `home = ${dirname(python.executable)}`,
    "include-system-site-packages = false",
    `version = ${python.version}`,
  ];
  await writeFile(join(directory, "pyvenv.cfg"), `${settings.join("\n")}\n`);
}

function childEnvironment(environment: Environment): Environment {
  const kept = Object.entries(environment).filter(([name]) => !UNWANTED.includes(name));
  return {
    ...Object.fromEntries(kept),
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_NO_INPUT: "1",
    PYTHONUNBUFFERED: "1",
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
