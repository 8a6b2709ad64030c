import type { Static } from "typebox";
import type { CustomerManagedKey } from "../../contract/databricks-account/encryption-keys.ts";
import type { AccountObject } from "../../core/account-object/account-object.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import type { AccountHandlers } from "./handlers.ts";

export function encryptionKeyHandlers(
  useCases: DatabricksUseCases,
): AccountHandlers<
  "encryption-keys.create" | "encryption-keys.list" | "encryption-keys.get" | "encryption-keys.delete"
> {
  const kind = "customer-managed-key";
  return {
    async "encryption-keys.create"(context, { use_cases, aws_key_info: key }) {
      const made = await useCases.createCustomerManagedKey(context, {
        useCases: use_cases,
        keyArn: key.key_arn,
        keyAlias: key.key_alias ?? null,
        reuseKeyForClusterVolumes: key.reuse_key_for_cluster_volumes ?? null,
      });
      return wireKey(made);
    },
    async "encryption-keys.list"({ caller }) {
      return (await useCases.list(caller.account, kind)).map(wireKey);
    },
    async "encryption-keys.get"({ caller }, input) {
      return wireKey(await useCases.get(caller.account, kind, input.customer_managed_key_id));
    },
    async "encryption-keys.delete"(context, input) {
      return wireKey(await useCases.delete(context, kind, input.customer_managed_key_id));
    },
  };
}

function wireKey({
  id,
  account,
  body,
  createdAtMs,
}: AccountObject<"customer-managed-key">): Static<typeof CustomerManagedKey> {
  const { keyArn, keyAlias, keyRegion, reuseKeyForClusterVolumes } = body;
  return {
    customer_managed_key_id: id,
    account_id: account,
    creation_time: createdAtMs,
    use_cases: [...body.useCases],
    aws_key_info: {
      key_arn: keyArn,
      ...(keyAlias !== null && { key_alias: keyAlias }),
      key_region: keyRegion,
      ...(reuseKeyForClusterVolumes !== null && { reuse_key_for_cluster_volumes: reuseKeyForClusterVolumes }),
    },
  };
}
