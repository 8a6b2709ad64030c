import type { RulesWorld } from "./databricks-rules.ts";

const REGION = "us-west-2";
export const ROLE = "arn:aws:iam::123456789012:role/r";

/** Requests that succeed, each with names of its own; `change` makes of one what a situation needs. */
export function configurations(world: RulesWorld) {
  const { done, newName, newHex } = world;
  const networkOf = (change: object = {}) => ({
    network_name: newName(),
    vpc_id: `vpc-${newHex()}`,
    subnet_ids: [`subnet-${newHex()}`, `subnet-${newHex()}`],
    security_group_ids: [`sg-${newHex()}`],
    ...change,
  });
  return {
    networkOf,
    /** Answers the id of what it made, as do all below. */
    credentials: async (arn = ROLE): Promise<string> =>
      (
        await done("POST", "credentials", {
          credentials_name: newName(),
          aws_credentials: { sts_role: { role_arn: arn } },
        })
      ).credentials_id,
    storage: async (bucket = "root-bucket"): Promise<string> =>
      (
        await done("POST", "storage-configurations", {
          storage_configuration_name: newName(),
          root_bucket_info: { bucket_name: bucket },
        })
      ).storage_configuration_id,
    key: async (useCases = ["MANAGED_SERVICES", "STORAGE"], region = REGION): Promise<string> =>
      (
        await done("POST", "customer-managed-keys", {
          use_cases: useCases,
          aws_key_info: { key_arn: `arn:aws:kms:${region}:123456789012:key/${newName()}` },
        })
      ).customer_managed_key_id,
    endpoint: async (region = REGION, name = newName()): Promise<string> =>
      (
        await done("POST", "vpc-endpoints", {
          vpc_endpoint_name: name,
          region,
          aws_vpc_endpoint_id: `vpce-${newHex()}`,
        })
      ).vpc_endpoint_id,
    settings: async (change: object = {}): Promise<string> =>
      (
        await done("POST", "private-access-settings", {
          private_access_settings_name: newName(),
          region: REGION,
          ...change,
        })
      ).private_access_settings_id,
    network: async (change: object = {}): Promise<string> =>
      (await done("POST", "networks", networkOf(change))).network_id,
  };
}

/** What a workspace is made of, with a credential and a storage configuration of its own. */
export async function workspaceOf(world: RulesWorld, change: object = {}): Promise<Record<string, unknown>> {
  const make = configurations(world);
  return {
    workspace_name: world.newName(),
    aws_region: REGION,
    credentials_id: await make.credentials(),
    storage_configuration_id: await make.storage(),
    ...change,
  };
}

/** Makes a workspace and brings it as far as it comes; answers its id. */
export async function provisioned(world: RulesWorld, change: object = {}): Promise<number> {
  const { workspace_id } = await world.done("POST", "workspaces", await workspaceOf(world, change));
  await world.provision();
  return workspace_id;
}
