import type { Static } from "typebox";
import type { OneLogDelivery } from "../../contract/databricks-account/log-delivery.ts";
import type { AccountObject } from "../../core/account-object/account-object.ts";
import { FORMAT_OF, type LogDeliveryState } from "../../core/account-object/log-delivery.ts";
import { checkMonths, USAGE_CSV } from "../../core/billable-usage.ts";
import { accountObjectId } from "../../core/ids.ts";
import { pageOf } from "../../use-cases/databricks/pages.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import type { AccountHandlers } from "./handlers.ts";

type Wire = Static<typeof OneLogDelivery>["log_delivery_configuration"];

/** Nothing asks for another size; the vendor documents none. */
const PAGE = { default: 100, max: 100 };

export function logDeliveryHandlers(
  useCases: DatabricksUseCases,
): AccountHandlers<
  | "log-delivery.create"
  | "log-delivery.list"
  | "log-delivery.get"
  | "log-delivery.patch-status"
  | "billable-usage.download"
> {
  const kind = "log-delivery";
  return {
    async "log-delivery.create"(context, { log_delivery_configuration: given }) {
      const filter = given.workspace_ids_filter ?? [];
      const made = await useCases.createLogDelivery(context, {
        name: given.config_name ?? "",
        type: given.log_type,
        format: given.output_format,
        credentials: accountObjectId(given.credentials_id),
        storageConfiguration: accountObjectId(given.storage_configuration_id),
        pathPrefix: given.delivery_path_prefix ?? "",
        startMonth: given.delivery_start_time ?? null,
        workspaces: filter.length === 0 ? null : filter.map((id) => accountObjectId(String(id))),
        state: given.status ?? "ENABLED",
      });
      return { log_delivery_configuration: wire(made) };
    },
    async "log-delivery.list"({ caller }, input) {
      const { credentials_id: credentials, storage_configuration_id: storage, status } = input;
      const found = (await useCases.list(caller.account, kind)).filter(
        ({ body, state }) =>
          (credentials === undefined || body.credentials === credentials) &&
          (storage === undefined || body.storageConfiguration === storage) &&
          (status === undefined || state === status),
      );
      const { rows, nextPageToken } = pageOf(found, { size: null, token: input.page_token ?? null }, PAGE);
      return {
        log_delivery_configurations: rows.map(wire),
        ...(nextPageToken !== null && { next_page_token: nextPageToken }),
      };
    },
    async "log-delivery.get"({ caller }, input) {
      return { log_delivery_configuration: wire(await useCases.get(caller.account, kind, input.config_id)) };
    },
    async "log-delivery.patch-status"(context, input) {
      await useCases.changeLogDeliveryState(context, input.config_id, input.status);
      return {};
    },
    async "billable-usage.download"(_context, input) {
      checkMonths(input.start_month, input.end_month);
      return USAGE_CSV;
    },
  };
}

function wire({ id, account, name, state, body, createdAtMs }: AccountObject<"log-delivery">): Wire {
  const { type, outcome } = body;
  const time = (timeMs: number) => new Date(timeMs).toISOString();
  return {
    config_id: id,
    account_id: account,
    config_name: name,
    log_type: type,
    output_format: FORMAT_OF[type],
    credentials_id: body.credentials,
    storage_configuration_id: body.storageConfiguration,
    delivery_path_prefix: body.pathPrefix,
    ...(body.startMonth !== null && { delivery_start_time: body.startMonth }),
    ...(body.workspaces !== null && { workspace_ids_filter: body.workspaces.map(Number) }),
    // This kind's state is nothing else.
    status: state as LogDeliveryState,
    creation_time: createdAtMs,
    update_time: body.updatedAtMs,
    log_delivery_status: {
      status: outcome.status,
      message: outcome.message,
      ...(outcome.attemptedAtMs !== null && { last_attempt_time: time(outcome.attemptedAtMs) }),
      ...(outcome.succeededAtMs !== null && { last_successful_attempt_time: time(outcome.succeededAtMs) }),
    },
  };
}
