import type { Style } from "./style.ts";
import { harmless } from "./table.ts";

/** pino's numbers: https://github.com/pinojs/pino/blob/main/docs/api.md, "logger.levels". */
const LEVELS: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};
/** What every entry has and nobody reads on a terminal. */
const NOISE = new Set(["level", "time", "msg", "pid", "hostname", "v"]);

/** An entry of the structured log, for people: `07:14:49 info  listening url=http://…`. */
export function formatLogEntry(entry: string, style: Style): string {
  const fields = parse(entry);
  if (fields === null) return harmless(entry);
  const time = new Date(Number(fields.time) || String(fields.time));
  const clock = Number.isNaN(time.getTime()) ? "" : `${time.toTimeString().slice(0, 8)} `;
  const level = LEVELS[Number(fields.level)] ?? String(fields.level);
  const paint = { warn: style.yellow, error: style.red, fatal: style.red }[level] ?? style.cyan;
  const rest = Object.entries(fields)
    .filter(([name]) => !NOISE.has(name))
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return `${style.dim(clock)}${paint(level.padEnd(5))} ${harmless(String(fields.msg ?? ""))} ${style.dim(harmless(rest.join(" ")))}`.trimEnd();
}

/** Whether it tells of a read that went well: clients that wait for a run ask several times a second. */
export function isAnsweredRead(entry: string): boolean {
  const { msg, method, status } = parse(entry) ?? {};
  return msg === "request" && (method === "GET" || method === "HEAD") && Number(status) < 400;
}

/** Null for a line that is no JSON object. */
function parse(entry: string): Readonly<Record<string, unknown>> | null {
  try {
    const fields: unknown = JSON.parse(entry);
    // An object's members may be anything, which is all that this type says.
    return typeof fields === "object" ? (fields as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}
