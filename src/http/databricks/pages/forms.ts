import { createHmac, timingSafeEqual } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { permissionDenied } from "../../../core/databricks-errors.ts";
import { newCookie, readCookie } from "../../shared/cookie.ts";

/** Who is logged in; and who has the log-in page before them. */
type CookieName = "session" | "login";

/** Cookies of one host go to all its ports; over TLS at least no other host can set them (`__Host-`). */
function cookieName(request: FastifyRequest, name: CookieName): string {
  return `${request.protocol === "https" ? "__Host-" : ""}firesteel-${name}`;
}

export function cookieOf(request: FastifyRequest, name: CookieName): string | null {
  return readCookie(request.headers.cookie, cookieName(request, name));
}

/** @param seconds zero removes it */
export function setCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  name: CookieName,
  value: string,
  seconds: number,
): void {
  const secure = request.protocol === "https";
  reply.header(
    "set-cookie",
    newCookie({ name: cookieName(request, name), value, path: "/", seconds, secure }),
  );
}

/** What a form carries that only a page of this server can have put there for the browser with this cookie. */
export function formToken(cookie: string): string {
  return createHmac("sha256", cookie).update("firesteel form").digest("base64url");
}

/** Throws where the form was not made by this server for this browser. */
export function checkFormToken(cookie: string | null, given: string | undefined): void {
  const expected = Buffer.from(formToken(cookie ?? ""));
  const token = Buffer.from(given ?? "");
  if (cookie === null || token.length !== expected.length || !timingSafeEqual(token, expected))
    throw permissionDenied(
      "This form is no longer good: go back, load the page again and send it once more.",
    );
}

/**
 * Throws for what is no person's doing: something that a page of another server has sent, or a script has fetched. Pages
 * of this server's own origin can be somebody's program too, such as Spark's of a run.
 */
export function refuseStrangers(request: FastifyRequest): void {
  const { origin, "sec-fetch-mode": mode, "sec-fetch-dest": destination } = request.headers;
  const site = request.headers["sec-fetch-site"];
  // Fetch Metadata: https://www.w3.org/TR/fetch-metadata/. Older browsers, and curl, send none of it.
  if (mode !== undefined && mode !== "navigate")
    throw permissionDenied("This page is for people: open it in a browser's window.");
  if (destination !== undefined && destination !== "document")
    throw permissionDenied("This page is not shown inside of another one.");
  if (request.method === "GET") return;
  const isOwn = origin === undefined || URL.parse(origin)?.host === request.host.toLowerCase();
  if (!isOwn || (site !== undefined && site !== "same-origin"))
    throw permissionDenied("This form was not sent from a page of this server.");
}
