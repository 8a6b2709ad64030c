import type { AccountObject, AccountObjectKind } from "../../core/account-object/account-object.ts";
import { accountObjectChanged } from "../../core/account-object/events.ts";
import { accountObjectChange, tiesOf } from "../../core/account-object/ties.ts";
import { alreadyExists, doesNotExist, invalidParameter, invalidState } from "../../core/databricks-errors.ts";
import {
  type AccountId,
  type AccountObjectId,
  accountObjectId,
  principalId,
  type WorkspaceId,
} from "../../core/ids.ts";
import type { AccountChange } from "../../core/ports/account-store.ts";
import type { Change } from "../../core/ports/store.ts";
import { type Principal, RESERVED_GROUPS } from "../../core/principal/principal.ts";
import { decideWorkspace, newWorkspace } from "../../core/workspace/decide.ts";
import { deploymentName } from "../../core/workspace/deployment-name.ts";
import type { OutgoingMail } from "../../core/workspace/outgoing-mail.ts";
import { checkChange, checkWorkspace, type NamedObjects } from "../../core/workspace/rules.ts";
import type { Workspace, WorkspaceConfiguration, WorkspaceObject } from "../../core/workspace/workspace.ts";
import { retryStale } from "../retry-stale.ts";
import { refuseOverLimit } from "./account-objects.ts";
import type { DatabricksContext } from "./context.ts";
import { newAddress, reservePort } from "./workspace-address.ts";
import type { WorkspaceDependencies } from "./workspace-dependencies.ts";

export interface NewWorkspace
  extends WorkspaceConfiguration,
    Pick<Workspace, "computeMode" | "isNoPublicIpEnabled"> {
  readonly name: string;
  /** Null: a generated one. */
  readonly deploymentName: string | null;
  /** Null: the account's. */
  readonly pricingTier: Workspace["pricingTier"] | null;
}

/**
 * `workspaces.create`. The workspace is stored as PROVISIONING and answered; the provisioner takes its steps. Throws
 * where what it names is missing, taken or does not fit.
 */
export async function createWorkspace(
  dependencies: WorkspaceDependencies,
  { caller }: DatabricksContext,
  input: NewWorkspace,
): Promise<WorkspaceObject> {
  const { store, clock, ids, ports, presentUrl, wake } = dependencies;
  const port = await reservePort(dependencies);
  try {
    const made = await retryStale(async () => {
      const account = await store.accountObjects.get(
        caller.account,
        "account",
        accountObjectId(caller.account),
      );
      if (account === null) throw doesNotExist(`Account ${caller.account} does not exist.`);
      const { name, deploymentName: asked, pricingTier, ...configuration } = input;
      const given = deploymentName(asked, account.body.deploymentPrefix, ids.uuid().replaceAll("-", ""));
      const row: WorkspaceObject = {
        id: ids.workspace(),
        account: caller.account,
        kind: "workspace",
        name,
        createdAtMs: clock.now(),
        version: 0,
        ...newWorkspace({
          ...configuration,
          deploymentName: given,
          pricingTier: pricingTier ?? account.body.pricingTier,
          creator: caller.principal,
          port,
          url: presentUrl({ deploymentName: given, port }),
        }),
      };
      checkWorkspace(row.body, await namedObjects(dependencies, row));
      await refuseTaken(dependencies, row);
      await refuseOverLimit(store, row);
      await store.commit([
        accountObjectChange(row),
        ...reservedGroups(dependencies, row),
        ...(await initialAdministrators(dependencies, row)),
        { kind: "event", event: accountObjectChanged("created", row, caller.principal, clock.now()) },
      ]);
      return { ...row, version: 1 };
    });
    if (port !== null) await ports.open(made.id, port);
    wake();
    return made;
  } catch (error) {
    if (port !== null) await ports.giveBack(port);
    throw error;
  }
}

/**
 * `workspaces.update`: repairs a FAILED workspace and re-provisions a RUNNING one, where the settings of now have it.
 * Throws where the change is not allowed in its state.
 */
export async function changeWorkspace(
  dependencies: WorkspaceDependencies,
  { caller }: DatabricksContext,
  id: string,
  change: Partial<WorkspaceConfiguration>,
): Promise<WorkspaceObject> {
  const { store, clock, ports, wake } = dependencies;
  const before = await getWorkspace(dependencies, { caller }, id);
  const address = await newAddress(dependencies, before.body);
  try {
    const changed = await retryStale(async () => {
      const workspace = await getWorkspace(dependencies, { caller }, id);
      checkChange(workspace, change);
      const next = decideWorkspace(workspace, {
        type: "changed",
        configuration: change,
        ...(address !== null && { address: { port: address.port, url: address.url } }),
      });
      if (next === null) throw invalidState(`Workspace ${id} cannot be changed now.`);
      checkWorkspace(next.body, await namedObjects(dependencies, next));
      await refuseTaken(dependencies, next);
      await refuseOverLimit(store, next);
      await store.commit([
        ...(await detached(dependencies, workspace, next.body.network)),
        accountObjectChange(next),
        { kind: "event", event: accountObjectChanged("changed", next, caller.principal, clock.now()) },
      ]);
      return { ...next, version: next.version + 1 };
    });
    if (address !== null && address.port !== before.body.port) {
      await ports.close(changed.id);
      if (address.port !== null) await ports.open(changed.id, address.port);
    }
    wake();
    return changed;
  } catch (error) {
    if (address?.reserved != null) await ports.giveBack(address.reserved);
    throw error;
  }
}

/** `workspaces.delete`: never refused for what is in it; the provisioner removes it. Answers it as CANCELLING. */
export async function deleteWorkspace(
  dependencies: WorkspaceDependencies,
  { caller }: DatabricksContext,
  id: string,
): Promise<WorkspaceObject> {
  const { store, clock, wake } = dependencies;
  const deleted = await retryStale(async () => {
    const workspace = await getWorkspace(dependencies, { caller }, id);
    const next = decideWorkspace(workspace, { type: "delete-requested" });
    if (next === null) return workspace;
    await store.commit([
      accountObjectChange(next),
      { kind: "event", event: accountObjectChanged("changed", next, caller.principal, clock.now()) },
    ]);
    return { ...next, version: next.version + 1 };
  });
  wake();
  return deleted;
}

/** Throws `RESOURCE_DOES_NOT_EXIST` where the account has no such workspace, or has none any more. */
export async function getWorkspace(
  { store }: Pick<WorkspaceDependencies, "store">,
  { caller }: Pick<DatabricksContext, "caller">,
  id: string,
): Promise<WorkspaceObject> {
  const found = await store.accountObjects.get(caller.account, "workspace", accountObjectId(id));
  if (found === null) throw doesNotExist(`Workspace ${id} does not exist.`);
  return found;
}

/** The e-mails of an account's workspaces, or of one of them, that could not be sent so far; oldest first. */
export function unsentMails(
  { store }: Pick<WorkspaceDependencies, "store">,
  account: AccountId,
  workspace?: WorkspaceId,
): Promise<readonly OutgoingMail[]> {
  return store.outgoingMails.failed(account, workspace);
}

/** A network that a workspace gives up is attached to nothing; what was found of it is forgotten. */
export async function detached(
  { store }: Pick<WorkspaceDependencies, "store">,
  workspace: WorkspaceObject,
  keeps: AccountObjectId | null,
): Promise<readonly Change[]> {
  const { network } = workspace.body;
  if (network === null || network === keeps) return [];
  const found = await store.accountObjects.get(workspace.account, "network", network);
  if (found === null) return [];
  const row = { ...found, state: "UNATTACHED", body: { ...found.body, errors: [], warnings: [] } };
  return [accountObjectChange(row)];
}

async function namedObjects(
  dependencies: WorkspaceDependencies,
  workspace: WorkspaceObject,
): Promise<NamedObjects> {
  const { credentials, storageConfiguration, network, networkConnectivityConfig } = workspace.body;
  const named = <Kind extends AccountObjectKind>(member: string, kind: Kind, id: AccountObjectId | null) =>
    namedObject(dependencies, workspace, member, kind, id);
  await named("credentials_id", "credentials", credentials);
  await named("storage_configuration_id", "storage-configuration", storageConfiguration);
  const { restApi = [], dataplaneRelay = [] } =
    (await named("network_id", "network", network))?.body.vpcEndpoints ?? {};
  const vpcEndpoints = await Promise.all(
    [...restApi, ...dataplaneRelay].map((id) => named("network_id", "vpc-endpoint", id)),
  );
  const { privateAccessSettings, managedServicesKey, storageKey } = workspace.body;
  const key = "customer-managed-key";
  return {
    networkConnectivityConfig: await named(
      "network_connectivity_config_id",
      "network-connectivity-config",
      networkConnectivityConfig,
    ),
    vpcEndpoints: vpcEndpoints.filter((endpoint) => endpoint !== null),
    privateAccessSettings: await named(
      "private_access_settings_id",
      "private-access-settings",
      privateAccessSettings,
    ),
    managedServicesKey: await named("managed_services_customer_managed_key_id", key, managedServicesKey),
    storageKey: await named("storage_customer_managed_key_id", key, storageKey),
  };
}

async function namedObject<Kind extends AccountObjectKind>(
  { store }: WorkspaceDependencies,
  { account }: WorkspaceObject,
  member: string,
  kind: Kind,
  id: AccountObjectId | null,
): Promise<AccountObject<Kind> | null> {
  if (id === null) return null;
  const found = await store.accountObjects.get(account, kind, id);
  if (found === null) throw invalidParameter(`${member}: configuration ${id} does not exist.`);
  return found;
}

/** Throws where another workspace holds what this one claims; of two at the same instant the store lets one through. */
async function refuseTaken({ store }: WorkspaceDependencies, workspace: WorkspaceObject): Promise<void> {
  for (const claim of tiesOf(workspace).claims) {
    const holder = await store.accountObjects.holding(claim);
    if (holder === null || holder.id === workspace.id) continue;
    switch (claim.kind) {
      case "workspace-of-network":
        throw invalidState(`Network ${claim.value} is being used by active workspace ${holder.id}`);
      case "deployment-name":
        throw alreadyExists(`Deployment name ${workspace.body.deploymentName} is already in use.`);
      case "workspace-name":
        throw alreadyExists(`Workspace name ${workspace.name} already exists in this account.`);
    }
  }
}

/** What the members of a reserved group may use (databricks-workspace-api.md C10). */
const ENTITLEMENTS: Readonly<Record<(typeof RESERVED_GROUPS)[number], readonly string[]>> = {
  users: ["workspace-access", "databricks-sql-access"],
  admins: ["workspace-access", "databricks-sql-access", "allow-cluster-create", "allow-instance-pool-create"],
};

function reservedGroups(
  { ids }: WorkspaceDependencies,
  { id: workspace, account, createdAtMs }: WorkspaceObject,
): readonly AccountChange[] {
  return RESERVED_GROUPS.flatMap((name): readonly AccountChange[] => {
    const row: Principal = {
      id: principalId(ids.principal()),
      account,
      kind: "group",
      workspace,
      name,
      displayName: null,
      externalId: null,
      active: true,
      roles: [],
      person: null,
      createdAtMs,
      version: 0,
    };
    const has = { entitlements: ENTITLEMENTS[name], roles: [], active: true, version: 0 };
    return [
      { kind: "principal", row },
      { kind: "workspace-grants", row: { workspace, principal: row.id, ...has } },
    ];
  });
}

/** The creator and the account's first administrators. */
async function initialAdministrators(
  { store }: WorkspaceDependencies,
  workspace: WorkspaceObject,
): Promise<readonly AccountChange[]> {
  const account = await store.accountObjects.get(
    workspace.account,
    "account",
    accountObjectId(workspace.account),
  );
  const first = account?.body.firstAdministrators;
  const asked = new Set([workspace.body.creator, ...(first ? [first.user, first.servicePrincipal] : [])]);
  const principals = await Promise.all([...asked].map((id) => store.principals.get(workspace.account, id)));
  return principals
    .filter((principal) => principal !== null)
    .map(({ id }) => ({
      kind: "workspace-assignment",
      row: { workspace: workspace.id, principal: id, level: "ADMIN" },
    }));
}
