import type { LoadedSettings } from "../config/load.ts";
import type { Machine } from "../config/machine.ts";
import type { Settings } from "../config/settings.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Host, HostFactory } from "./host.ts";
import type { Io } from "./io.ts";
import type { Printer } from "./output/printer.ts";

/** What every command's handler is given. */
export interface Context {
  readonly io: Io;
  readonly print: Printer;
  readonly machine: Machine;
  readonly settings: Settings;
  readonly loaded: LoadedSettings;
  readonly clock: Clock;
  readonly host: Host;
  /** For commands that work on another data directory. */
  readonly hostFor: HostFactory;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  readonly version: string;
}
