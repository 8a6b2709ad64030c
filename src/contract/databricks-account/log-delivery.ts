import { Type } from "typebox";
import { ACCOUNT, databricksOperation } from "../databricks/operation.ts";
import { accountParams, Milliseconds, message, NOTHING } from "../databricks/shapes.ts";

const optionalText = Type.Optional(Type.String());
const status = Type.Union([Type.Literal("ENABLED"), Type.Literal("DISABLED")]);

const given = {
  config_name: optionalText,
  log_type: Type.Union([Type.Literal("BILLABLE_USAGE"), Type.Literal("AUDIT_LOGS")]),
  output_format: Type.Union([Type.Literal("CSV"), Type.Literal("JSON")]),
  credentials_id: Type.String(),
  storage_configuration_id: Type.String(),
  delivery_path_prefix: optionalText,
  delivery_start_time: optionalText,
  workspace_ids_filter: Type.Optional(Type.Array(Type.Integer())),
  status: Type.Optional(status),
};

/** Where logs are delivered to, and how that went last (databricks-account-api.md B12); times of the latter are ISO 8601. */
const LogDeliveryConfiguration = message({
  ...given,
  config_id: Type.String(),
  account_id: Type.String(),
  creation_time: Milliseconds,
  update_time: Milliseconds,
  log_delivery_status: message({
    status: Type.String(),
    message: Type.String(),
    last_attempt_time: optionalText,
    last_successful_attempt_time: optionalText,
  }),
});
export const OneLogDelivery = message({ log_delivery_configuration: LogDeliveryConfiguration });

const PATH = `${ACCOUNT}/log-delivery`;
const one = message({ ...accountParams.properties, config_id: Type.String() });
const facts = { object: "log-delivery", access: "account-admin" } as const;

export const createLogDelivery = databricksOperation({
  ...facts,
  verb: "create",
  method: "POST",
  path: PATH,
  summary: "Has audit logs or usage delivered to a bucket",
  params: accountParams,
  query: NOTHING,
  body: message({ log_delivery_configuration: message(given) }),
  response: OneLogDelivery,
});

export const listLogDeliveries = databricksOperation({
  ...facts,
  verb: "list",
  method: "GET",
  path: PATH,
  summary: "Lists the log delivery configurations of the account",
  params: accountParams,
  query: message({
    credentials_id: optionalText,
    storage_configuration_id: optionalText,
    status: Type.Optional(status),
    page_token: optionalText,
  }),
  body: NOTHING,
  response: message({
    log_delivery_configurations: Type.Array(LogDeliveryConfiguration),
    next_page_token: optionalText,
  }),
});

export const getLogDelivery = databricksOperation({
  ...facts,
  verb: "get",
  method: "GET",
  path: `${PATH}/{config_id}`,
  summary: "Shows a log delivery configuration, and how the latest delivery went",
  params: one,
  query: NOTHING,
  body: NOTHING,
  response: OneLogDelivery,
});

export const patchLogDeliveryStatus = databricksOperation({
  ...facts,
  verb: "patch-status",
  method: "PATCH",
  path: `${PATH}/{config_id}`,
  summary: "Enables or disables a log delivery configuration",
  params: one,
  query: NOTHING,
  body: message({ status }),
  response: NOTHING,
});
