import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** Whether drivers can be sandboxed here; where not, `reason` says what failed. */
export type SandboxSupport = { readonly works: true } | { readonly works: false; readonly reason: string };

const PROBE_TIMEOUT_MS = 20_000;

/**
 * Runs a trivial program in a sandbox as drivers get it, under this interpreter. Never throws: whatever goes wrong is
 * a reason why there is none.
 */
export async function probeSandbox(python: string, supervisorScript: string): Promise<SandboxSupport> {
  if (process.platform !== "linux")
    return { works: false, reason: `sandboxes need Linux, and this is ${process.platform}` };
  const script = join(dirname(supervisorScript), "sandbox.py");
  try {
    const { stdout } = await promisify(execFile)(python, ["-I", "-S", "-B", "-X", "utf8", script], {
      timeout: PROBE_TIMEOUT_MS,
      env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8" },
    });
    // The script prints exactly this.
    const { works, reason } = JSON.parse(stdout) as { works: boolean; reason: string | null };
    return works ? { works } : { works, reason: reason ?? "no reason is known" };
  } catch (error) {
    return { works: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Asks each interpreter once; one without a sandbox is asked again, since what was in the way may be gone. */
export class SandboxProbe {
  readonly #supervisorScript: string;
  readonly #answers = new Map<string, Promise<SandboxSupport>>();

  constructor(supervisorScript: string) {
    this.#supervisorScript = supervisorScript;
  }

  async support(python: string): Promise<SandboxSupport> {
    const asked = this.#answers.get(python) ?? probeSandbox(python, this.#supervisorScript);
    this.#answers.set(python, asked);
    const support = await asked;
    if (!support.works) this.#answers.delete(python);
    return support;
  }
}
