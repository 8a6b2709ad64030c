import { once } from "node:events";
import type { Settings } from "../../../config/settings.ts";
import { command, text } from "../../command.ts";
import { CliError, hasCode, messageOf } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { runningServer } from "../../machine/server-record.ts";
import { formatLogEntry, isAnsweredRead } from "../../output/log-entry.ts";

/** Says what to do where the address cannot be had. */
function explained(error: unknown, settings: Settings): unknown {
  const address = `${settings["server.host"]}:${settings["server.port"]}`;
  if (hasCode(error, "EADDRINUSE")) {
    return new CliError(`another program listens on ${address}`, {
      hint: "Take another port with --port, a free one with --port 0, or stop that program.",
      cause: error,
    });
  }
  if (hasCode(error, "EACCES") || hasCode(error, "EADDRNOTAVAIL")) {
    return new CliError(`cannot listen on ${address}: ${messageOf(error)}`, {
      hint: "Take another address with --host and --port.",
      cause: error,
    });
  }
  return error;
}

export const server = command({
  path: ["server"],
  summary: "Run the server, in the foreground",
  details: `Listens on 127.0.0.1:7070 unless told otherwise. Ctrl-C and SIGTERM drain it; drivers go on, and the next start finds them again. What a client needs is in DIR/admin.env.

The log is JSON, one entry a line. On a terminal it is made readable, and leaves out reads that were answered unless --log-level is debug.`,
  options: {
    port: text("--port <number>", "port to listen on; 0 takes a free one (server.port)"),
    host: text("--host <address>", "address to listen on (server.host)"),
    logLevel: text("--log-level <level>", "least severe entry to log (log.level)"),
  },
  examples: [
    { command: "firesteel server", explanation: "on the usual port and data directory" },
    { command: "firesteel server --port 7071 --data-dir ./data", explanation: "another server beside it" },
    {
      command: 'eval "$(firesteel env)" && aws emr-containers list-virtual-clusters',
      explanation: "then, in another terminal: call it",
    },
  ],
  async run(_values, { host, io, loaded, print, settings, signal }) {
    for (const warning of loaded.warnings) print.warn(warning);
    const running = await runningServer(settings.dataDir);
    if (running !== null) {
      throw new CliError(
        `a server runs on ${settings.dataDir} already: ${running.url} (pid ${running.pid})`,
        {
          hint: "Stop it with `firesteel stop`, or give this one another --data-dir.",
        },
      );
    }
    const { isTerminal } = io.stdout;
    const showsReads = ["trace", "debug"].includes(settings["log.level"]);
    const started = await host
      .startServer({
        log: (entry) => {
          if (!isTerminal) io.stdout.write(entry);
          else if (showsReads || !isAnsweredRead(entry)) print.line(formatLogEntry(entry, print.style));
        },
        announce: isTerminal ? (line) => print.line(line) : null,
      })
      .catch((error: unknown) => {
        throw explained(error, settings);
      });
    if (!signal.aborted) await once(signal, "abort");
    // Whoever does not hang up must not keep the server from ending: what matters is stored.
    const graceMs = settings["server.shutdownGraceSeconds"] * 1000;
    setTimeout(() => process.exit(EXIT_CODES.ok), graceMs).unref();
    await started.close();
    return EXIT_CODES.ok;
  },
});
