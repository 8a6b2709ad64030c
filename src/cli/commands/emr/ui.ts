import { setTimeout as delay } from "node:timers/promises";
import { command, flag, required, text } from "../../command.ts";
import type { Context } from "../../context.ts";
import { CONNECTION_OPTIONS, connect } from "../../emr/connection.ts";
import type { EmrClient } from "../../emr/emr-client.ts";
import { requireRun } from "../../emr/lookup.ts";
import type { JobRun } from "../../emr/wire.ts";
import { CliError } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";

const POLL_MS = 1_000;
/** A history server starts in seconds; a run may wait in line for long, and is not waited for. */
const MOST_POLLS = 180;

export const emrUi = command({
  path: ["emr", "ui"],
  summary: "Open Spark's own web pages of a run",
  details:
    "While the run lives they are its driver's; once it has ended, those of a Spark history server, which starts in a few seconds. The address opens them once, within five minutes, in one browser; ask for another as often as you like.",
  arguments: { run: required("run", "id of the run") },
  options: {
    printUrl: flag("--print-url", "print the address and open nothing (always so off a terminal)"),
    virtualCluster: text(
      "--virtual-cluster <name>",
      "virtual cluster of the run, by name or id (default: any)",
    ),
    ...CONNECTION_OPTIONS,
  },
  examples: [
    { command: "firesteel emr ui 000abc1d2e3f4g5h6i7", explanation: "jobs, stages, SQL plans of a run" },
    {
      command: "firesteel emr ui 000abc1d2e3f4g5h6i7 -o json | jq -r .url",
      explanation: "the address, for another browser",
    },
  ],
  async run(values, context) {
    const { print, io, host } = context;
    const { client } = await connect(values, context);
    const run = await requireRun(client, values.run, values.virtualCluster);
    const url = await addressOf(client, run, context);
    const opens = !values.printUrl && print.format === "table" && io.stdout.isTerminal;
    const opened = opens && (await host.openInBrowser(url));
    print.result({ run: run.id, url }, () => url);
    if (opened) print.note("Opened in your browser. The address above was for that alone.");
    return EXIT_CODES.ok;
  },
});

async function addressOf(client: EmrClient, run: JobRun, context: Context): Promise<string> {
  const ui = await client.createApplicationUi(run);
  let told: string | null = null;
  for (let poll = 0; poll < MOST_POLLS; poll += 1) {
    const url = await client.presignApplicationUi(ui);
    if (url !== null) return url;
    const reason = await client.applicationUiWaitsFor(ui);
    if (reason !== null && reason !== told) context.print.note(reason);
    told = reason ?? told;
    await delay(POLL_MS, undefined, { signal: context.signal });
  }
  throw new CliError(`the pages of run ${run.id} are not there yet: ${told ?? "no reason was given"}`, {
    hint: `Ask again with: firesteel emr ui ${run.id}`,
  });
}
