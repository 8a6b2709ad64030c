import { once } from "node:events";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Settings } from "../../../config/settings.ts";
import { command, flag, text } from "../../command.ts";
import type { Context } from "../../context.ts";
import { CliError, hasCode, messageOf } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import type { Host, StartedServer } from "../../host.ts";
import { prepareReadyFile, removeReadyFile, writeReadyFile } from "../../machine/ready-file.ts";
import { runningServer } from "../../machine/server-record.ts";
import { untilGone } from "../../machine/until-gone.ts";
import { JoiningWriter } from "../../output/joining-writer.ts";
import { formatLogEntry, isAnsweredRead } from "../../output/log-entry.ts";
import type { Printer } from "../../output/printer.ts";
import { type EphemeralDirectory, ephemeralDirectory } from "./ephemeral.ts";

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

For tests: --ephemeral keeps everything in a temporary data directory; at the server's end its drivers are ended and the directory is removed. --ready-file tells where the server is, and its key, once requests are accepted. \`firesteel reset\` and \`firesteel snapshot\` put such a server back to its beginning or to a saved state.

The log is JSON, one entry a line. On a terminal it is made readable, and leaves out reads that were answered unless --log-level is debug.`,
  options: {
    port: text("--port <number>", "port to listen on; 0 takes a free one (server.port)"),
    host: text("--host <address>", "address to listen on (server.host)"),
    tls: flag("--tls", "speak HTTPS, with a certificate of the local authority or tls.cert (tls.enabled)"),
    domain: text("--domain <name>", "give each workspace a host name below this one (server.domain)"),
    logLevel: text("--log-level <level>", "least severe entry to log (log.level)"),
    ephemeral: flag("--ephemeral", "keep everything in a temporary directory that is removed at the end"),
    readyFile: text("--ready-file <file>", "JSON to write once requests are accepted; removed at the end"),
    exitWith: text("--exit-with <pid>", "end, as by SIGTERM, when this process is gone"),
  },
  examples: [
    { command: "firesteel server", explanation: "on the usual port and data directory" },
    { command: "firesteel server --port 7071 --data-dir ./data", explanation: "another server beside it" },
    {
      command: "firesteel server --tls --domain spark.example.com --port 443 --host ::",
      explanation: "workspaces at https://<deployment>.spark.example.com",
    },
    {
      command: 'eval "$(firesteel env)" && aws emr-containers list-virtual-clusters',
      explanation: "then, in another terminal: call it",
    },
    {
      command: "firesteel server --ephemeral --port 0 --ready-file ready.json --exit-with $PPID",
      explanation: "for the tests of one process, which may end in any way",
    },
  ],
  async run(values, context) {
    const { loaded, machine, print, signal } = context;
    for (const warning of loaded.warnings) print.warn(warning);
    const ends = [signal, ...(values.exitWith === undefined ? [] : [await untilGone(values.exitWith)])];
    const readyFile =
      values.readyFile === undefined ? null : resolve(machine.workingDirectory, values.readyFile);
    if (readyFile !== null) await prepareReadyFile(readyFile);
    const ephemeral = values.ephemeral ? await ephemeralDirectory(context) : null;
    const { settings, host } = ephemeral ?? context;
    let closed = true;
    try {
      if (ephemeral === null) await requireNoServer(settings);
      const started = await start(host, settings, context);
      try {
        if (readyFile !== null)
          await writeReadyFile(readyFile, { url: started.url, dataDir: settings.dataDir });
        const end = AbortSignal.any(ends);
        const swept = ephemeral === null ? null : removeAbandoned(ephemeral, print);
        if (!end.aborted) await once(end, "abort");
        await swept;
      } finally {
        if (readyFile !== null) await removeReadyFile(readyFile);
        closed = await closes(started, settings["server.shutdownGraceSeconds"] * 1000);
      }
    } finally {
      await ephemeral?.remove();
    }
    // Whoever does not hang up must not keep the server from ending: what matters is stored.
    if (!closed) process.exit(EXIT_CODES.ok);
    return EXIT_CODES.ok;
  },
});

/** What servers that were killed have left goes with the next one, which has no time for it before it is ready. */
async function removeAbandoned(ephemeral: EphemeralDirectory, print: Printer): Promise<void> {
  try {
    for (const directory of await ephemeral.removeAbandoned())
      print.note(`Removed ${directory}, which a server that was killed had left, and ended its drivers`);
  } catch (error) {
    print.warn(`what a server that was killed has left could not be removed: ${messageOf(error)}`);
  }
}

async function requireNoServer({ dataDir }: Settings): Promise<void> {
  const running = await runningServer(dataDir);
  if (running === null) return;
  throw new CliError(`a server runs on ${dataDir} already: ${running.url} (pid ${running.pid})`, {
    hint: "Stop it with `firesteel stop`, or give this one another --data-dir.",
  });
}

function start(host: Host, settings: Settings, { io, print }: Context): Promise<StartedServer> {
  const { isTerminal } = io.stdout;
  const showsReads = ["trace", "debug"].includes(settings["log.level"]);
  const entries = new JoiningWriter((text) => io.stdout.write(text));
  process.once("exit", () => entries.flush());
  return host
    .startServer({
      log: (entry) => {
        if (!isTerminal) entries.write(entry);
        else if (showsReads || !isAnsweredRead(entry)) print.line(formatLogEntry(entry, print.style));
      },
      announce: isTerminal ? (line) => print.line(line) : null,
    })
    .catch((error: unknown) => {
      throw explained(error, settings);
    });
}

/** Whether the server has drained within its grace. */
async function closes(started: StartedServer, graceMs: number): Promise<boolean> {
  const late = delay(graceMs, false, { ref: false });
  return Promise.race([started.close().then(() => true), late]);
}
