import type { InsidePath } from "./paths.ts";

/** What a request for a page means at an account's history server, which shows other runs too. */
export type HistoryPath =
  | { readonly kind: "pass" }
  /** To the same page of the run's history: what was open while the run lived goes on there. */
  | { readonly kind: "redirect"; readonly to: string }
  | { readonly kind: "refuse"; readonly reason: string };

/** Sends a path to the run's own part of the history server; `ids` are those under which Spark knows the run. */
export function historyPath(inside: InsidePath, ids: readonly [string, ...string[]]): HistoryPath {
  const [, first, ...rest] = inside.path.split("/");
  const isOwn = (id: string | undefined) => id !== undefined && ids.includes(id);
  switch (first) {
    case "static":
      return { kind: "pass" };
    case "history":
      return isOwn(rest[0]) ? { kind: "pass" } : refuse("This URL shows one run only.");
    case "api":
      if (rest[0] === "v1" && rest[1] === "version" && rest.length === 2) return { kind: "pass" };
      return rest[0] === "v1" && rest[1] === "applications" && isOwn(rest[2])
        ? { kind: "pass" }
        : refuse(`The run has ended: its part of Spark's API is api/v1/applications/${ids[0]}.`);
    case "":
      return { kind: "redirect", to: `/history/${ids[0]}/jobs/` };
    default:
      return { kind: "redirect", to: `/history/${ids[0]}${inside.path}${inside.query}` };
  }
}

/** Whether a path of a driver's pages does something: they are for reading. */
export function endsSomething(path: string): boolean {
  return path.split("/").some((segment) => decodeURIComponent(segment).toLowerCase() === "kill");
}

const refuse = (reason: string): HistoryPath => ({ kind: "refuse", reason });
