import type { Static } from "typebox";
import type { StorageConfiguration } from "../../contract/databricks-account/storage-configurations.ts";
import type { AccountObject } from "../../core/account-object/account-object.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import type { AccountHandlers } from "./handlers.ts";

export function storageConfigurationHandlers(
  useCases: DatabricksUseCases,
): AccountHandlers<"storage.create" | "storage.list" | "storage.get" | "storage.delete"> {
  const kind = "storage-configuration";
  return {
    async "storage.create"(context, input) {
      const made = await useCases.createStorageConfiguration(context, {
        name: input.storage_configuration_name,
        bucketName: input.root_bucket_info.bucket_name,
        roleArn: input.role_arn ?? null,
      });
      return wireStorageConfiguration(made);
    },
    async "storage.list"({ caller }) {
      return (await useCases.list(caller.account, kind)).map(wireStorageConfiguration);
    },
    async "storage.get"({ caller }, input) {
      const id = input.storage_configuration_id;
      return wireStorageConfiguration(await useCases.get(caller.account, kind, id));
    },
    async "storage.delete"(context, input) {
      const id = input.storage_configuration_id;
      return wireStorageConfiguration(await useCases.delete(context, kind, id));
    },
  };
}

function wireStorageConfiguration(
  object: AccountObject<"storage-configuration">,
): Static<typeof StorageConfiguration> {
  return {
    storage_configuration_id: object.id,
    account_id: object.account,
    storage_configuration_name: object.name,
    root_bucket_info: { bucket_name: object.body.bucketName },
    ...(object.body.roleArn !== null && { role_arn: object.body.roleArn }),
    creation_time: object.createdAtMs,
  };
}
