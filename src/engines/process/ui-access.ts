import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { formatProperties, parseProperties } from "./properties-file.ts";
import { isMissing } from "./records.ts";
import { runPaths } from "./run-paths.ts";

/** How a run's web pages are reached: by the server alone, which knows the secret. */
export interface UiAccess {
  /** Where Spark begins to look for a free port. */
  readonly port: number;
  /** What `firesteel.ui.ServerOnly` asks of every request. */
  readonly secret: string;
}

/** The header that carries the secret: `UiSecret.java` reads it. */
export const UI_SECRET_HEADER = "x-firesteel-ui-secret";

/** Spark tries this many ports from the first on (`spark.port.maxRetries`). */
export const PORT_RETRIES = 16;

const FILE = join("conf", "ui.properties");
const SECRET_BYTES = 32;

/** A fresh secret, and a port that is free now; should somebody take it meanwhile, Spark takes one behind it. */
export async function newUiAccess(): Promise<UiAccess> {
  return { port: await freePort(), secret: randomBytes(SECRET_BYTES).toString("base64url") };
}

/** The file of the run's configuration directory that the run's pages and this server read, by its path there. */
export function uiAccessFile({ port, secret }: UiAccess): Record<string, string> {
  return { [FILE]: formatProperties({ port: String(port), secret }) };
}

/** Null where the run's pages are not for the server to show. */
export async function readUiAccess(runDirectory: string): Promise<UiAccess | null> {
  let text: string;
  try {
    text = await readFile(join(runPaths(runDirectory).configuration, "ui.properties"), "utf8");
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  const { port, secret } = parseProperties(text);
  return { port: Number(port), secret: secret ?? "" };
}

/**
 * The filter that lets only the server in, for a version of Spark: its servlets are Jakarta's from 4.0 on
 * (SPARK-47118).
 */
export function uiFilter(sparkVersion: string): string {
  return Number.parseInt(sparkVersion, 10) >= 4
    ? "firesteel.ui.ServerOnlyJakarta"
    : "firesteel.ui.ServerOnly";
}

function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once("error", reject);
  server.listen({ host: "127.0.0.1", port: 0 }, () => {
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    server.close(() => resolve(port));
  });
  return promise;
}
