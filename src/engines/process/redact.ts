/** The keys whose values Spark itself hides (default of `spark.redaction.regex`, Spark 3.5). */
const SENSITIVE = "secret|password|token|access[.]?key";
const REDACTED = "*********(redacted)";

const SENSITIVE_SETTING = new RegExp(`^([^=\\s]*(?:${SENSITIVE})[^=\\s]*=).*$`, "is");
const SENSITIVE_WORD = new RegExp(`([^=\\s]*(?:${SENSITIVE})[^=\\s]*=)\\S+`, "gi");
const USER_INFO = /(:\/\/)[^/\s@]+@/g;

/** Hides what looks like a secret in one token of a command line, so that it may be logged. */
export function redactToken(token: string): string {
  return token
    .replace(SENSITIVE_SETTING, `$1${REDACTED}`)
    .replace(SENSITIVE_WORD, `$1${REDACTED}`)
    .replace(USER_INFO, `$1${REDACTED}@`);
}
