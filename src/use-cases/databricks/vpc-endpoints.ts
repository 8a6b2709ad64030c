import type { AccountObject } from "../../core/account-object/account-object.ts";
import { accountObjectChange } from "../../core/account-object/ties.ts";
import { checkAwsVpcEndpointId, type VpcEndpoint } from "../../core/account-object/vpc-endpoint.ts";
import { alreadyExists, invalidParameter } from "../../core/databricks-errors.ts";
import type { AccountId } from "../../core/ids.ts";
import { REGIONS } from "../../core/workspace/regions.ts";
import { retryStale } from "../retry-stale.ts";
import { createAccountObject, getAccountObject } from "./account-objects.ts";
import type { DatabricksContext } from "./context.ts";
import type { WorkspaceDependencies } from "./workspace-dependencies.ts";

/** `vpc-endpoints.create`. Answers `pending`, as seed 001 prints; what AWS says later, the next look shows. */
export async function createVpcEndpoint(
  dependencies: WorkspaceDependencies,
  context: DatabricksContext,
  input: Pick<VpcEndpoint, "region" | "awsVpcEndpointId"> & { readonly name: string },
): Promise<AccountObject<"vpc-endpoint">> {
  const { name, region, awsVpcEndpointId } = input;
  checkAwsVpcEndpointId(awsVpcEndpointId);
  if (!REGIONS.has(region)) throw invalidParameter(`region: '${region}' is not a region for workspaces.`);
  const found = await dependencies.cloud.vpcEndpoint(region, awsVpcEndpointId, name);
  if (found === null)
    throw invalidParameter(`aws_vpc_endpoint_id: there is no VPC endpoint ${awsVpcEndpointId} in ${region}.`);
  const { awsAccountId, awsEndpointServiceId, useCase } = found;
  const body = { region, awsVpcEndpointId, awsAccountId, awsEndpointServiceId, useCase };
  const made = { kind: "vpc-endpoint", name, state: "pending", body } as const;
  return createAccountObject(dependencies, context, made, async () => {
    const claim = { scope: context.caller.account, kind: "aws-vpc-endpoint", value: awsVpcEndpointId };
    if ((await dependencies.store.accountObjects.holding(claim)) !== null)
      throw alreadyExists(`VPC endpoint ${awsVpcEndpointId} is already registered in this account.`);
  });
}

/** `vpc-endpoints.get`: with the state that AWS gives it now. */
export function getVpcEndpoint(
  dependencies: WorkspaceDependencies,
  account: AccountId,
  id: string,
): Promise<AccountObject<"vpc-endpoint">> {
  return retryStale(async () =>
    current(dependencies, await getAccountObject(dependencies, account, "vpc-endpoint", id)),
  );
}

/** `vpc-endpoints.list`, oldest first. */
export function listVpcEndpoints(
  dependencies: WorkspaceDependencies,
  account: AccountId,
): Promise<readonly AccountObject<"vpc-endpoint">[]> {
  return retryStale(async () => {
    const known = await dependencies.store.accountObjects.list(account, "vpc-endpoint");
    return Promise.all(known.map((endpoint) => current(dependencies, endpoint)));
  });
}

/** The endpoint with its present state, which is stored where it is news; one that AWS has no more is `deleted`. */
async function current(
  { store, cloud }: WorkspaceDependencies,
  endpoint: AccountObject<"vpc-endpoint">,
): Promise<AccountObject<"vpc-endpoint">> {
  const { region, awsVpcEndpointId } = endpoint.body;
  const found = await cloud.vpcEndpoint(region, awsVpcEndpointId, endpoint.name);
  const state = found?.state ?? "deleted";
  if (state === endpoint.state) return endpoint;
  const row = { ...endpoint, state };
  await store.commit([accountObjectChange(row)]);
  return { ...row, version: row.version + 1 };
}
