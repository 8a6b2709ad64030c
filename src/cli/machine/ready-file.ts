import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CliError, hasCode } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { readAdminEnv } from "./admin-env.ts";

/**
 * What a server that accepts requests says of itself to whoever started it. A stable format: members are only ever
 * added (docs/guides/testing.md).
 */
export interface ReadyFile {
  readonly version: 1;
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  /** `s3://bucket/key` is the file `<bucketsDir>/bucket/key`. */
  readonly bucketsDir: string;
  readonly account: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Variables that point AWS's clients, and the commands of this program, at the server. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Removes what an earlier server has left under this name, so that nobody takes it for the new server's. Throws where
 * no file can be made there.
 */
export async function prepareReadyFile(file: string): Promise<void> {
  const folder = await stat(dirname(file)).catch(() => null);
  const present = await stat(file).catch(() => null);
  if (folder?.isDirectory() !== true || (present !== null && !present.isFile())) {
    throw new CliError(`--ready-file: ${file} cannot be written`, {
      exitCode: EXIT_CODES.usage,
      hint: "Name a file in a directory that exists.",
    });
  }
  await rm(file, { force: true });
}

/** Writes the file as a whole, readable by its owner only: it holds a secret. */
export async function writeReadyFile(file: string, server: { url: string; dataDir: string }): Promise<void> {
  const content = await describe(server);
  const partial = `${file}.${randomUUID()}`;
  try {
    const handle = await open(partial, "wx", 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    } finally {
      await handle.close();
    }
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
}

/** Removes the file, unless another server has written its own under this name. */
export async function removeReadyFile(file: string): Promise<void> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  });
  if (text?.includes(`"pid": ${process.pid},`)) await rm(file, { force: true });
}

async function describe({ url, dataDir }: { url: string; dataDir: string }): Promise<ReadyFile> {
  const admin = await readAdminEnv(dataDir);
  const value = (name: string) => {
    const found = admin?.get(name);
    if (found === undefined) throw new Error(`${join(dataDir, "admin.env")} has no ${name}`);
    return found;
  };
  const { port, protocol } = new URL(url);
  return {
    version: 1,
    url,
    port: Number(port || (protocol === "https:" ? "443" : "80")),
    pid: process.pid,
    dataDir,
    bucketsDir: join(dataDir, "buckets"),
    account: value("AWS_ACCOUNT_ID"),
    region: value("AWS_REGION"),
    accessKeyId: value("AWS_ACCESS_KEY_ID"),
    secretAccessKey: value("AWS_SECRET_ACCESS_KEY"),
    environment: { ...Object.fromEntries(admin ?? []), FIRESTEEL_DATA_DIR: dataDir },
  };
}
