import { type DestinationStream, type Logger, pino } from "pino";

/** Values that must not reach a log, wherever an object that holds one is logged. */
const SECRET_KEYS = [
  "authorization",
  "x-amz-security-token",
  "cookie",
  "secret",
  "secretAccessKey",
  "password",
  "token",
];

/**
 * The server's structured log: one JSON object a line, times in UTC, secrets replaced.
 *
 * @param destination where the lines go; standard output by default
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const paths = SECRET_KEYS.flatMap((key) => [`["${key}"]`, `*["${key}"]`, `*.*["${key}"]`]);
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths, censor: "[redacted]" },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
