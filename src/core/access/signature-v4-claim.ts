import { keepLast } from "../keep-last.ts";
import { incomplete, invalidSignature, missingToken, unrecognizedClient } from "./signature-v4-errors.ts";
import type { SigningScope } from "./signature-v4-keys.ts";
import { type HeaderMap, headerMap, queryPairs, type RequestHead } from "./signature-v4-request.ts";

/** What a request says of its own signature; nothing of it is proven yet. */
export interface SignatureClaim extends SigningScope {
  /** `YYYYMMDDTHHMMSSZ`. */
  readonly timestamp: string;
  readonly signedHeaders: readonly string[];
  /** 64 lower-case hexadecimal digits. */
  readonly signature: string;
  /** The `x-amz-content-sha256` header; null where it was not sent. */
  readonly contentSha256: string | null;
  readonly headers: HeaderMap;
}

const ALGORITHM = "AWS4-HMAC-SHA256";
const ALLOWED_SKEW_MINUTES = 5;
const ALLOWED_SKEW_MS = ALLOWED_SKEW_MINUTES * 60_000;
/** Headers that count once; a second line of one could be read differently here and by the HTTP parser. */
const SINGLE_HEADERS = [
  "authorization",
  "host",
  "date",
  "x-amz-date",
  "x-amz-content-sha256",
  "x-amz-security-token",
];

/**
 * Reads a request's signature and checks all that needs no secret, in the order in which AWS checks. Throws a
 * DomainError of kind `unauthenticated` whose code is AWS's name for the fault.
 */
export function readSignature(head: RequestHead, service: string, nowMs: number): SignatureClaim {
  const headers = headerMap(head.headers);
  for (const name of SINGLE_HEADERS) {
    if ((headers.get(name)?.length ?? 0) > 1) throw incomplete(`Header '${name}' was sent more than once.`);
  }
  const parameters = authorizationParameters(authorization(head, headers));
  const [timestamp, timeMs] = requestTime(headers);
  refuseWrongTime(timestamp, timeMs, nowMs);
  const signedHeaders = parameters.signedHeaders.split(";");
  refuseUnsignedHeaders(headers, signedHeaders);
  const scope = credentialScope(parameters.credential, service, timestamp);
  if (headers.has("x-amz-security-token")) throw unrecognizedClient();
  return {
    ...scope,
    timestamp,
    signedHeaders,
    signature: parameters.signature,
    contentSha256: headers.get("x-amz-content-sha256")?.[0] ?? null,
    headers,
  };
}

function authorization(head: RequestHead, headers: HeaderMap): string {
  const value = headers.get("authorization")?.[0]?.trim() ?? "";
  if (
    value === "" &&
    queryPairs(head.query)?.some(([name]) => /^x-amz-(signature|algorithm)$/i.test(name)) === true
  ) {
    throw incomplete(
      "Signatures in the query string (X-Amz-Signature) are not supported: sign the request with an Authorization header.",
    );
  }
  if (!value.startsWith("AWS4-")) throw missingToken();
  return value;
}

interface AuthorizationParameters {
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
}

function authorizationParameters(value: string): AuthorizationParameters {
  const split = value.search(/\s|$/);
  const algorithm = value.slice(0, split);
  const found = new Map<string, string>();
  for (const part of value.slice(split).split(",")) {
    const text = part.trim();
    if (text === "") continue;
    const equals = text.indexOf("=");
    const name = equals === -1 ? text : text.slice(0, equals);
    if (equals === -1 || found.has(name)) {
      throw incomplete(`'${name}' not a valid key=value pair (missing equal-sign) in Authorization header.`);
    }
    found.set(name, text.slice(equals + 1));
  }
  const missing = ["Credential", "Signature", "SignedHeaders"].filter(
    (name) => (found.get(name) ?? "") === "",
  );
  if (missing.length > 0) {
    throw incomplete(missing.map((name) => `Authorization header requires '${name}' parameter.`).join(" "));
  }
  if (algorithm !== ALGORITHM) {
    throw incomplete(`Unsupported AWS 'algorithm': '${algorithm}' (only ${ALGORITHM} for now).`);
  }
  return {
    credential: found.get("Credential") ?? "",
    signedHeaders: found.get("SignedHeaders") ?? "",
    signature: found.get("Signature") ?? "",
  };
}

/** In basic format, and in milliseconds since 1970. */
function requestTime(headers: HeaderMap): [timestamp: string, ms: number] {
  const given = headers.get("x-amz-date")?.[0];
  if (given !== undefined) {
    const ms = timestampMs(given);
    if (ms === null) {
      throw incomplete(
        `Date must be in ISO-8601 'basic format'. Got '${given}'. See http://en.wikipedia.org/wiki/ISO_8601`,
      );
    }
    return [given, ms];
  }
  const date = headers.get("date")?.[0];
  if (date === undefined) {
    throw incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  const basicMs = timestampMs(date);
  if (basicMs !== null) return [date, basicMs];
  // botocore ends it in `-0000`, RFC 7231 in `GMT`.
  const ms = / (?:GMT|UTC|[+-]0000)$/.test(date) ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(ms))
    throw incomplete(`Date must be in ISO-8601 'basic format' or RFC 7231. Got '${date}'.`);
  return [basicTimestamp(ms), ms];
}

/** All requests of one second say the same. */
const timestampMs = keepLast(readTimestamp);

function readTimestamp(text: string): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return null;
  const [, year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.map(Number);
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(ms);
  // Whatever runs over, such as the 30th of February, comes out as another date; so do the years that Date.UTC takes
  // for those of the last century.
  const real =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  return real ? ms : null;
}

function basicTimestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

function refuseWrongTime(timestamp: string, ms: number, nowMs: number): void {
  if (ms >= nowMs - ALLOWED_SKEW_MS && ms <= nowMs + ALLOWED_SKEW_MS) return;
  const now = basicTimestamp(nowMs);
  if (ms < nowMs - ALLOWED_SKEW_MS) {
    const earliest = basicTimestamp(nowMs - ALLOWED_SKEW_MS);
    throw invalidSignature(
      `Signature expired: ${timestamp} is now earlier than ${earliest} (${now} - ${ALLOWED_SKEW_MINUTES} min.)`,
    );
  }
  const latest = basicTimestamp(nowMs + ALLOWED_SKEW_MS);
  throw invalidSignature(
    `Signature not yet current: ${timestamp} is still later than ${latest} (${now} + ${ALLOWED_SKEW_MINUTES} min.)`,
  );
}

function refuseUnsignedHeaders(headers: HeaderMap, signed: readonly string[]): void {
  if (!signed.includes("host"))
    throw invalidSignature("'Host' must be a 'SignedHeader' in the AWS Authorization.");
  const dated = headers.has("x-amz-date") ? [] : ["date"];
  for (const name of [...headers.keys(), ...dated]) {
    if (!name.startsWith("x-amz-") && name !== dated[0]) continue;
    if (!signed.includes(name)) {
      throw invalidSignature(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
    }
  }
}

function credentialScope(credential: string, service: string, timestamp: string): SigningScope {
  const parts = credential.split("/");
  const [accessKeyId = "", date = "", region = "", scopeService = "", terminator = ""] = parts;
  if (parts.length !== 5) {
    throw incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  }
  const faults: string[] = [];
  // One server answers every region, so any well-formed name will do.
  if (!/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(region)) {
    faults.push(`Credential should be scoped to a valid region, not '${region}'.`);
  }
  if (scopeService !== service) faults.push(`Credential should be scoped to correct service: '${service}'.`);
  if (terminator !== "aws4_request") {
    faults.push(`Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator}'.`);
  }
  const day = timestamp.slice(0, 8);
  if (date !== day) {
    faults.push(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${day}', from '${timestamp}'.`,
    );
  }
  if (faults.length > 0) throw invalidSignature(faults.join(" "));
  if (!/^\w{1,128}$/.test(accessKeyId)) throw unrecognizedClient();
  return { accessKeyId, date, region, service };
}
