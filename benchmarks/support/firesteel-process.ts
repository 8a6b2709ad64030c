/**
 * A server with drivers in memory; from the socket to the disk, with its log written to a file, it is what production
 * runs. It ends with its standard input. Arguments: the data directory, and settings as JSON.
 */
import { openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { JoiningWriter } from "../../src/cli/output/joining-writer.ts";
import { startFakeEngineServer } from "../../test/support/fake-engine-server.ts";

const [dataDir = "", settings = "{}"] = process.argv.slice(2);
const log = openSync(join(dataDir, "..", "server.log"), "a");
// As `firesteel server` writes it.
const entries = new JoiningWriter((text) => writeSync(log, text));
const server = await startFakeEngineServer(
  dataDir,
  { "log.level": "info", ...JSON.parse(settings) },
  undefined,
  (entry) => entries.write(entry),
);
process.stdout.write(`${JSON.stringify({ url: server.url, credentials: server.administrator })}\n`);
process.stdin.resume().on("end", () => void server.close());
