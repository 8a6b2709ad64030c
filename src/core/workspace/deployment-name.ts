import { malformedRequest } from "../databricks-errors.ts";

const LETTERS = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i;
/** A label of a host name (RFC 1035). */
const MAX_CHARACTERS = 63;
/** Stands for the account's prefix alone (seed 000 L327). */
const PREFIX_ALONE = "EMPTY";
/** The label of the account's own host name, `accounts.<domain>`. */
export const ACCOUNTS_LABEL = "accounts";
const FAILED = "Failed parameter validation checks: ";

/**
 * A workspace's deployment name from the one that was asked for, or a generated one. Rules of databricks-account-api.md
 * B7 and seed 000 L321-327, with one exception: where the account has no prefix a name is taken all the same, as the
 * seeds do. Throws `MALFORMED_REQUEST`.
 * @param hex twelve random hexadecimal digits or more, for a generated name
 */
export function deploymentName(asked: string | null, prefix: string | null, hex: string): string {
  if (asked === null || asked === "") return `dbc-${hex.slice(0, 8)}-${hex.slice(8, 12)}`;
  if (asked === PREFIX_ALONE && prefix === null) {
    throw malformedRequest(
      `${FAILED}deployment_name EMPTY stands for the account's deployment name prefix, and the account has none.`,
    );
  }
  const name = asked === PREFIX_ALONE ? (prefix ?? "") : prefix === null ? asked : `${prefix}-${asked}`;
  if (!LETTERS.test(name) || name.length > MAX_CHARACTERS) {
    throw malformedRequest(
      `${FAILED}deployment_name '${name}' is not one: give up to ${MAX_CHARACTERS} letters, digits and hyphens, ` +
        "the first and the last no hyphen.",
    );
  }
  if (name.toLowerCase() === ACCOUNTS_LABEL)
    throw malformedRequest(`${FAILED}deployment_name '${name}' is the account's own: give another one.`);
  return name;
}

/** Whether an account may put it in front of names: at least one more letter has to fit behind it and its hyphen. */
export function isDeploymentPrefix(prefix: string): boolean {
  return LETTERS.test(prefix) && prefix.length <= MAX_CHARACTERS - 2;
}
