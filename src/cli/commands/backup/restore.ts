import { resolve } from "node:path";
import { command, flag, required } from "../../command.ts";
import { CliError } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { runningServer } from "../../machine/server-record.ts";
import { passphraseFile, passphraseMissing, readPassphrase } from "./passphrase.ts";

export const backupRestore = command({
  path: ["backup", "restore"],
  summary: "Make a data directory of a backup",
  details: `Restores into the directory that --data-dir names, which must be new or empty. It becomes a node of its own: runs that waited are started by its server; runs whose drivers were running have failed, and say so.

With --replace, database and keys of an existing data directory go back to the backup, on the machine that it was made on; everything else stays, drivers that still run are adopted, and what was replaced is kept under backups/.`,
  arguments: { file: required("file", "the backup") },
  options: {
    passphraseFile,
    withoutKeys: flag("--without-keys", "leave the keys sealed: put keys/at-rest.key there before the start"),
    replace: flag("--replace", "put database and keys back into the directory that the backup is of"),
  },
  examples: [
    {
      command: "firesteel backup restore b.tar --data-dir ./restored --passphrase-file p",
      explanation: "into a new directory, also on another machine",
    },
    {
      command: "firesteel backup restore b.tar --replace --passphrase-file p",
      explanation: "in place, after the database was damaged",
    },
  ],
  async run(values, context) {
    const { host, machine, print, settings } = context;
    const running = await runningServer(settings.dataDir);
    if (running !== null) {
      throw new CliError(`a server runs on ${settings.dataDir}: ${running.url} (pid ${running.pid})`, {
        hint: "Stop it with `firesteel stop` first.",
      });
    }
    const passphrase = values.withoutKeys ? null : await readPassphrase(values.passphraseFile, context);
    if (passphrase === null && !values.withoutKeys) throw passphraseMissing("leave them sealed");
    const file = resolve(machine.workingDirectory, values.file);
    const restored = await host.backups().restore(file, passphrase, values.replace);
    print.result({ ...restored, dataDir: settings.dataDir }, () =>
      [
        `Restored ${settings.dataDir} as of ${print.time(restored.createdAt)}`,
        ...(restored.runsLost === 0
          ? []
          : [`Runs that lost their drivers and have failed: ${restored.runsLost}`]),
        ...(restored.replaced === null ? [] : [`What was replaced is in ${restored.replaced}`]),
      ].join("\n"),
    );
    if (!restored.keysRestored)
      print.warn("without its keys this directory's server cannot start: put keys/at-rest.key there first");
    if (restored.database === "postgresql")
      print.warn("the database is in PostgreSQL: restore the dump that was made with this backup");
    return EXIT_CODES.ok;
  },
});
