import {
  behaviour,
  type DocumentedRule,
  inState,
  invalid,
  missing,
  refusal,
  taken,
} from "../databricks/documented-rule.ts";

const tooMany = (message: string) => refusal(400, "QUOTA_EXCEEDED", message);

/** What databricks-account-api.md B8 and B11 to B13 say beside workspaces, their parts and SCIM, row by row. */
export const RULES_OF_THE_REST = {
  "secret-sixth": {
    source: "B11, last sentence but one",
    condition: "a service principal has five secrets and gets another",
    outcome: tooMany("Service principal {principal} has 5 secrets, which is the limit: delete one first."),
  },
  "secret-application-id": {
    source: "B11, last sentence",
    condition: "the application id stands where the numeric id belongs",
    outcome: missing("Service principal {application} does not exist."),
  },
  "secret-lifetime": {
    source: "B11 row 1",
    condition: "the lifetime of a secret is more than two years",
    outcome: invalid("lifetime: '63072001s' is not from 1s to 63072000s, which is two years."),
  },
  "secret-gone": {
    source: "B11 row 3",
    condition: "a secret is deleted that is not there",
    outcome: missing("Service principal {principal} has no secret none."),
  },
  "log-format": {
    source: "B12, Log type/format mismatch",
    condition: "audit logs are to be delivered as CSV",
    outcome: invalid("output_format: AUDIT_LOGS is delivered as JSON; 'CSV' is not possible."),
  },
  "log-name": {
    source: "B12 row 1",
    condition: "config_name has more than 255 characters",
    outcome: invalid("config_name: give at most 255 characters."),
  },
  "log-credentials": {
    source: "B12 row 1",
    condition: "the credentials that are named are not there",
    outcome: invalid("credentials_id: configuration none does not exist."),
  },
  "log-start": {
    source: "B12 row 1",
    condition: "delivery_start_time is not a month",
    outcome: invalid("delivery_start_time: '2026-13' is not a month: give YYYY-MM, such as 2026-01."),
  },
  "log-workspace": {
    source: "B12 row 1",
    condition: "workspace_ids_filter names a workspace that is not there",
    outcome: invalid("workspace_ids_filter: workspace 1 does not exist."),
  },
  "log-third-of-account": {
    source: "B12, limits",
    condition: "a third configuration for the whole account is enabled",
    outcome: tooMany(
      "There are 2 enabled log delivery configurations for AUDIT_LOGS of the account already, which is the limit: disable one first.",
    ),
  },
  "log-third-of-workspace": {
    source: "B12, limits",
    condition: "a third configuration for one workspace is enabled",
    outcome: tooMany(
      "There are 2 enabled log delivery configurations for BILLABLE_USAGE of workspace {workspace} already, which is the limit: disable one first.",
    ),
  },
  "log-no-delete": {
    source: "B12, No DELETE",
    condition: "a log delivery configuration is to be deleted",
    outcome: refusal(404, "ENDPOINT_NOT_FOUND", "No API found for 'DELETE {path}'"),
  },
  "log-keeps-credentials": {
    source: "B8 row 2, credentials and storage",
    condition: "credentials are deleted that an enabled log delivery configuration names",
    outcome: inState("Unable to delete, Credential is being used by active log delivery {configuration}"),
  },
  "log-disabled-keeps-nothing": {
    source: "B8 row 2, credentials and storage",
    condition: "credentials are deleted that a disabled log delivery configuration names",
    outcome: behaviour("they are deleted; enabling it again is refused from then on"),
  },
  "usage-months": {
    source: "B13 row Usage",
    condition: "end_month is before start_month",
    outcome: invalid("end_month: 2026-01 is before start_month, 2026-02."),
  },
  "usage-none": {
    source: "B13 row Usage",
    condition: "usage is downloaded",
    outcome: behaviour("CSV with the vendor's header and no rows: workspaces run nothing that is metered"),
  },
  "connectivity-name": {
    source: "B13 row Network connectivity",
    condition: "the name of a network connectivity configuration has a blank",
    outcome: invalid("name: 'a b c' does not match ^[0-9a-zA-Z-_]{3,30}$."),
  },
  "connectivity-eleventh": {
    source: "B13 row Network connectivity",
    condition: "a region has ten network connectivity configurations and gets another",
    outcome: tooMany(
      "There are 10 network connectivity configurations in eu-west-1 already, which is the limit.",
    ),
  },
  "connectivity-in-use": {
    source: "B13 row Network connectivity, B7 fields row network_connectivity_config_id",
    condition: "a network connectivity configuration is deleted that a workspace has",
    outcome: inState(
      "Unable to delete, Network connectivity configuration is being used by active workspace {workspace}",
    ),
  },
  "connectivity-region": {
    source: "B7 fields row network_connectivity_config_id",
    condition: "a workspace names a network connectivity configuration of another region",
    outcome: invalid(
      "network_connectivity_config_id: the configuration is of region us-east-1, the workspace of us-west-2.",
    ),
  },
  "endpoint-rule-service": {
    source: "B13 row Network connectivity",
    condition: "a private endpoint rule is for a service of another region",
    outcome: invalid(
      "endpoint_service: the service is in us-east-1, the network connectivity configuration in us-west-2.",
    ),
  },
  "app-redirect": {
    source: "B13 row OAuth apps",
    condition: "an OAuth app would be answered over plain HTTP on another machine",
    outcome: invalid(
      "redirect_urls: 'http://a.example.com/' is not an https URL, or an http one of this machine (localhost, 127.0.0.1, [::1]), without a fragment.",
    ),
  },
  "app-lifetime": {
    source: "B13 row OAuth apps",
    condition: "access tokens of an OAuth app are to last for more than a day",
    outcome: invalid("token_access_policy.access_token_ttl_in_minutes: give 5 to 1440 minutes."),
  },
  "app-gone": {
    source: "B13 row OAuth apps",
    condition: "an OAuth app is read that was deleted",
    outcome: missing("Custom OAuth app integration with id {app} does not exist."),
  },
  "app-published-twice": {
    source: "B13 row OAuth apps",
    condition: "a published app gets a second integration",
    outcome: taken("Published app databricks-cli has integration {integration} in this account already."),
  },
} as const satisfies Readonly<Record<string, DocumentedRule>>;
