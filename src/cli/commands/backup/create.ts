import { resolve } from "node:path";
import { formatSetting } from "../../../config/load.ts";
import { SETTING_NAMES } from "../../../config/settings.ts";
import { command, flag, required } from "../../command.ts";
import type { Context } from "../../context.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { BACKUP_EXTRAS } from "../../host.ts";
import { formatBytes } from "../../output/time.ts";
import { passphraseFile, passphraseMissing, readPassphrase } from "./passphrase.ts";

export const backupCreate = command({
  path: ["backup", "create"],
  summary: "Back up the data directory into one file, also while its server runs",
  details: `The file holds the database as of one moment, the key that opens stored secrets (sealed under a passphrase), and the records and logs of runs in flight. Buckets, CloudWatch streams and audit files are added on request; runtimes and caches never are. Where the database is in PostgreSQL, back it up with pg_dump beside this.`,
  arguments: { target: required("file", "the file to make, or a directory to make it in") },
  options: {
    passphraseFile,
    withoutKeys: flag("--without-keys", "leave the keys out: stored secrets cannot be opened without them"),
    buckets: flag("--include-buckets", "add all buckets"),
    logs: flag("--include-logs", "add CloudWatch streams"),
    audit: flag("--include-audit", "add audit files"),
  },
  examples: [
    {
      command: "firesteel backup create /backups --passphrase-file ~/.firesteel-passphrase",
      explanation: "a file named by the time",
    },
    {
      command: "firesteel backup create all.tar --include-buckets --without-keys",
      explanation: "with the data, without the keys",
    },
  ],
  async run(values, context) {
    const { host, machine, print } = context;
    const passphrase = values.withoutKeys ? null : await readPassphrase(values.passphraseFile, context);
    if (passphrase === null && !values.withoutKeys) throw passphraseMissing("leave the keys out");
    const extras = BACKUP_EXTRAS.filter((extra) => values[extra]);
    const target = resolve(machine.workingDirectory, values.target);
    const made = await host.backups().create(target, passphrase, extras, changedSettings(context));
    print.result({ ...made, keys: passphrase !== null, extras }, () =>
      print.fields([
        ["Backup", `${made.file} (${formatBytes(made.sizeBytes)})`],
        ["Keys", passphrase === null ? "left out" : "sealed"],
        ["Runs in flight", String(made.runsInFlight)],
        ["Also", extras.length === 0 ? "nothing" : extras.join(", ")],
      ]),
    );
    if (made.database === "postgresql")
      print.warn("the database is in PostgreSQL and not in this file: back it up with pg_dump");
    return EXIT_CODES.ok;
  },
});

/** For whoever reads the backup: settings that are not at their defaults. */
function changedSettings({ loaded, settings }: Context): Record<string, string> {
  const changed = SETTING_NAMES.filter((name) => loaded.sources[name].kind !== "default");
  return Object.fromEntries(changed.map((name) => [name, formatSetting(name, settings[name])]));
}
