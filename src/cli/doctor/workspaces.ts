import type { Workspace } from "../account/wait.ts";
import { allWorkspaces } from "../account/workspaces.ts";
import type { Context } from "../context.ts";
import { messageOf } from "../errors.ts";
import { type Check, ok, warn } from "./check.ts";

const PROBE_TIMEOUT_MS = 2_000;
/** A machine may have hundreds of workspaces; the first say what the others would. */
const MOST_NAMED = 5;

/** Asks the running server of its workspaces: whether each answers at its own address, and what nobody has verified. */
export async function checkWorkspaces(url: string, context: Pick<Context, "settings">): Promise<Check[]> {
  let workspaces: readonly Workspace[];
  try {
    workspaces = await allWorkspaces(url, context);
  } catch (error) {
    return [warn("Workspaces", `cannot be listed: ${messageOf(error)}`, "See what the server's log says.")];
  }
  if (workspaces.length === 0) return [];
  const states = await Promise.all(
    workspaces.map(async (workspace) => ({
      workspace,
      // Names that a domain's DNS resolves, and certificates of a local authority, are not this machine's to judge.
      isReachable:
        workspace.workspace_url === url || !workspace.workspace_url.startsWith("http:")
          ? null
          : await answers(workspace.workspace_url),
    })),
  );
  return judgeWorkspaces(states);
}

export interface WorkspaceFacts {
  readonly workspace: Pick<Workspace, "workspace_id" | "workspace_name" | "workspace_url" | "warnings">;
  /** Whether a Firesteel server answers at its own port; null where it has none, or none that can be asked. */
  readonly isReachable: boolean | null;
}

export function judgeWorkspaces(facts: readonly WorkspaceFacts[]): Check[] {
  const asked = facts.filter(({ isReachable }) => isReachable !== null);
  const taken = asked
    .filter(({ isReachable }) => isReachable === false)
    .map(({ workspace }) => `${workspace.workspace_name} at ${workspace.workspace_url}`);
  const unverified = [...new Set(facts.flatMap(({ workspace }) => workspace.warnings ?? []))].map((text) =>
    text.replace(/^Not verified: |\.$/g, ""),
  );
  const ports =
    taken.length === 0
      ? ok("Workspaces", `${asked.length} with a port of its own that answers`)
      : warn(
          "Workspaces",
          `another program has the port of ${some(taken)}`,
          "Stop what uses it: the server tries again by itself. Until then the workspace answers on the main port, to its tokens and with X-Databricks-Workspace-Id.",
        );
  return [
    ...(asked.length === 0 ? [] : [ports]),
    ...(unverified.length === 0
      ? []
      : [
          warn(
            "Cloud",
            `the local cloud has not verified ${some(unverified)}`,
            "Say what exists in a file that cloud.local.file names, or check it where it is.",
          ),
        ]),
  ];
}

function some(texts: readonly string[]): string {
  const named = texts.slice(0, MOST_NAMED).join("; ");
  return texts.length <= MOST_NAMED ? named : `${named}; and ${texts.length - MOST_NAMED} more`;
}

/** No credentials are sent: whoever has the port may be anybody. */
async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    return response.ok && (await response.text()) === '{"status":"ok"}';
  } catch {
    // Whatever the reason: it does not answer as this server would, and that is what the check tells.
    return false;
  }
}
