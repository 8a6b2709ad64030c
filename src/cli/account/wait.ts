import { setTimeout as delay } from "node:timers/promises";
import { getNetwork } from "../../contract/databricks-account/networks.ts";
import type { DATABRICKS_ACCOUNT_OPERATIONS } from "../../contract/databricks-account/operations.ts";
import { getWorkspace } from "../../contract/databricks-account/workspaces.ts";
import type { OutputOf } from "../../contract/operation.ts";
import type { Context } from "../context.ts";
import { EXIT_CODES, type ExitCode } from "../exit-codes.ts";
import { AccountApiError, type AccountClient } from "./account-client.ts";

/** What `--wait` waits for, of the operations that answer before they are done. */
export const WAITS: { readonly [Name in keyof typeof DATABRICKS_ACCOUNT_OPERATIONS]?: string } = {
  "workspaces.create": "wait until it is RUNNING, and tell why where it FAILED",
  "workspaces.update": "wait until it is RUNNING, and tell why where it FAILED",
  "workspaces.delete": "wait until it is gone",
};

/** A workspace as the account API shows it. */
export type Workspace = OutputOf<typeof getWorkspace>;
type Network = OutputOf<typeof getNetwork>;

const UNDER_WAY: ReadonlySet<string> = new Set(["NOT_PROVISIONED", "PROVISIONING", "CANCELLING"]);
const POLL_MS = 300;

/** Asks until nothing is under way with the workspace any more; null where it is gone. */
export async function settled(
  client: AccountClient,
  id: string,
  { print, signal }: Pick<Context, "print" | "signal">,
): Promise<Workspace | null> {
  let told = "";
  for (;;) {
    const workspace = await found<Workspace>(
      client.invoke(getWorkspace, { params: { workspace_id: id }, query: [], body: undefined }),
    );
    if (workspace === null || !UNDER_WAY.has(workspace.workspace_status)) return workspace;
    const state = `${workspace.workspace_status}: ${workspace.workspace_status_message}`;
    if (state !== told) print.note(state);
    told = state;
    await delay(POLL_MS, undefined, { signal });
  }
}

/** Says on stderr what is wrong with a workspace, and with its network; the exit code tells whether anything is. */
export async function judge(
  client: AccountClient,
  workspace: Workspace,
  { print }: Pick<Context, "print">,
): Promise<ExitCode> {
  const { network_id: id } = workspace;
  const network =
    id === undefined
      ? null
      : await found<Network>(
          client.invoke(getNetwork, { params: { network_id: id }, query: [], body: undefined }),
        );
  for (const { warning_type: type, warning_message: text } of network?.warning_messages ?? [])
    print.warn(`network ${id}: ${type}: ${text}`);
  if (workspace.workspace_status === "RUNNING") return EXIT_CODES.ok;
  const errors = (network?.error_messages ?? []).map(
    ({ error_type: type, error_message: text }) => `network ${id}: ${type}: ${text}`,
  );
  print.error(
    `workspace ${workspace.workspace_id} is ${workspace.workspace_status}: ${workspace.workspace_status_message}`,
    [
      ...errors,
      `Mend that, then: firesteel account workspaces update --workspace-id ${workspace.workspace_id} … --wait`,
    ].join("\n"),
  );
  return EXIT_CODES.failed;
}

/** The answer's shape is the operation's contract; null where there is no such object. */
async function found<Answer>(answer: Promise<unknown>): Promise<Answer | null> {
  try {
    return (await answer) as Answer;
  } catch (error) {
    if (error instanceof AccountApiError && error.status === 404) return null;
    throw error;
  }
}
