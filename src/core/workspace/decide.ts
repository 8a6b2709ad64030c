import { invalidState } from "../databricks-errors.ts";
import { DomainError } from "../errors.ts";
import type { AccountObjectId } from "../ids.ts";
import {
  PROVISIONING_STEPS,
  type ProvisioningStep,
  type Workspace,
  type WorkspaceConfiguration,
  type WorkspaceObject,
  type WorkspaceState,
} from "./workspace.ts";

/** What happens to a workspace. */
export type WorkspaceEvent =
  | { readonly type: "step-done"; readonly step: ProvisioningStep; readonly unverified: readonly string[] }
  /** `message` is for the user: the vendor's words where there are any. */
  | { readonly type: "step-failed"; readonly step: ProvisioningStep; readonly message: string }
  /** The step could not be taken now, and is tried again; `message` says why. */
  | { readonly type: "step-delayed"; readonly step: ProvisioningStep; readonly message: string }
  | {
      readonly type: "changed";
      readonly configuration: Partial<WorkspaceConfiguration>;
      /** Where it is from now on; it stays where there is none. */
      readonly address?: Pick<Workspace, "port" | "url">;
    }
  | { readonly type: "delete-requested" };

/** Seed 000 L372 and L440 print these two. */
const SETTING_UP = "Workspace resources are being set up.";
const RUNNING = "Workspace is running.";
const CANCELLING = "Workspace resources are being removed.";

const DOING: Record<ProvisioningStep, string> = {
  credentials: "checking the credential configuration",
  storage: "checking the storage configuration",
  network: "checking the network",
  keys: "checking the customer-managed keys",
  "private-access": "checking the private access settings",
  tenant: "making the workspace and its root storage",
};

/** How a workspace begins. */
export function newWorkspace(
  made: Omit<Workspace, "message" | "step" | "hasRun" | "unverified">,
): Pick<WorkspaceObject, "state" | "body"> {
  return {
    state: "PROVISIONING" satisfies WorkspaceState,
    body: { ...made, message: SETTING_UP, step: PROVISIONING_STEPS[0], hasRun: false, unverified: [] },
  };
}

/**
 * The workspace after an event; null where the event says nothing new, such as the end of a step that is not the one
 * that runs. Pure: the caller commits the result, guarded by the version of what it was decided on.
 */
export function decideWorkspace(workspace: WorkspaceObject, event: WorkspaceEvent): WorkspaceObject | null {
  const { state, body } = workspace;
  const become = (next: WorkspaceState, change: Partial<Workspace>): WorkspaceObject => ({
    ...workspace,
    state: next,
    body: { ...body, ...change },
  });
  switch (event.type) {
    case "step-done": {
      if (state !== "PROVISIONING" || body.step !== event.step) return null;
      const unverified = [...new Set([...body.unverified, ...event.unverified])];
      const step = PROVISIONING_STEPS[PROVISIONING_STEPS.indexOf(event.step) + 1];
      if (step === undefined)
        return become("RUNNING", { step: null, message: RUNNING, hasRun: true, unverified });
      return become("PROVISIONING", { step, message: `${SETTING_UP} Now ${DOING[step]}.`, unverified });
    }
    case "step-failed":
      if (state !== "PROVISIONING" || body.step !== event.step) return null;
      return become("FAILED", { message: event.message });
    case "step-delayed": {
      if (state !== "PROVISIONING" || body.step !== event.step) return null;
      const message = `${SETTING_UP} Now ${DOING[event.step]}, which is tried again: ${event.message}`;
      return message === body.message ? null : become("PROVISIONING", { message });
    }
    case "changed":
      if (state === "CANCELLING") return null;
      return become("PROVISIONING", {
        ...event.configuration,
        ...event.address,
        step: PROVISIONING_STEPS[0],
        message: SETTING_UP,
        unverified: [],
      });
    case "delete-requested":
      if (state === "CANCELLING") return null;
      return become("CANCELLING", { step: null, message: CANCELLING });
  }
}

/** Whether its API answers. */
export function isUsable({ state, body }: WorkspaceObject): boolean {
  return state === "RUNNING" || (state === "PROVISIONING" && body.hasRun);
}

/**
 * Throws `INVALID_STATE` where its API does not answer. Of one that is still being made in words of the service that the
 * vendor's clients take for a reason to try again (HTTP 400: Azure/azure-rest-api-specs issue 9316; databricks-sdk-py
 * `_base_client.py`, databricks-account-api.md A14), of the others in words that they do not.
 */
export function refuseUnusable(workspace: WorkspaceObject): void {
  if (isUsable(workspace)) return;
  const { id, state } = workspace;
  switch (state) {
    case "PROVISIONING":
      throw new DomainError(
        "invalid",
        `Current organization ${id} does not have any associated worker environments: it is PROVISIONING.`,
        { code: "INVALID_STATE" },
      );
    case "CANCELLING":
      throw invalidState(`Workspace ${id} is being deleted.`);
    default:
      throw invalidState(
        `Workspace ${id} is ${state}: its workspace_status_message, which administrators of its account see, says ` +
          "why, and a PATCH of it repairs it.",
      );
  }
}

/** The key of a workspace's root in its bucket: its own, and no other's is a beginning of it. */
export function rootPrefix(id: AccountObjectId): string {
  return `${id}/`;
}
