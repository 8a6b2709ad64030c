import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { accountId, accountObjectId, principalId } from "../ids.ts";
import { decideWorkspace, isUsable, newWorkspace, rootPrefix, type WorkspaceEvent } from "./decide.ts";
import {
  PROVISIONING_STEPS,
  type ProvisioningStep,
  WORKSPACE_STATES,
  type WorkspaceObject,
  type WorkspaceState,
} from "./workspace.ts";

const account = accountId("11111111-2222-3333-4444-555555555555");

function workspace(state: WorkspaceState = "PROVISIONING", patch = {}): WorkspaceObject {
  const id = accountObjectId("100000000000001");
  const made = newWorkspace({
    region: "us-west-2",
    credentials: accountObjectId("c"),
    storageConfiguration: accountObjectId("s"),
    network: null,
    privateAccessSettings: null,
    managedServicesKey: null,
    storageKey: null,
    networkConnectivityConfig: null,
    customTags: null,
    deploymentName: "w",
    pricingTier: "ENTERPRISE",
    computeMode: "HYBRID",
    isNoPublicIpEnabled: null,
    creator: principalId("1"),
    port: null,
    url: null,
  });
  const body = { ...made.body, ...patch };
  return { id, account, kind: "workspace", name: "w", createdAtMs: 1, version: 1, ...made, state, body };
}

const done = (step: ProvisioningStep, ...unverified: string[]): WorkspaceEvent => ({
  type: "step-done",
  step,
  unverified,
});

/** What an event makes of a workspace; the event must not be refused. */
function after(before: WorkspaceObject, event: WorkspaceEvent): WorkspaceObject {
  return decideWorkspace(before, event) ?? assert.fail(`${before.state} takes ${event.type}`);
}

describe("a workspace", () => {
  it("goes through its steps in order, and says which one runs", () => {
    let now = workspace();
    const said = [now.body.message];
    for (const step of PROVISIONING_STEPS) {
      assert.deepEqual([now.state, now.body.step], ["PROVISIONING", step]);
      now = after(now, done(step));
      said.push(now.body.message);
    }
    assert.deepEqual([now.state, now.body.step, now.body.hasRun], ["RUNNING", null, true]);
    const setUp = "Workspace resources are being set up.";
    assert.deepEqual(said, [
      setUp,
      `${setUp} Now checking the storage configuration.`,
      `${setUp} Now checking the network.`,
      `${setUp} Now checking the customer-managed keys.`,
      `${setUp} Now checking the private access settings.`,
      `${setUp} Now making the workspace and its root storage.`,
      "Workspace is running.",
    ]);
  });

  it("keeps each thing once that was not verified, until it is provisioned anew", () => {
    const one = after(workspace(), done("credentials", "a", "b"));
    const two = after(one, done("storage", "b", "c"));
    assert.deepEqual(two.body.unverified, ["a", "b", "c"]);
    const again = after({ ...two, state: "FAILED" }, { type: "changed", configuration: {} });
    assert.deepEqual(again.body.unverified, []);
  });

  it("fails at any step with what the check says, and begins anew when it is changed", () => {
    for (const step of PROVISIONING_STEPS) {
      const failed = after(workspace("PROVISIONING", { step }), { type: "step-failed", step, message: "no" });
      assert.deepEqual([failed.state, failed.body.step, failed.body.message], ["FAILED", step, "no"]);
      const network = accountObjectId("n");
      const changed = after(failed, { type: "changed", configuration: { network } });
      assert.deepEqual(
        [changed.state, changed.body.step, changed.body.network, changed.body.message],
        ["PROVISIONING", "credentials", network, "Workspace resources are being set up."],
      );
    }
  });

  it("says why a step has to be tried again, and forgets it once the step is done", () => {
    const late = { type: "step-delayed", step: "credentials", message: "The file is none." } as const;
    const delayed = after(workspace(), late);
    assert.deepEqual(
      [delayed.state, delayed.body.step, delayed.body.message],
      [
        "PROVISIONING",
        "credentials",
        "Workspace resources are being set up. Now checking the credential configuration, which is tried again: The file is none.",
      ],
    );
    assert.equal(decideWorkspace(delayed, late), null);
    assert.equal(decideWorkspace(workspace("RUNNING"), late), null);
    assert.doesNotMatch(after(delayed, done("credentials")).body.message, /tried again/);
  });

  it("does not hear of the end of a step that is not the one that runs", () => {
    const events = [done("tenant"), { type: "step-failed", step: "tenant", message: "no" }] as const;
    for (const event of events) {
      assert.equal(decideWorkspace(workspace(), event), null);
      for (const state of ["RUNNING", "FAILED", "CANCELLING"] as const)
        assert.equal(decideWorkspace(workspace(state, { step: "tenant" }), event), null, state);
    }
  });

  it("can be deleted in every state, once, and not changed any more then", () => {
    for (const state of WORKSPACE_STATES) {
      const event = { type: "delete-requested" } as const;
      if (state === "CANCELLING") assert.equal(decideWorkspace(workspace(state), event), null);
      else assert.deepEqual([after(workspace(state), event).state], ["CANCELLING"]);
    }
    assert.equal(decideWorkspace(workspace("CANCELLING"), { type: "changed", configuration: {} }), null);
  });

  it("answers once it has run, also while it is provisioned anew", () => {
    const usable = (state: WorkspaceState, hasRun: boolean) => isUsable(workspace(state, { hasRun }));
    assert.deepEqual(
      WORKSPACE_STATES.map((state) => [state, usable(state, false), usable(state, true)]),
      [
        ["PROVISIONING", false, true],
        ["RUNNING", true, true],
        ["FAILED", false, false],
        ["CANCELLING", false, false],
      ],
    );
  });

  it("has a root in its bucket that no other's begins with", () => {
    const ids = ["1", "11", "10", "100000000000001", "100000000000010", "1000000000000011"];
    const roots = ids.map((id) => rootPrefix(accountObjectId(id)));
    for (const root of roots)
      assert.deepEqual(
        roots.filter((other) => other.startsWith(root)),
        [root],
      );
  });
});
