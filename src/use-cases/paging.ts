import { createHash } from "node:crypto";
import { invalid } from "../core/errors.ts";
import { canonicalJson } from "../core/json.ts";
import type { Page, PageCursor, PageRequest } from "../core/ports/store.ts";
import type { Listing, PageInput } from "./emr-containers.ts";

/**
 * The page where the caller names no size, and the most there is: neither the model (`JavaInteger`, without bounds) nor
 * the API's reference gives any, and clients walk `nextToken` whatever the size.
 */
const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 100;
/** The ids of everything that is listed; a database may choke on other texts. */
const OUR_ID = /^[0-9a-z]{1,64}$/;
const DIGEST_CHARACTERS = 16;

/** What one list shows: its operation, whose rows, and by which filters. Its tokens continue no other. */
export interface ListIdentity {
  readonly operation: string;
  readonly [of: string]: unknown;
}

/** Reads a page request. Throws a DomainError of kind `invalid` for a token that no page of this list gave. */
export function pageRequest(list: ListIdentity, input: PageInput): PageRequest {
  const limit = Math.min(input.maxResults ?? DEFAULT_PAGE, LARGEST_PAGE);
  return { limit, after: input.nextToken === null ? null : decode(input.nextToken, digestOf(list)) };
}

export function listing<Row>(list: ListIdentity, { rows, next }: Page<Row>): Listing<Row> {
  return { rows, nextToken: next === null ? null : encode(next, digestOf(list)) };
}

function digestOf(list: ListIdentity): string {
  return createHash("sha256").update(canonicalJson(list)).digest("base64url").slice(0, DIGEST_CHARACTERS);
}

function encode(cursor: PageCursor, digest: string): string {
  return Buffer.from(JSON.stringify([cursor.createdAtMs, cursor.id, digest])).toString("base64url");
}

function decode(token: string, digest: string): PageCursor {
  const [createdAtMs, id, of] = readToken(token);
  if (!Number.isSafeInteger(createdAtMs) || typeof id !== "string" || !OUR_ID.test(id))
    throw invalid("nextToken is not one that this list gave: start again without it.");
  if (of !== digest)
    throw invalid(
      "nextToken belongs to a list with other filters: send it with the filters that it came with, or start again without it.",
    );
  return { createdAtMs: Number(createdAtMs), id };
}

function readToken(token: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    return Array.isArray(value) ? value : [];
  } catch {
    // Not even JSON: the same answer as for any other text that is no token.
    return [];
  }
}
