import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { PagesAddress } from "../../core/ports/pages.ts";
import { type InsidePath, insideLocation } from "./paths.ts";

/** What Spark's pages need to know of a request. Cookies and credentials of the browser's are not among it. */
const PASSED_TO_PAGES = [
  "accept",
  "accept-encoding",
  "accept-language",
  "if-modified-since",
  "if-none-match",
  "range",
  "user-agent",
] as const;

/** What a browser needs to know of an answer. A driver is somebody's program: it sets no cookie of this server's. */
const PASSED_TO_BROWSER = [
  "accept-ranges",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-length",
  "content-range",
  "content-type",
  "etag",
  "last-modified",
  "vary",
] as const;

/** What pages may do in a browser: nothing outside this server, in no frame of anybody's. Spark's own are inline. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  // The path is half of what lets a browser in.
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** Spark reads a whole event log before it answers for the first time. */
const SILENCE_MS = 120_000;

/** Asks the pages at an address for a path, and passes their answer on. `base` is where the browser finds them. */
export async function relay(
  browser: FastifyRequest,
  reply: FastifyReply,
  address: PagesAddress,
  inside: InsidePath,
  base: string,
): Promise<FastifyReply> {
  const host = `${address.host}:${address.port}`;
  const asked = request({
    agent: false,
    host: address.host,
    port: address.port,
    method: browser.method === "HEAD" ? "HEAD" : "GET",
    path: inside.path + inside.query,
    timeout: SILENCE_MS,
    headers: {
      ...passed(browser.headers, PASSED_TO_PAGES),
      ...address.headers,
      host,
      // Where Spark's pages are for the browser: their links begin with it (UIUtils.uiRoot of Spark 3 and 4).
      "x-forwarded-context": base,
    },
  });
  asked.on("timeout", () => asked.destroy(new Error("Spark's pages did not answer in time")));
  // Also where the browser goes away before it has everything.
  reply.raw.once("close", () => asked.destroy());
  asked.end();
  let answer: IncomingMessage;
  try {
    [answer] = await once(asked, "response");
  } catch (error) {
    browser.log.info({ err: error }, "Spark's pages did not answer");
    return unavailable(reply, 502, "Spark's pages did not answer: the run is ending, or very busy.");
  }
  const { statusCode = 502, headers } = answer;
  reply.status(statusCode).headers(passed(headers, PASSED_TO_BROWSER)).headers(PAGE_HEADERS);
  if (headers["cache-control"] === undefined) reply.header("cache-control", "no-store");
  if (headers.location !== undefined) {
    const location = insideLocation(headers.location, base, host);
    if (location === null) {
      answer.destroy();
      return unavailable(reply, 502, "Spark's pages lead to another place, which is not opened.");
    }
    reply.header("location", location);
  }
  if (browser.method !== "HEAD" && statusCode !== 304) return reply.send(answer);
  answer.resume();
  return reply.removeHeader("content-length").send();
}

/** A sentence in place of a page. */
export function unavailable(reply: FastifyReply, status: number, sentence: string): FastifyReply {
  for (const name of [...PASSED_TO_BROWSER, "location"]) reply.removeHeader(name);
  return reply
    .status(status)
    .headers(PAGE_HEADERS)
    .header("cache-control", "no-store")
    .type("text/plain; charset=utf-8")
    .send(`${sentence}\n`);
}

function passed(headers: IncomingMessage["headers"], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
}
