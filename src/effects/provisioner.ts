import type { AccountObject, AccountObjectKind } from "../core/account-object/account-object.ts";
import { accountObjectChanged } from "../core/account-object/events.ts";
import { attachedStatus, type Network } from "../core/account-object/network.ts";
import { accountObjectChange } from "../core/account-object/ties.ts";
import { DomainError } from "../core/errors.ts";
import type { AccountObjectId } from "../core/ids.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Check, Cloud, WorkspaceParts } from "../core/ports/cloud.ts";
import { type Change, StaleVersionError, type Store } from "../core/ports/store.ts";
import type { WorkspacePorts } from "../core/ports/workspace-ports.ts";
import { decideWorkspace, type WorkspaceEvent } from "../core/workspace/decide.ts";
import { addressOf, runningMail } from "../core/workspace/outgoing-mail.ts";
import type { ProvisioningStep, WorkspaceObject } from "../core/workspace/workspace.ts";
import { detached } from "../use-cases/databricks/workspaces.ts";

/** Workspaces that are worked on side by side. */
const SIDE_BY_SIDE = 8;

export interface ProvisionerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly cloud: Cloud;
  readonly ports: WorkspacePorts;
  /** Called after a commit that gave the mailer something to send. */
  readonly wakeMailer: () => void;
  /** Told of a workspace whose step could not be taken now; it is tried again. */
  readonly onError: (workspace: AccountObjectId, error: unknown) => void;
}

/** What a step has to say, and what else is written with it. */
interface StepResult {
  readonly check: Check;
  readonly changes: readonly Change[];
}

/**
 * Takes the steps of workspaces that are being made or removed. A step is done, then its result is committed: a server
 * that was killed in between does the step again, which makes nothing twice.
 */
export class Provisioner {
  readonly #parts: ProvisionerParts;

  constructor(parts: ProvisionerParts) {
    this.#parts = parts;
  }

  /** Brings every workspace as far as it comes; never beside itself. */
  async run(): Promise<void> {
    const waiting = await this.#parts.store.accountObjects.inStates("workspace", [
      "PROVISIONING",
      "CANCELLING",
    ]);
    const line = waiting.values();
    const worker = async () => {
      for (const workspace of line) await this.#bringOn(workspace);
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  }

  async #bringOn(first: WorkspaceObject): Promise<void> {
    try {
      for (let next: WorkspaceObject | null = first; next !== null; next = await this.#unfinished(first.id))
        await this.#advance(next);
    } catch (error) {
      this.#parts.onError(first.id, error);
      if (error instanceof DomainError) await this.#tell(first.id, error.message);
    }
  }

  /** Who waits for the workspace sees there why it is not made yet. */
  async #tell(id: AccountObjectId, message: string): Promise<void> {
    try {
      const workspace = await this.#unfinished(id);
      const step = workspace?.body.step ?? null;
      if (workspace === null || step === null) return;
      const next = decideWorkspace(workspace, { type: "step-delayed", step, message });
      if (next !== null) await this.#parts.store.commit([accountObjectChange(next)]);
    } catch (error) {
      // The next round tells it, if it is still so.
      this.#parts.onError(id, error);
    }
  }

  async #unfinished(id: AccountObjectId): Promise<WorkspaceObject | null> {
    const workspace = await this.#parts.store.accountObjects.workspace(id);
    return workspace?.state === "PROVISIONING" || workspace?.state === "CANCELLING" ? workspace : null;
  }

  /** One step, or the removal. What somebody committed meanwhile is seen on the next round. */
  async #advance(workspace: WorkspaceObject): Promise<void> {
    try {
      if (workspace.state === "CANCELLING") return await this.#remove(workspace);
      const { step } = workspace.body;
      if (step === null) throw new Error(`workspace ${workspace.id} is ${workspace.state} without a step`);
      const { check, changes } = await this.#take(step, workspace);
      const event: WorkspaceEvent =
        check.failure === null
          ? { type: "step-done", step, unverified: check.unverified }
          : { type: "step-failed", step, message: check.failure };
      const next = decideWorkspace(workspace, event);
      if (next === null) return;
      const mails = await this.#mailsOf(workspace, next);
      await this.#parts.store.commit([
        ...changes,
        ...mails,
        accountObjectChange(next),
        { kind: "event", event: accountObjectChanged("changed", next, null, this.#parts.clock.now()) },
      ]);
      if (mails.length > 0) this.#parts.wakeMailer();
    } catch (error) {
      if (!(error instanceof StaleVersionError)) throw error;
    }
  }

  /** What its creator is told of a workspace that runs for the first time. */
  async #mailsOf({ body }: WorkspaceObject, next: WorkspaceObject): Promise<readonly Change[]> {
    const { store, clock } = this.#parts;
    if (next.state !== "RUNNING" || body.hasRun) return [];
    const creator = await store.principals.get(next.account, body.creator);
    const address = creator === null ? null : addressOf(creator);
    return address === null ? [] : [{ kind: "outgoing-mail", row: runningMail(next, address, clock.now()) }];
  }

  async #take(step: ProvisioningStep, workspace: WorkspaceObject): Promise<StepResult> {
    const { cloud } = this.#parts;
    const parts = await this.#partsOf(workspace);
    switch (step) {
      case "credentials":
        return unseenNetwork(parts, await cloud.checkCredentials(parts));
      case "storage":
        return plain(await cloud.checkStorage(parts));
      case "network":
        return this.#checkNetwork(parts);
      case "keys":
        return plain(await cloud.checkKeys(parts));
      case "private-access":
        return plain(await cloud.checkPrivateAccess(parts));
      case "tenant": {
        const check = await cloud.makeWorkspace(parts);
        const { port } = workspace.body;
        if (check.failure === null && port !== null) await this.#parts.ports.open(workspace.id, port);
        return plain(check);
      }
    }
  }

  /** What is wrong with the network stands in the network, with types; the workspace says where to look. */
  async #checkNetwork(parts: WorkspaceParts): Promise<StepResult> {
    const { network } = parts;
    if (network === null) return plain({ failure: null, unverified: [] });
    const { errors, warnings, unverified } = await this.#parts.cloud.checkNetwork(parts, network);
    const [first] = errors;
    const failure =
      first === undefined
        ? null
        : `${first.message} (network ${network.id}: see error_messages of GET /networks/${network.id})`;
    return {
      check: { failure, unverified },
      changes: [found(network, { errors, warnings })],
    };
  }

  async #remove(workspace: WorkspaceObject): Promise<void> {
    const { store, cloud, ports, clock } = this.#parts;
    await cloud.removeWorkspace(await this.#partsOf(workspace));
    await ports.close(workspace.id);
    await store.commit([
      ...(await detached({ store }, workspace, null)),
      { kind: "account-object-deleted", id: workspace.id, version: workspace.version },
      { kind: "event", event: accountObjectChanged("deleted", workspace, null, clock.now()) },
    ]);
  }

  async #partsOf({ account, id, body }: WorkspaceObject): Promise<WorkspaceParts> {
    const { accountObjects } = this.#parts.store;
    const find = <Kind extends AccountObjectKind>(kind: Kind, of: AccountObjectId | null) =>
      of === null ? null : accountObjects.get(account, kind, of);
    const keys = await Promise.all(
      [body.managedServicesKey, body.storageKey].map((key) => find("customer-managed-key", key)),
    );
    return {
      account,
      workspace: id,
      region: body.region,
      credentials: await find("credentials", body.credentials),
      storage: await find("storage-configuration", body.storageConfiguration),
      network: await find("network", body.network),
      keys: keys.filter((key) => key !== null),
      privateAccessSettings: await find("private-access-settings", body.privateAccessSettings),
    };
  }
}

/** Without the role nothing of a network can be looked at, which its object says (seed 000 L514). */
function unseenNetwork({ network }: WorkspaceParts, check: Check): StepResult {
  if (network === null || check.failure === null) return plain(check);
  const errors = [{ type: "credentials", message: check.failure }] as const;
  return { check, changes: [found(network, { errors, warnings: [] })] };
}

function found(network: AccountObject<"network">, findings: Pick<Network, "errors" | "warnings">): Change {
  const row = { ...network, state: attachedStatus(findings), body: { ...network.body, ...findings } };
  return accountObjectChange(row);
}

const plain = (check: Check): StepResult => ({ check, changes: [] });
