import { join } from "node:path";
import type { Clock } from "../core/ports/clock.ts";
import { CommandError, type Environment } from "./command.ts";
import { findJavas, type Java, probeJava } from "./java.ts";
import { UnsupportedRuntimeError } from "./plan.ts";
import { findPythons, isExecutable, type Python } from "./python.ts";

export interface MachineOptions {
  readonly environment: Environment;
  /** The user's choices; null to search. */
  readonly python: string | null;
  readonly javaHome: string | null;
  readonly clock: Clock;
}

/** How long a search that found nothing fitting is believed. */
const SEARCH_VALID_MS = 30_000;

interface Search<Found> {
  readonly atMs: number;
  readonly found: Promise<Found[]>;
}

/** The Pythons and Javas of this machine. Remembers them: asking each starts a process. */
export class Machine {
  readonly #options: MachineOptions;
  #pythons: Search<Python> | null = null;
  #javas: Search<Java> | null = null;
  #explicitJava: Promise<Java> | null = null;

  constructor(options: MachineOptions) {
    this.#options = options;
  }

  /** Throws {@link UnsupportedRuntimeError} where the user's choice is no Python. */
  async pythons(): Promise<Python[]> {
    const { python, environment } = this.#options;
    this.#pythons = this.#renewed(this.#pythons, () => findPythons(python, environment));
    return this.#pythons.found.catch(explained("runtimes.python"));
  }

  /** Those found before, while one of these major versions is among them; else those of a new search. */
  async javas(useful: readonly number[]): Promise<Java[]> {
    const known = present(await (this.#javas?.found ?? []));
    if (known.some(({ version }) => useful.includes(version))) return known;
    this.#javas = this.#renewed(this.#javas, () => findJavas(this.#options.environment));
    return present(await this.#javas.found);
  }

  /** The Java that the user chose. Throws {@link UnsupportedRuntimeError} where it is none. */
  async explicitJava(): Promise<Java | null> {
    const { javaHome, environment } = this.#options;
    if (javaHome === null) return null;
    this.#explicitJava ??= probeJava(join(javaHome, "bin", "java"), environment);
    return this.#explicitJava.catch((error: unknown) => {
      this.#explicitJava = null;
      return explained("runtimes.javaHome")(error);
    });
  }

  #renewed<Found>(search: Search<Found> | null, start: () => Promise<Found[]>): Search<Found> {
    const now = this.#options.clock.now();
    return search !== null && now - search.atMs < SEARCH_VALID_MS ? search : { atMs: now, found: start() };
  }
}

function present(javas: readonly Java[]): Java[] {
  return javas.filter(({ home }) => isExecutable(join(home, "bin", "java")));
}

function explained(setting: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof CommandError)) throw error;
    throw new UnsupportedRuntimeError(`The setting ${setting} does not work: ${error.message}`, {
      cause: error,
    });
  };
}
