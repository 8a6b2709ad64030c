import { invalidParameter } from "./databricks-errors.ts";

/** The vendor has no usage from before (databricks-sdk-py, service/billing.py, BillableUsageAPI.download). */
const FIRST_MONTH = "2019-03";

/** Throws `INVALID_PARAMETER_VALUE` where a text is no month of usage, `YYYY-MM`. */
export function checkMonth(member: string, month: string): void {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month))
    throw invalidParameter(`${member}: '${month}' is not a month: give YYYY-MM, such as 2026-01.`);
  if (month < FIRST_MONTH)
    throw invalidParameter(`${member}: there is no usage from before ${FIRST_MONTH}; ${month} is earlier.`);
}

/** The month of a time in UTC, `YYYY-MM`. */
export function monthOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 7);
}

/** The day of a time in UTC, `YYYY-MM-DD`. */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/** All months from the first to the last, both included; none where the last comes first. */
export function monthsBetween(first: string, last: string): readonly string[] {
  const months: string[] = [];
  const [year = 0, month = 1] = first.split("-").map(Number);
  for (let at = monthOf(Date.UTC(year, month - 1)); at <= last; ) {
    months.push(at);
    at = monthOf(Date.UTC(year, month - 1 + months.length));
  }
  return months;
}
