import type { AccountObject } from "../account-object/account-object.ts";
import type { KeyUseCase } from "../account-object/customer-managed-key.ts";
import { invalidParameter, invalidState } from "../databricks-errors.ts";
import { REGIONS } from "./regions.ts";
import type { Workspace, WorkspaceConfiguration, WorkspaceObject } from "./workspace.ts";

/** Seed 000 L219-221. */
const WITHOUT_KEYS = "us-west-1";

/** The objects that a configuration names, as they are now; null where it names none. */
export interface NamedObjects {
  readonly networkConnectivityConfig: AccountObject<"network-connectivity-config"> | null;
  readonly privateAccessSettings: AccountObject<"private-access-settings"> | null;
  /** Those of the network. */
  readonly vpcEndpoints: readonly AccountObject<"vpc-endpoint">[];
  readonly managedServicesKey: AccountObject<"customer-managed-key"> | null;
  readonly storageKey: AccountObject<"customer-managed-key"> | null;
}

/** Throws `INVALID_PARAMETER_VALUE` or `INVALID_STATE` where a workspace cannot be as it is asked for. */
export function checkWorkspace(
  workspace: Pick<Workspace, keyof WorkspaceConfiguration | "pricingTier" | "computeMode">,
  named: NamedObjects,
): void {
  const { region, pricingTier, computeMode } = workspace;
  if (!REGIONS.has(region)) {
    throw invalidParameter(
      `aws_region: '${region}' is not a region for workspaces: ${[...REGIONS].join(", ")}.`,
    );
  }
  checkComputeMode(workspace, computeMode);
  checkTags(workspace.customTags ?? {});
  checkKey("managed_services_customer_managed_key_id", named.managedServicesKey, "MANAGED_SERVICES", region);
  checkKey("storage_customer_managed_key_id", named.storageKey, "STORAGE", region);
  const keyed = named.managedServicesKey !== null || named.storageKey !== null;
  if (keyed && region === WITHOUT_KEYS)
    throw invalidParameter(`Customer-managed keys cannot be used in ${WITHOUT_KEYS}.`);
  // Seed 000 L29: both are of the Enterprise tier.
  if (pricingTier !== "ENTERPRISE" && (keyed || named.privateAccessSettings !== null)) {
    const what = keyed ? "Customer-managed keys" : "Private access settings";
    throw invalidState(`${what} need pricing tier ENTERPRISE; this workspace has ${pricingTier}.`);
  }
  checkEndpoints(named.vpcEndpoints, region);
  const connectivity = named.networkConnectivityConfig?.body.region ?? region;
  if (connectivity !== region)
    throw invalidParameter(
      `network_connectivity_config_id: the configuration is of region ${connectivity}, the workspace of ${region}.`,
    );
  const access = named.privateAccessSettings?.body.region;
  if (access !== undefined && access !== region)
    throw invalidParameter(
      `private_access_settings_id: the settings are of region ${access}, the workspace of ${region}.`,
    );
}

function checkEndpoints(endpoints: NamedObjects["vpcEndpoints"], region: string): void {
  for (const { id, body } of endpoints) {
    if (body.region === region) continue;
    throw invalidParameter(
      `network_id: VPC endpoint ${id} of the network is in ${body.region}, the workspace in ${region}.`,
    );
  }
}

function checkComputeMode(configuration: WorkspaceConfiguration, mode: Workspace["computeMode"]): void {
  const { credentials, storageConfiguration, network } = configuration;
  if (mode === "HYBRID") {
    const missing = [
      ...(credentials === null ? ["credentials_id"] : []),
      ...(storageConfiguration === null ? ["storage_configuration_id"] : []),
    ];
    if (missing.length > 0) throw invalidParameter(`Missing required field: ${missing.join(", ")}`);
  } else if (credentials !== null || storageConfiguration !== null || network !== null) {
    throw invalidParameter(
      "A SERVERLESS workspace has no credentials_id, storage_configuration_id or network_id.",
    );
  }
}

function checkKey(
  member: string,
  key: AccountObject<"customer-managed-key"> | null,
  useCase: KeyUseCase,
  region: string,
): void {
  if (key === null) return;
  if (!key.body.useCases.includes(useCase)) {
    throw invalidParameter(
      `${member}: key configuration ${key.id} is for ${key.body.useCases.join(", ")}, not for ${useCase}.`,
    );
  }
  if (key.body.keyRegion !== region)
    throw invalidParameter(`${member}: the key is in ${key.body.keyRegion}, the workspace in ${region}.`);
}

/** databricks-account-api.md B7. */
function checkTags(tags: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(tags)) {
    if (key.length < 1 || key.length > 127)
      throw invalidParameter(`custom_tags: key '${key}' must have 1 to 127 characters.`);
    if (value.length > 255)
      throw invalidParameter(`custom_tags: the value of '${key}' has more than 255 characters.`);
  }
}

/**
 * Throws where a workspace may not be changed so: a FAILED one may be in all, a RUNNING one within seed 000 L528 and
 * databricks-account-api.md B7 and F.
 */
export function checkChange(workspace: WorkspaceObject, change: Partial<WorkspaceConfiguration>): void {
  const { state, body } = workspace;
  if (state === "CANCELLING") throw invalidState(`Workspace ${workspace.id} is being deleted.`);
  if (state === "PROVISIONING") {
    throw invalidState(
      `Workspace ${workspace.id} is being provisioned: change it once it is RUNNING or FAILED.`,
    );
  }
  if (state !== "RUNNING") return;
  const differs = <Name extends keyof WorkspaceConfiguration>(name: Name) =>
    change[name] !== undefined && change[name] !== body[name];
  if (differs("region")) throw invalidState("aws_region of a running workspace cannot be changed.");
  if (differs("storageConfiguration"))
    throw invalidState("storage_configuration_id of a running workspace cannot be changed.");
  if (differs("network") && body.network === null)
    throw invalidState("A running workspace whose VPC was made for it cannot get a network of its own.");
  if (differs("storageKey") && body.storageKey !== null) {
    throw invalidState("storage_customer_managed_key_id of a running workspace can be added, not changed.");
  }
}
