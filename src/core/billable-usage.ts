import { invalidParameter } from "./databricks-errors.ts";
import { checkMonth } from "./month.ts";

/**
 * The columns of billable usage, in the vendor's order
 * (https://docs.databricks.com/administration-guide/account-settings/usage-analysis.html, "CSV file schema").
 */
const COLUMNS = [
  "workspaceId",
  "timestamp",
  "clusterId",
  "clusterName",
  "clusterNodeType",
  "clusterOwnerUserId",
  "clusterCustomTags",
  "sku",
  "dbus",
  "machineHours",
  "clusterOwnerUserName",
  "tags",
] as const;

/**
 * The usage of workspaces as CSV. A row is an hour of a cluster or a warehouse of a workspace; workspaces have neither
 * here, so there are no rows. What EMR's virtual clusters run belongs to no workspace.
 */
export const USAGE_CSV = `${COLUMNS.join(",")}\n`;

/** Throws `INVALID_PARAMETER_VALUE` where the two months are no range. */
export function checkMonths(startMonth: string, endMonth: string): void {
  checkMonth("start_month", startMonth);
  checkMonth("end_month", endMonth);
  if (endMonth < startMonth)
    throw invalidParameter(`end_month: ${endMonth} is before start_month, ${startMonth}.`);
}
