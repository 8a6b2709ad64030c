import { command } from "../command.ts";
import { EXIT_CODES } from "../exit-codes.ts";

export const ps = command({
  path: ["ps"],
  summary: "List the processes of running drivers",
  details: "The pids are those of this machine. Works without a server too: drivers outlive it.",
  examples: [
    { command: "firesteel ps", explanation: "what runs" },
    { command: "firesteel ps -o json | jq '.[].pid'", explanation: "the pids, for a script" },
  ],
  async run(_values, { host, print }) {
    const processes = await host.processes();
    print.result(processes, () =>
      print.table(
        [{ title: "APPLICATION" }, { title: "RUN" }, { title: "ROLE" }, { title: "PID", align: "right" }],
        processes.map(({ application, run, role, pid }) => [application, run, role, String(pid)]),
        "No drivers are running.",
      ),
    );
    return EXIT_CODES.ok;
  },
});
