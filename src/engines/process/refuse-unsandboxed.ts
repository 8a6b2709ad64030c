import type { SandboxSupport } from "./sandbox.ts";

export interface TrustSettings {
  readonly "server.host": string;
  readonly "engine.process.sandbox": "auto" | "required" | "off";
  readonly "engine.trustJobs": boolean;
}

/**
 * Why a server must not start: jobs that see its user's files would be those of other machines or of another account.
 * Null where it may. `accounts` is how many AWS accounts have keys.
 */
export function refuseUnsandboxed(
  settings: TrustSettings,
  sandbox: SandboxSupport,
  accounts: number,
): string | null {
  const problem = unsandboxedReason(settings, sandbox);
  if (problem === null) return null;
  const help =
    "Mend that ('firesteel doctor' says how), or set engine.trustJobs if every job is to be trusted.";
  if (settings["engine.process.sandbox"] === "required")
    return `Drivers are not sandboxed: ${problem}, and engine.process.sandbox is 'required'.`;
  if (settings["engine.trustJobs"]) return null;
  if (!isLoopback(settings["server.host"]))
    return `Drivers are not sandboxed: ${problem}. So other machines may not submit jobs through ${settings["server.host"]} (server.host). ${help}`;
  if (accounts > 1)
    return `Drivers are not sandboxed: ${problem}. So jobs of ${accounts} AWS accounts could read each other's data. ${help}`;
  return null;
}

/** Why drivers run without a sandbox; null where they have one. */
export function unsandboxedReason(
  settings: Pick<TrustSettings, "engine.process.sandbox">,
  sandbox: SandboxSupport,
): string | null {
  if (settings["engine.process.sandbox"] === "off") return "engine.process.sandbox is 'off'";
  return sandbox.works ? null : sandbox.reason;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}
