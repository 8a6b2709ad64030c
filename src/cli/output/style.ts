import type { Environment } from "../../config/machine.ts";
import type { OutputStream } from "../io.ts";

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

/** Adds colour, or nothing. Colour only repeats what the words say. */
export type Style = { readonly [Name in keyof typeof CODES]: (text: string) => string };

/** Whether a stream takes colour: a terminal that is not `dumb`, without `NO_COLOR` (no-color.org). */
export function takesColor(stream: OutputStream, environment: Environment): boolean {
  const forbidden = (environment.NO_COLOR ?? "") !== "" || environment.TERM === "dumb";
  return stream.isTerminal && !forbidden;
}

export function styleFor(color: boolean): Style {
  const wrap =
    ([on, off]: readonly [number, number]) =>
    (text: string) =>
      color && text !== "" ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    bold: wrap(CODES.bold),
    dim: wrap(CODES.dim),
    red: wrap(CODES.red),
    green: wrap(CODES.green),
    yellow: wrap(CODES.yellow),
    cyan: wrap(CODES.cyan),
  };
}

/** Colours a state by what it means for the user. */
export function styleState(style: Style, state: string): string {
  if (["COMPLETED", "RUNNING", "ok", "installed", "Active"].includes(state)) return style.green(state);
  if (["FAILED", "ARRESTED", "fail"].includes(state)) return style.red(state);
  if (["CANCELLED", "CANCEL_PENDING", "TERMINATING", "warn"].includes(state)) return style.yellow(state);
  return state;
}
