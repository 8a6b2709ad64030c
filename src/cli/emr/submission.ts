import { basename, extname } from "node:path";
import { CliError } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import type { StartJobRunRequest } from "./wire.ts";

/** What `emr run` was asked for. */
export interface RunValues {
  readonly script: string;
  readonly args: readonly string[];
  readonly input: readonly string[];
  readonly class: string | undefined;
  readonly conf: readonly string[];
  readonly jars: readonly string[];
  readonly pyFiles: readonly string[];
  readonly files: readonly string[];
  readonly hivevar: readonly string[];
  readonly database: string | undefined;
  readonly name: string | undefined;
  readonly releaseLabel: string | undefined;
  readonly executionRole: string | undefined;
  readonly logUri: string | undefined;
}

/** A file of this machine and the object it is to become. */
export interface Upload {
  readonly path: string;
  readonly uri: string;
}

export interface Submission {
  readonly request: StartJobRunRequest;
  readonly uploads: readonly Upload[];
}

export interface SubmissionDefaults {
  /** `s3://bucket/prefix` for this run's own files; null where files of this machine cannot be uploaded. */
  readonly uploadTo: string | null;
  readonly executionRole: string | null;
  readonly logUri: string | null;
}

export const DEFAULT_RELEASE_LABEL = "emr-7.7.0-latest";
const RUN_NAME_MAX_CHARACTERS = 64;
const URI = /^[a-z][a-z0-9+.-]*:\//i;

/**
 * Makes the StartJobRun request, and the list of files to upload first: the script, inputs, jars and modules that are
 * paths of this machine. The URIs of the inputs follow the script's own arguments, in order.
 */
export function planSubmission(values: RunValues, defaults: SubmissionDefaults): Submission {
  const uploads: Upload[] = [];
  const used = new Set<string>();
  const place = (path: string, folder: string): string => {
    if (URI.test(path)) return path;
    if (defaults.uploadTo === null) {
      throw new CliError(`${path} is a file of this machine, and the server runs elsewhere`, {
        exitCode: EXIT_CODES.usage,
        hint: "Copy it to a bucket that the server can read and name it as s3://BUCKET/KEY.",
      });
    }
    const known = uploads.find((upload) => upload.path === path);
    if (known !== undefined) return known.uri;
    let uri = `${defaults.uploadTo}/${folder}${basename(path)}`;
    for (let copy = 2; used.has(uri); copy += 1)
      uri = `${defaults.uploadTo}/${folder}${copy}/${basename(path)}`;
    used.add(uri);
    uploads.push({ path, uri });
    return uri;
  };

  const entryPoint = place(values.script, "");
  const executionRoleArn = values.executionRole ?? defaults.executionRole;
  if (executionRoleArn === null) {
    throw new CliError("no execution role", {
      exitCode: EXIT_CODES.usage,
      hint: "Name one that the server's account has: --execution-role arn:aws:iam::ACCOUNT:role/NAME",
    });
  }
  const listOf = (option: string, paths: readonly string[], folder: string) => {
    const uris = paths.flatMap(splitList);
    return uris.length === 0 ? [] : [option, uris.map((path) => place(path, folder)).join(",")];
  };
  const isSql = isSqlFile(values.script);
  refuseForeignOptions(values, isSql);
  const parameters = [
    ...(values.class === undefined ? [] : ["--class", values.class]),
    ...listOf("--jars", values.jars, "jars/"),
    ...listOf("--py-files", values.pyFiles, "py-files/"),
    ...listOf("--files", values.files, "files/"),
    ...values.conf.flatMap((assignment) => ["--conf", checkAssignment("--conf", assignment)]),
    ...values.hivevar.flatMap((assignment) => ["--hivevar", checkAssignment("--hivevar", assignment)]),
    ...(values.database === undefined ? [] : ["--database", values.database]),
  ]
    .map(quoteParameter)
    .join(" ");
  const entryPointArguments = [...values.args, ...values.input.map((path) => place(path, "input/"))];
  const logUri = values.logUri ?? defaults.logUri;
  return {
    uploads,
    request: {
      name: values.name ?? nameFor(values.script),
      executionRoleArn,
      releaseLabel: values.releaseLabel ?? DEFAULT_RELEASE_LABEL,
      jobDriver: isSql
        ? {
            sparkSqlJobDriver: {
              entryPoint,
              ...(parameters === "" ? {} : { sparkSqlParameters: parameters }),
            },
          }
        : {
            sparkSubmitJobDriver: {
              entryPoint,
              ...(entryPointArguments.length === 0 ? {} : { entryPointArguments }),
              ...(parameters === "" ? {} : { sparkSubmitParameters: parameters }),
            },
          },
      ...(logUri === null
        ? {}
        : { configurationOverrides: { monitoringConfiguration: { s3MonitoringConfiguration: { logUri } } } }),
    },
  };
}

/** The paths of this machine among what a run names. */
export function localFiles(values: RunValues): string[] {
  const lists = [...values.jars, ...values.pyFiles, ...values.files].flatMap(splitList);
  return [values.script, ...values.input, ...lists].filter((path) => !URI.test(path));
}

/** A file of SQL statements is known by its name, as a script and a JAR are to spark-submit. */
function isSqlFile(script: string): boolean {
  return extname(script).toLowerCase() === ".sql";
}

/** Throws where an option or an argument can mean nothing to the kind of program. */
function refuseForeignOptions(values: RunValues, isSql: boolean): void {
  const given = isSql
    ? [
        ["arguments", values.args.length > 0],
        ["--input", values.input.length > 0],
        ["--class", values.class !== undefined],
        ["--py-files", values.pyFiles.length > 0],
      ]
    : [
        ["--hivevar", values.hivevar.length > 0],
        ["--database", values.database !== undefined],
      ];
  const foreign = given.find(([, isGiven]) => isGiven)?.[0];
  if (foreign === undefined) return;
  throw isSql
    ? new CliError(`${foreign}: a .sql file takes none`, {
        exitCode: EXIT_CODES.usage,
        hint: "Hand values to it by --hivevar NAME=VALUE, such as the s3:// address of a file that it reads.",
      })
    : new CliError(`${foreign} is for .sql files`, {
        exitCode: EXIT_CODES.usage,
        hint: "A script or a JAR takes arguments, after its name.",
      });
}

/** Quotes a word so that the service's tokeniser gives it back whole (emr-b.md 1.4). */
export function quoteParameter(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `"${word.replace(/["\\]/g, "\\$&")}"`;
}

/** A run is named after its script: the model allows `[.\-_/#A-Za-z0-9]`, at most 64. */
function nameFor(script: string): string {
  const name = basename(script, extname(script)).replace(/[^.\-_/#A-Za-z0-9]/g, "-");
  return name.slice(0, RUN_NAME_MAX_CHARACTERS) || "run";
}

function splitList(value: string): string[] {
  return value.split(",").filter((path) => path !== "");
}

const EXAMPLES = { "--conf": "spark.sql.shuffle.partitions=8", "--hivevar": "day=2026-11-22" } as const;

function checkAssignment(option: keyof typeof EXAMPLES, assignment: string): string {
  if (assignment.indexOf("=") > 0) return assignment;
  throw new CliError(`${option} ${assignment}: expected KEY=VALUE`, {
    exitCode: EXIT_CODES.usage,
    hint: `Such as: ${option} ${EXAMPLES[option]}`,
  });
}
