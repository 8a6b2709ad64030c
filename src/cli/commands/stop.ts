import { command, flag } from "../command.ts";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { endApplications } from "../machine/end-applications.ts";
import { waitForExit } from "../machine/process.ts";
import { runningServer } from "../machine/server-record.ts";

/** Beyond the grace: time to close what a drain leaves open. */
const MARGIN_MS = 5000;

export const stop = command({
  path: ["stop"],
  summary: "Stop the server of the data directory",
  details:
    "The server answers what it was asked and ends. Drivers go on without it unless --applications is given.",
  options: { applications: flag("--applications", "end all drivers too") },
  examples: [
    { command: "firesteel stop", explanation: "stop the server, leave drivers running" },
    { command: "firesteel stop --applications", explanation: "stop everything" },
  ],
  async run(values, context) {
    const { print } = context;
    const server = await stopServer(context);
    // After the server: it would start waiting runs where others end.
    const graceMs = context.settings["engine.killGraceSeconds"] * 1000;
    const applications = values.applications ? await endApplications(context.host, graceMs) : [];
    print.result({ server, applications }, () =>
      [
        server === null
          ? `No server was running on ${context.settings.dataDir}`
          : `Stopped the server at ${server.url} (pid ${server.pid})`,
        ...(values.applications
          ? [`Ended ${applications.length} application${applications.length === 1 ? "" : "s"}`]
          : []),
      ].join("\n"),
    );
    return EXIT_CODES.ok;
  },
});

async function stopServer({ settings }: Context): Promise<{ url: string; pid: number } | null> {
  const server = await runningServer(settings.dataDir);
  if (server === null) return null;
  process.kill(server.pid, "SIGTERM");
  const graceMs = settings["server.shutdownGraceSeconds"] * 1000 + MARGIN_MS;
  if (!(await waitForExit(server.pid, graceMs))) {
    throw new CliError(`the server (pid ${server.pid}) has not ended within ${graceMs / 1000} s`, {
      hint: `Its drivers survive if you end it by force: kill -9 ${server.pid}`,
    });
  }
  return { url: server.url, pid: server.pid };
}
