import { invalid } from "../core/errors.ts";
import type { Page, PageCursor, PageRequest } from "../core/ports/store.ts";
import type { Listing, PageInput } from "./emr-containers.ts";

/** The service's page where the caller names no size, and the most it gives. */
const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 100;
/** The ids of everything that is listed; a database may choke on other texts. */
const OUR_ID = /^[0-9a-z]{1,64}$/;

/**
 * Reads a page request. Throws a DomainError of kind `invalid` for a token that no list of ours has given.
 */
export function pageRequest(input: PageInput): PageRequest {
  const limit = Math.min(input.maxResults ?? DEFAULT_PAGE, LARGEST_PAGE);
  return { limit, after: input.nextToken === null ? null : decode(input.nextToken) };
}

export function listing<Row>(page: Page<Row>): Listing<Row> {
  return { rows: page.rows, nextToken: page.next === null ? null : encode(page.next) };
}

function encode(cursor: PageCursor): string {
  return Buffer.from(JSON.stringify([cursor.createdAtMs, cursor.id])).toString("base64url");
}

function decode(token: string): PageCursor {
  try {
    const [createdAtMs, id]: unknown[] = JSON.parse(Buffer.from(token, "base64url").toString());
    if (Number.isSafeInteger(createdAtMs) && typeof id === "string" && OUR_ID.test(id))
      return { createdAtMs: Number(createdAtMs), id };
  } catch (cause) {
    throw invalidToken(cause);
  }
  throw invalidToken(undefined);
}

function invalidToken(cause: unknown): Error {
  const error = invalid("nextToken is not one that this list gave: start again without it.");
  error.cause = cause;
  return error;
}
