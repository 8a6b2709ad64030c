import type { RuntimeRequirement } from "../application/spec.ts";

/** A Spark distribution on this machine, with the Java and the Python that run it. */
export interface InstalledRuntime {
  /** Directory name below `runtimes/`, such as `spark-3.5.9`. */
  readonly name: string;
  /** Full version, such as `3.5.9`. */
  readonly sparkVersion: string;
  readonly sparkHome: string;
  readonly javaHome: string;
  readonly javaVersion: number;
  /** The Python interpreter of the runtime's own environment. */
  readonly python: string;
}

export type RuntimeStatus =
  | {
      readonly kind: "installed";
      readonly runtime: InstalledRuntime;
      /** One sentence for the user where it is another Spark than was asked for; absent where it is that one. */
      readonly substitution?: string;
    }
  /** `progress` is one line for the user, such as `installing Spark 3.5.9: downloading (41 %)`. */
  | { readonly kind: "installing"; readonly progress: string }
  /** Not here; `command` would install it. */
  | { readonly kind: "missing"; readonly command: string }
  /** Cannot be had on this machine; `reason` says why and what would help. */
  | { readonly kind: "unsupported"; readonly reason: string };

/** What this machine could run. */
export interface RuntimeSupport {
  /** Whether a requirement is met by the very Spark that it names, at once or after an installation. Installs nothing. */
  supports(requirement: RuntimeRequirement): Promise<boolean>;
}

/** The runtimes of this machine. */
export interface Runtimes {
  /**
   * Tells where a requirement stands. Where it is missing and automatic installation is allowed, starts the
   * installation in the background and answers `installing`. Never waits for an installation.
   */
  resolve(requirement: RuntimeRequirement): Promise<RuntimeStatus>;
  /** Resolves when some installation has ended, well or not: a reason to ask again. */
  changed(signal: AbortSignal): Promise<void>;
}
