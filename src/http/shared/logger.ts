import { type DestinationStream, type Logger, type LoggerOptions, pino } from "pino";
import { keepLast } from "../../core/keep-last.ts";

/** Values that must not reach a log, wherever an object that holds one is logged. */
const SECRET_KEYS = [
  "authorization",
  "x-amz-security-token",
  "cookie",
  "secret",
  "secretAccessKey",
  "password",
  "token",
  "x-databricks-azure-sp-management-token",
];

/**
 * The server's structured log: one JSON object a line, times in UTC, secrets replaced.
 *
 * @param destination where the lines go; standard output by default
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const paths = SECRET_KEYS.flatMap((key) => [`["${key}"]`, `*["${key}"]`, `*.*["${key}"]`]);
  return logger({ level, redact: { paths, censor: "[redacted]" } }, destination);
}

/**
 * For the one line that each request leaves, whose members are chosen by us and hold no secret: looking for one would
 * cost more than the rest of the line.
 */
export function createRequestLogger(level: string, destination?: DestinationStream): Logger {
  return logger({ level }, destination);
}

function logger(different: LoggerOptions, destination: DestinationStream | undefined): Logger {
  const options = { base: null, timestamp: () => timeMemberOf(Date.now()), ...different };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** pino's `isoTime`: many lines of a busy server are of one millisecond. */
const timeMemberOf = keepLast((ms: number) => `,"time":"${new Date(ms).toISOString()}"`);
