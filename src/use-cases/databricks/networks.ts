import type { AccountObject } from "../../core/account-object/account-object.ts";
import { checkNetwork, type Network } from "../../core/account-object/network.ts";
import type { VpcEndpointUseCase } from "../../core/account-object/vpc-endpoint.ts";
import { invalidParameter, invalidState } from "../../core/databricks-errors.ts";
import type { AccountId, AccountObjectId } from "../../core/ids.ts";
import { createAccountObject } from "./account-objects.ts";
import type { DatabricksContext, DatabricksDependencies } from "./context.ts";

/** `networks.create`. Throws where the VPC's parts do not fit, are taken by another network or do not exist. */
export async function createNetwork(
  dependencies: DatabricksDependencies,
  context: DatabricksContext,
  input: Pick<Network, "vpcId" | "subnetIds" | "securityGroupIds" | "vpcEndpoints"> & {
    readonly name: string;
  },
): Promise<AccountObject<"network">> {
  const { name, ...parts } = input;
  const body: Network = { ...parts, errors: [], warnings: [] };
  checkNetwork(name, body);
  const { account } = context.caller;
  return createAccountObject(
    dependencies,
    context,
    { kind: "network", name, state: "UNATTACHED", body },
    async () => {
      await refuseTaken(dependencies, account, "subnet", body.subnetIds);
      await refuseTaken(dependencies, account, "security-group", body.securityGroupIds);
      const { restApi = [], dataplaneRelay = [] } = body.vpcEndpoints ?? {};
      await requireEndpoints(dependencies, account, "rest_api", restApi, "WORKSPACE_ACCESS");
      await requireEndpoints(
        dependencies,
        account,
        "dataplane_relay",
        dataplaneRelay,
        "DATAPLANE_RELAY_ACCESS",
      );
    },
  );
}

/** The workspace that a network is attached to; null where it is to none. */
export async function workspaceOfNetwork(
  { store }: DatabricksDependencies,
  { account, id }: AccountObject<"network">,
): Promise<AccountObjectId | null> {
  const holder = await store.accountObjects.holding({
    scope: account,
    kind: "workspace-of-network",
    value: id,
  });
  return holder?.id ?? null;
}

async function refuseTaken(
  { store }: DatabricksDependencies,
  account: AccountId,
  kind: "subnet" | "security-group",
  values: readonly string[],
): Promise<void> {
  for (const value of values) {
    const holder = await store.accountObjects.holding({ scope: account, kind, value });
    if (holder !== null)
      throw invalidState(`${value} is already used by network ${holder.id}: give each network its own.`);
  }
}

async function requireEndpoints(
  { store }: DatabricksDependencies,
  account: AccountId,
  member: string,
  ids: readonly AccountObjectId[],
  useCase: VpcEndpointUseCase,
): Promise<void> {
  for (const id of ids) {
    const endpoint = await store.accountObjects.get(account, "vpc-endpoint", id);
    if (endpoint === null)
      throw invalidParameter(`vpc_endpoints.${member}: VPC endpoint ${id} does not exist.`);
    const found = endpoint.body.useCase;
    // GENERAL_ACCESS is the newer name of both.
    if (found !== useCase && found !== "GENERAL_ACCESS")
      throw invalidParameter(
        `vpc_endpoints.${member}: VPC endpoint ${id} is for ${found}, not for ${useCase}.`,
      );
  }
}
