import type { Static } from "typebox";
import type { PrivateAccessSettings } from "../../contract/databricks-account/private-access-settings.ts";
import type { AccountObject } from "../../core/account-object/account-object.ts";
import type { PrivateAccessLevel } from "../../core/account-object/private-access-settings.ts";
import { accountObjectId } from "../../core/ids.ts";
import type { PrivateAccessSettingsInput } from "../../use-cases/databricks/private-access-settings.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import type { AccountHandlers } from "./handlers.ts";

export function privateAccessSettingsHandlers(
  useCases: DatabricksUseCases,
): AccountHandlers<
  | "private-access.create"
  | "private-access.list"
  | "private-access.get"
  | "private-access.replace"
  | "private-access.delete"
> {
  const kind = "private-access-settings";
  return {
    async "private-access.create"(context, input) {
      return wireSettings(await useCases.createPrivateAccessSettings(context, settings(input)));
    },
    async "private-access.list"({ caller }) {
      return (await useCases.list(caller.account, kind)).map(wireSettings);
    },
    async "private-access.get"({ caller }, input) {
      return wireSettings(await useCases.get(caller.account, kind, input.private_access_settings_id));
    },
    async "private-access.replace"(context, input) {
      const id = input.private_access_settings_id;
      return wireSettings(await useCases.replacePrivateAccessSettings(context, id, settings(input)));
    },
    async "private-access.delete"(context, input) {
      return wireSettings(await useCases.delete(context, kind, input.private_access_settings_id));
    },
  };
}

function settings(input: {
  readonly private_access_settings_name: string;
  readonly region: string;
  readonly public_access_enabled?: boolean;
  readonly private_access_level?: PrivateAccessLevel;
  readonly allowed_vpc_endpoint_ids?: readonly string[];
}): PrivateAccessSettingsInput {
  return {
    name: input.private_access_settings_name,
    region: input.region,
    publicAccessEnabled: input.public_access_enabled ?? false,
    // Seed 001 L326 prints ANY where none was given.
    level: input.private_access_level ?? "ANY",
    allowedVpcEndpoints: (input.allowed_vpc_endpoint_ids ?? []).map(accountObjectId),
  };
}

function wireSettings({
  id,
  account,
  name,
  body,
}: AccountObject<"private-access-settings">): Static<typeof PrivateAccessSettings> {
  return {
    private_access_settings_id: id,
    account_id: account,
    private_access_settings_name: name,
    region: body.region,
    public_access_enabled: body.publicAccessEnabled,
    private_access_level: body.level,
    ...(body.allowedVpcEndpoints.length > 0 && { allowed_vpc_endpoint_ids: [...body.allowedVpcEndpoints] }),
  };
}
