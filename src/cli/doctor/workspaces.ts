import { isLoopback } from "../../config/addresses.ts";
import { NOT_SENT } from "../../contract/databricks-account/workspaces.ts";
import type { Workspace } from "../account/wait.ts";
import { allWorkspaces } from "../account/workspaces.ts";
import type { Context } from "../context.ts";
import { messageOf } from "../errors.ts";
import { type Check, ok, warn } from "./check.ts";
import { leadsTo } from "./probe.ts";

/** A machine may have hundreds of workspaces; the first say what the others would. */
const MOST_NAMED = 5;
const MOST_LOST = 50;
const SIDE_BY_SIDE = 16;

/** Asks the running server of its workspaces: whether each answers at its own address, and what nobody has verified. */
export async function checkWorkspaces(url: string, context: Pick<Context, "settings">): Promise<Check[]> {
  let workspaces: readonly Workspace[];
  try {
    workspaces = await allWorkspaces(url, context);
  } catch (error) {
    return [warn("Workspaces", `cannot be listed: ${messageOf(error)}`, "See what the server's log says.")];
  }
  if (workspaces.length === 0) return [];
  return judgeWorkspaces(await askAll(workspaces, url));
}

/** Asks each where it is, some at a time; once that many do not answer the rest is not asked. */
async function askAll(workspaces: readonly Workspace[], url: string): Promise<readonly WorkspaceFacts[]> {
  const facts: WorkspaceFacts[] = [];
  let lost = 0;
  const line = workspaces.values();
  const worker = async () => {
    for (const workspace of line) {
      const { workspace_url: own, workspace_id: id } = workspace;
      const asks = own !== url && movedOf(workspace) === null && lost < MOST_LOST;
      const isReachable = asks ? await leadsTo(own, String(id)) : null;
      if (isReachable === false) lost += 1;
      facts.push({ workspace, isReachable });
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  return facts;
}

export interface WorkspaceFacts {
  readonly workspace: Pick<Workspace, "workspace_id" | "workspace_name" | "workspace_url" | "warnings">;
  /** Whether it answers at its own URL; null where it has none that could be asked. */
  readonly isReachable: boolean | null;
}

const MOVED = /^Address: .* answers at (\S+) now\./;
const UNVERIFIED = /^Not verified: (.*)\.$/;

/** Where the server's settings would have it, where that is not where it says that it is. */
function movedOf({ warnings = [] }: WorkspaceFacts["workspace"]): string | null {
  return warnings.flatMap((text) => MOVED.exec(text)?.[1] ?? [])[0] ?? null;
}

export function judgeWorkspaces(facts: readonly WorkspaceFacts[]): Check[] {
  const asked = facts.filter(({ isReachable }) => isReachable !== null);
  const lost = asked.filter(({ isReachable }) => isReachable === false).map(({ workspace }) => workspace);
  const [taken, unknown] = [lost.filter(isHere), lost.filter((workspace) => !isHere(workspace))];
  const moved = facts.flatMap(({ workspace }) => {
    const now = movedOf(workspace);
    return now === null ? [] : [`${at(workspace)} now ${now}`];
  });
  const unsent = [
    ...new Set(
      facts.flatMap(({ workspace }) =>
        (workspace.warnings ?? []).flatMap((text) =>
          text.startsWith(NOT_SENT) ? text.slice(NOT_SENT.length) : [],
        ),
      ),
    ),
  ];
  const unverified = [
    ...new Set(
      facts.flatMap(({ workspace }) =>
        (workspace.warnings ?? []).flatMap((text) => UNVERIFIED.exec(text)?.[1] ?? []),
      ),
    ),
  ];
  return [
    ...(asked.length > 0 && lost.length === 0
      ? [ok("Workspaces", `${asked.length} at a URL of its own that answers`)]
      : []),
    ...(taken.length === 0
      ? []
      : [
          warn(
            "Workspaces",
            `another program has the port of ${some(taken.map(at))}`,
            "Stop what uses it: the server tries again by itself. Until then the workspace answers on the main port, to its tokens and with X-Databricks-Workspace-Id.",
          ),
        ]),
    ...(unknown.length === 0
      ? []
      : [
          warn(
            "Workspaces",
            `this machine does not reach ${some(unknown.map(at))}`,
            "Have DNS, or /etc/hosts, lead every name below server.domain to this server, and the port to its own.",
          ),
        ]),
    ...(moved.length === 0
      ? []
      : [
          warn(
            "Addresses",
            `the settings have changed since these got their URLs: ${some(moved)}`,
            "Change the settings back, or move each: firesteel account workspaces update --workspace-id ID",
          ),
        ]),
    ...(unverified.length === 0
      ? []
      : [
          warn(
            "Cloud",
            `the local cloud has not verified ${some(unverified)}`,
            "Say what exists in a file that cloud.local.file names, or check it where it is.",
          ),
        ]),
    ...(unsent.length === 0
      ? []
      : [
          warn(
            "E-mail",
            `not sent yet to ${some(unsent)}`,
            "See mail.smtp and mail.from (firesteel config show). The server tries again by itself, for four days.",
          ),
        ]),
  ];
}

const at = ({ workspace_name: name, workspace_url: url }: WorkspaceFacts["workspace"]) => `${name} at ${url}`;

/** Whether its URL is a port of this machine. */
function isHere({ workspace_url: url }: WorkspaceFacts["workspace"]): boolean {
  return isLoopback(new URL(url).hostname);
}

function some(texts: readonly string[]): string {
  const named = texts.slice(0, MOST_NAMED).join("; ");
  return texts.length <= MOST_NAMED ? named : `${named}; and ${texts.length - MOST_NAMED} more`;
}
