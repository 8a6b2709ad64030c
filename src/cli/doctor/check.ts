/** One line of `firesteel doctor`. */
export interface Check {
  readonly name: string;
  /** `warn`: it works, with a limit. `fail`: something needed is missing. */
  readonly status: "ok" | "warn" | "fail";
  readonly finding: string;
  /** What to do about it; null where nothing is needed. */
  readonly remedy: string | null;
}

export const ok = (name: string, finding: string): Check => ({ name, status: "ok", finding, remedy: null });
export const warn = (name: string, finding: string, remedy: string): Check => ({
  name,
  status: "warn",
  finding,
  remedy,
});
export const fail = (name: string, finding: string, remedy: string): Check => ({
  name,
  status: "fail",
  finding,
  remedy,
});
