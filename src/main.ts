import { readFile } from "node:fs/promises";
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { thisMachine, xdgDirectory } from "./config/machine.ts";

// Nobody else reads process.env: it travels from here as part of the machine.
const machine = thisMachine(process.env);

// `bin/firesteel` sets NODE_COMPILE_CACHE; this serves those who start this file by itself. A cache that cannot be
// written is no reason to stop.
enableCompileCache(
  machine.environment.NODE_COMPILE_CACHE ||
    join(machine.environment.FIRESTEEL_CACHE_DIR || xdgDirectory(machine, "XDG_CACHE_HOME"), "node"),
);

const [{ runCli }, { processIo, Interruption }, { typedName }, { createHost }, { systemClock }] =
  await Promise.all([
    import("./cli/run-cli.ts"),
    import("./cli/process-io.ts"),
    import("./cli/spelling.ts"),
    import("./host.ts"),
    import("./cloud/local/system-clock.ts"),
  ]);

const packageFile = new URL("../package.json", import.meta.url);
const { version } = JSON.parse(await readFile(packageFile, "utf8")) as { version: string };

const interruption = new Interruption();
process.exitCode = await runCli(process.argv.slice(2), {
  io: processIo(interruption),
  machine,
  clock: systemClock,
  signal: interruption.signal,
  version,
  commandName: typedName(machine),
  hostFor: (settings) => createHost(settings, machine.environment, version),
});
