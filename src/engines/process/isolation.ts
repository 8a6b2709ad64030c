import { userInfo } from "node:os";
import type { AccountId } from "../../core/ids.ts";
import { LaunchError, type LaunchRequest } from "../../core/ports/engine.ts";
import type { InstalledRuntime } from "../../core/ports/runtimes.ts";
import { limitsOf, type RunLimitSettings, type RunLimits } from "./run-limits.ts";
import { SandboxProbe } from "./sandbox.ts";
import { type SandboxPlan, type SandboxPlanInput, sandboxPlan } from "./sandbox-plan.ts";

/** How far drivers are kept apart from the machine and from each other (ADR 7). */
export interface IsolationSettings {
  /** Where it can be had; always, so that a launch fails where it cannot; never. */
  readonly sandbox: "auto" | "required" | "off";
  readonly network: "host" | "none";
  /** Directories that no sandboxed driver sees, whatever else it does. */
  readonly hidden: readonly string[];
  /** Names of the buckets that an account's drivers may read and write. */
  readonly bucketsOf: (account: AccountId) => Promise<readonly string[]>;
  readonly limits: RunLimitSettings;
}

export interface DriverIsolation {
  readonly sandbox: SandboxPlan | null;
  readonly limits: RunLimits | null;
  /** Lines for the submitter's log. */
  readonly notes: readonly string[];
}

export type IsolatedDriver = Omit<SandboxPlanInput, "buckets" | "hidden" | "network" | "user">;

/** Decides what a driver sees and may take. */
export class Isolation {
  readonly #settings: IsolationSettings | null;
  readonly #probe: SandboxProbe;

  /** Without settings drivers are ordinary processes of the server's user, without limits. */
  constructor(settings: IsolationSettings | null, supervisorScript: string) {
    this.#settings = settings;
    this.#probe = new SandboxProbe(supervisorScript);
  }

  /** Throws {@link LaunchError} where a sandbox is required and cannot be had. */
  async of(request: LaunchRequest, driver: IsolatedDriver): Promise<DriverIsolation> {
    const settings = this.#settings;
    if (settings === null) return { sandbox: null, limits: null, notes: ["not sandboxed"] };
    const limits = limitsOf(request.grant, settings.limits);
    const problem = await this.#problem(settings, driver.runtime);
    if (problem !== null) return { sandbox: null, limits, notes: [`not sandboxed: ${problem}`] };
    const { hidden } = settings;
    // A history server runs nobody's code, must be reached, and reads what is linked into its own directory.
    const isDriver = request.spec.kind !== "history-server";
    const network = isDriver ? settings.network : "host";
    const buckets = isDriver ? await settings.bucketsOf(request.account) : [];
    const fileRoots = isDriver ? driver.fileRoots : [];
    const user = userInfo().username;
    return {
      sandbox: await sandboxPlan({ ...driver, fileRoots, buckets, hidden, network, user }),
      limits,
      notes: [],
    };
  }

  async #problem({ sandbox }: IsolationSettings, runtime: InstalledRuntime): Promise<string | null> {
    if (sandbox === "off") return "engine.process.sandbox is off";
    const support = await this.#probe.support(runtime.python);
    if (support.works) return null;
    if (sandbox === "required")
      throw new LaunchError(`The driver cannot be sandboxed, which is required: ${support.reason}`);
    return support.reason;
  }
}
