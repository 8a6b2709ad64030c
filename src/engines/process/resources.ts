import { readFile, realpath, stat } from "node:fs/promises";
import { dirname, join, normalize, sep } from "node:path";
import type { SparkDriverSpec } from "../../core/application/spec.ts";
import { LaunchError } from "../../core/ports/engine.ts";
import type { InstalledRuntime } from "../../core/ports/runtimes.ts";
import { type Properties, parseProperties } from "./properties-file.ts";
import {
  confOf,
  formatSubmitOptions,
  isConf,
  parseSubmitOptions,
  type SubmitOption,
} from "./submit-options.ts";

/** Where EMR's images keep Spark; `local://` paths below it mean the runtime's Spark home. */
const IMAGE_SPARK_HOME = "/usr/lib/spark";

const LIST_OPTIONS = new Set(["--jars", "--py-files", "--files", "--archives"]);
const LIST_PROPERTIES = new Set(["spark.jars", "spark.files", "spark.archives", "spark.submit.pyFiles"]);
const PATH_OPTIONS = new Set(["--driver-class-path", "--driver-library-path"]);
const PATH_PROPERTIES = new Set(["spark.driver.extraClassPath", "spark.driver.extraLibraryPath"]);

export interface ResourceContext {
  readonly runtime: InstalledRuntime;
  /** Folders of this machine that `file://` and `local://` may name. */
  readonly fileRoots: readonly string[];
}

/**
 * Answers the same application with every address that means a file of this machine replaced by its path, and with a
 * `--properties-file` read in place of `spark-defaults`, which is what the file replaces in SparkSubmit.
 * Throws {@link LaunchError} that names the address where it is not there or not allowed.
 */
export async function resolveResources<Spec extends SparkDriverSpec>(
  spec: Spec,
  context: ResourceContext,
): Promise<Spec> {
  const options: SubmitOption[] = [];
  const notes = [...(spec.notes ?? [])];
  let defaults: Properties = spec.configuration["spark-defaults"] ?? {};
  for (const option of parseSubmitOptions(spec.options)) {
    if (option.name === "--properties-file" && option.value !== null) {
      defaults = await readPropertiesFile(option.value, context);
      notes.push(...tooLate(option.value, defaults));
    } else options.push(await resolveOption(option, context));
  }
  const resolvedDefaults: Record<string, string> = {};
  for (const [key, value] of Object.entries(defaults)) {
    resolvedDefaults[key] = await resolveProperty(key, value, context);
  }
  return {
    ...spec,
    entryPoint: await resolveAddress(spec.entryPoint, context),
    options: formatSubmitOptions(options),
    configuration: { ...spec.configuration, "spark-defaults": resolvedDefaults },
    ...(notes.length === 0 ? {} : { notes }),
  };
}

async function resolveOption(option: SubmitOption, context: ResourceContext): Promise<SubmitOption> {
  if (option.value === null) return option;
  if (LIST_OPTIONS.has(option.name)) return { ...option, value: await resolveList(option.value, context) };
  if (PATH_OPTIONS.has(option.name)) return { ...option, value: resolveSearchPath(option.value, context) };
  const conf = isConf(option) ? confOf(option) : null;
  return conf === null
    ? option
    : { ...option, value: `${conf[0]}=${await resolveProperty(conf[0], conf[1], context)}` };
}

async function resolveProperty(key: string, value: string, context: ResourceContext): Promise<string> {
  if (LIST_PROPERTIES.has(key)) return resolveList(value, context);
  return PATH_PROPERTIES.has(key) ? resolveSearchPath(value, context) : value;
}

async function resolveList(value: string, context: ResourceContext): Promise<string> {
  const addresses = value.split(",").map((address) => address.trim());
  const resolved = addresses
    .filter((address) => address !== "")
    .map((address) => resolveAddress(address, context));
  return (await Promise.all(resolved)).join(",");
}

/** Java and the loader ignore what a search path names in vain, so only the image's Spark home is translated. */
function resolveSearchPath(value: string, { runtime }: ResourceContext): string {
  return value.replace(
    /(^|:)(?:local:\/\/)?\/usr\/lib\/spark(?=[/:]|$)/g,
    (_whole, before: string) => `${before}${runtime.sparkHome}`,
  );
}

/** `s3://` and every other remote scheme pass through: Hadoop's file systems serve them. */
async function resolveAddress(address: string, context: ResourceContext): Promise<string> {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(address)?.[1]?.toLowerCase() ?? null;
  if (scheme !== null && scheme !== "file" && scheme !== "local") return address;
  // `#name` renames a file or an archive where it is unpacked.
  const hash = address.indexOf("#");
  const [location, fragment] = hash < 0 ? [address, ""] : [address.slice(0, hash), address.slice(hash)];
  const path = localPath(location, scheme, address);
  if (scheme === "local" && isBelow(path, IMAGE_SPARK_HOME)) {
    const { sparkHome, python, name } = context.runtime;
    const inRuntime = join(sparkHome, path.slice(IMAGE_SPARK_HOME.length));
    const real = await existing(inRuntime, `${address}: the runtime ${name} has no such file.`);
    // A Spark home is made of links into the package of the runtime's own Python.
    const own = await Promise.all([realpath(sparkHome), realpath(dirname(dirname(python)))]);
    if (!own.some((folder) => isBelow(real, folder)))
      throw new LaunchError(`${address} leads out of the runtime ${name}.`);
    return inRuntime + fragment;
  }
  return (await belowFileRoot(path, address, context.fileRoots)) + fragment;
}

function localPath(location: string, scheme: string | null, address: string): string {
  if (scheme === null && !location.startsWith("/")) {
    throw new LaunchError(`${address} has no scheme: give an s3://, local:/// or file:/// address.`);
  }
  const rest = scheme === null ? location : location.slice(scheme.length + 1);
  const path = rest.replace(/^\/\/(?:localhost)?(?=\/)/, "");
  if (!path.startsWith("/") || path.startsWith("//")) {
    throw new LaunchError(`${address} names another host: write three slashes for a file of this machine.`);
  }
  return normalize(scheme === null ? path : decode(path));
}

/** An address that is no valid percent-encoding is taken as it is, as Spark's `Utils.resolveURI` does. */
function decode(path: string): string {
  return /%(?![0-9a-fA-F]{2})/.test(path) ? path : decodeURIComponent(path);
}

async function belowFileRoot(path: string, address: string, fileRoots: readonly string[]): Promise<string> {
  const roots =
    fileRoots.length === 0 ? "no folder is" : `only ${fileRoots.join(", ")} and what is below are`;
  const refusal = `${address} is not allowed: ${roots} open to jobs (setting engine.fileRoots).`;
  const inside = fileRoots.some((root) => isBelow(path, normalize(root)));
  // Said before the file is looked for: an answer must not tell what else is on this machine.
  if (!inside) throw new LaunchError(refusal);
  const real = await existing(path, `${address}: there is no such file.`);
  // Only roots that are written as a prefix of the path: another one may not even exist.
  for (const root of fileRoots) {
    if (isBelow(path, normalize(root)) && isBelow(real, await realpath(root))) return path;
  }
  throw new LaunchError(refusal);
}

/** The real path; of a pattern, that of the folder above its first wildcard. */
async function existing(path: string, missing: string): Promise<string> {
  const wildcard = path.search(/[*?[{]/);
  try {
    return await realpath(wildcard < 0 ? path : path.slice(0, path.lastIndexOf(sep, wildcard) + 1));
  } catch (error) {
    throw new LaunchError(missing, { cause: error });
  }
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** What was decided from a request's own properties before a file that it names is read. */
const DECIDED_BEFORE =
  /^spark\.(?:cores\.max|(?:driver|executor)\.(?:cores|memory)|executor\.instances|dynamicAllocation\.(?:enabled|maxExecutors)|eventLog\.rotation\..+|kubernetes\..+)$/;
const MOST_NAMED = 10;

function tooLate(address: string, properties: Properties): string[] {
  const keys = Object.keys(properties).filter((key) => DECIDED_BEFORE.test(key));
  if (keys.length === 0) return [];
  const more = keys.length > MOST_NAMED ? ` and ${keys.length - MOST_NAMED} more` : "";
  return [
    `--properties-file ${address}: no effect here: ${keys.slice(0, MOST_NAMED).join(", ")}${more}: what a run gets is decided before its files are read; give them by --conf or in spark-defaults`,
  ];
}

/** A pipe would be read for ever, and something large is no file of properties. */
const MOST_PROPERTIES_BYTES = 1_048_576;

async function readPropertiesFile(address: string, context: ResourceContext): Promise<Properties> {
  const path = await resolveAddress(address, context);
  if (!path.startsWith("/")) {
    throw new LaunchError(
      `--properties-file ${address}: spark-submit reads this file from the local file system only.`,
    );
  }
  const found = await stat(path);
  if (!found.isFile() || found.size > MOST_PROPERTIES_BYTES) {
    throw new LaunchError(
      `--properties-file ${address} is no file of at most ${MOST_PROPERTIES_BYTES} bytes.`,
    );
  }
  return parseProperties(await readFile(path, "utf8"));
}
