import {
  ACCOUNT_CONNECTION_OPTIONS,
  type AccountConnectionValues,
  connectAccount,
} from "../account/connection.ts";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import type { Printer } from "../output/printer.ts";
import { Directory } from "./directory.ts";
import { isAdministrator, type PrincipalKind, type ScimPrincipal } from "./kinds.ts";

export const CONNECTION_OPTIONS = ACCOUNT_CONNECTION_OPTIONS;

export async function openDirectory(values: AccountConnectionValues, context: Context): Promise<Directory> {
  return new Directory(await connectAccount(values, context));
}

const SECONDS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** `90d`, `12h`, `30m`, `3600s` or `3600`; throws with the option's name. */
export function lifetimeSeconds(option: string, value: string): number {
  const [, count, unit = ""] = /^(\d{1,9})([smhd]?)$/.exec(value) ?? [];
  const seconds = Number(count) * (SECONDS[unit] ?? Number.NaN);
  if (seconds >= 1) return seconds;
  throw usage(`${option} ${value}: expected a time such as 90d, 12h or 3600s`);
}

/** Throws with the option's name. */
export function trueOrFalse(option: string, value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  if (value !== "true" && value !== "false") throw usage(`${option} ${value}: expected true or false`);
  return value === "true";
}

export function usage(message: string): CliError {
  return new CliError(message, { exitCode: EXIT_CODES.usage });
}

/** One principal for people, name by name. */
export function principalFields(principal: ScimPrincipal, print: Printer): string {
  const { userName, applicationId, displayName, active, groups, members, id } = principal;
  const list = (values: readonly { readonly display?: string; readonly value: string }[] | undefined) =>
    (values ?? []).map(({ display, value }) => display ?? value).join("\n") || "-";
  return print.fields([
    ...(userName === undefined ? [] : [["User name", userName] as const]),
    ...(applicationId === undefined ? [] : [["Application ID", applicationId] as const]),
    ["ID", id],
    ["Display name", displayName ?? "-"],
    ["Account administrator", isAdministrator(principal) ? "yes" : "no"],
    ...(active === undefined ? [] : [["Active", active ? "yes" : "no"] as const]),
    ["Groups", list(groups)],
    ...(members === undefined ? [] : [["Members", list(members)] as const]),
  ]);
}

export function principalTable(kind: PrincipalKind, rows: readonly ScimPrincipal[], print: Printer): string {
  const names = [...new Set([...kind.names, "displayName" as const])];
  const titles = { userName: "USER NAME", applicationId: "APPLICATION ID", displayName: "DISPLAY NAME" };
  return print.table(
    ["ID", ...names.map((name) => titles[name]), "ADMIN", "ACTIVE"].map((title) => ({ title })),
    rows.map((row) => [
      row.id,
      ...names.map((name) => row[name] ?? "-"),
      isAdministrator(row) ? "yes" : "no",
      row.active === false ? "no" : "yes",
    ]),
    "None.",
  );
}
