import { command, flag, text } from "../command.ts";
import type { Context } from "../context.ts";
import { checkCertificates } from "../doctor/certificates.ts";
import { type Check, warn } from "../doctor/check.ts";
import { reportDisk } from "../doctor/disk-report.ts";
import {
  judgeCacheDirectory,
  judgeCapacity,
  judgeDataDirectory,
  judgeIsolation,
  judgeJava,
  judgeNode,
  judgePort,
  judgePython,
  judgeRuntimes,
  type PortFacts,
} from "../doctor/judge.ts";
import { probeDirectory, probePort, probePython } from "../doctor/probe.ts";
import { checkWorkspaces } from "../doctor/workspaces.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { runningServer } from "../machine/server-record.ts";

export const doctor = command({
  path: ["doctor"],
  summary: "Check this machine: what is there, what is missing, how to mend it",
  details:
    "Every check is ok, warn (it works, with a limit) or fail. The exit code is 1 where something needed is missing.",
  options: {
    port: text("--port <number>", "port that a server is to use (server.port)"),
    disk: flag("--disk", "show what the data and the caches take instead"),
  },
  examples: [
    { command: "firesteel doctor", explanation: "check everything" },
    { command: "firesteel doctor --disk", explanation: "where the room went" },
    { command: "firesteel doctor --port 7071 -o json", explanation: "for another port, for a script" },
  ],
  async run({ disk }, context) {
    if (disk) return reportDisk(context);
    const { print } = context;
    const checks = await allChecks(context);
    print.result(checks, () => {
      const table = print.table(
        [{ title: "CHECK" }, { title: "STATUS" }, { title: "FOUND" }],
        checks.map(({ name, status, finding }) => [name, status, finding]),
      );
      const remedies = checks.flatMap(({ name, remedy }) => (remedy === null ? [] : [`${name}: ${remedy}`]));
      return remedies.length === 0
        ? table
        : `${table}\n\n${print.style.bold("To mend")}\n${remedies.join("\n")}`;
    });
    return checks.some(({ status }) => status === "fail") ? EXIT_CODES.failed : EXIT_CODES.ok;
  },
});

async function allChecks(context: Context): Promise<Check[]> {
  const { host, loaded, machine, settings } = context;
  const { environment } = machine;
  const [toolchain, runtimes, dataDirectory, cacheDirectory, port] = await Promise.all([
    host.toolchain(),
    host.runtimes().then((found) => found.list()),
    probeDirectory(settings.dataDir),
    probeDirectory(settings.cacheDir),
    portFacts(settings),
  ]);
  const [python] = toolchain.pythons;
  return [
    judgeNode(process.versions.node, process.execPath),
    judgePython(python === undefined ? null : await probePython(python, environment)),
    judgeJava(toolchain.javas),
    judgeRuntimes(runtimes, settings["runtimes.autoInstall"]),
    judgeDataDirectory(dataDirectory),
    judgeCacheDirectory(cacheDirectory, runtimes.length > 0),
    judgeCapacity(settings["engine.process.cores"], settings["engine.process.memoryBudget"]),
    judgePort(settings["server.host"], settings["server.port"], port),
    judgeIsolation(settings["engine.process.sandbox"], toolchain.sandboxProblem),
    ...(port.kind === "ours"
      ? [...(await checkCertificates(port.url, context)), ...(await checkWorkspaces(port.url, context))]
      : []),
    ...loaded.warnings.map((warning) => warn("Settings", warning, "Correct or unset it.")),
  ];
}

async function portFacts(settings: Context["settings"]): Promise<PortFacts> {
  const server = await runningServer(settings.dataDir);
  if (server !== null) return { kind: "ours", url: server.url };
  const reason = await probePort(settings["server.host"], settings["server.port"]);
  return reason === null ? { kind: "free" } : { kind: "taken", reason };
}
