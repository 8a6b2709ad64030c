import { METHODS } from "node:http";
import type { FastifyInstance } from "fastify";

const API = /^[/\\\s]*api([/\\]|$)/i;

/**
 * The address that a request is routed by. Doubled slashes are one, as clients send them (databricks-account-api.md 0,
 * rule 8). What otherwise only resembles an address of the Databricks APIs, cannot be decoded or holds a NUL character
 * (which PostgreSQL cannot look for) has no route; it is
 * taken to be one below `/api` that no operation has, so that it is refused and audited like any other and tells nothing
 * to those who have not proven who they are.
 */
export function routedUrl(url: string): string {
  if (url.startsWith("/api/") && !url.includes("%") && !url.includes("//")) return url;
  const end = url.search(/[?#]/);
  const query = end === -1 ? "" : url.slice(end);
  const path = end === -1 ? url : url.slice(0, end);
  const decoded = decode(path);
  if (!API.test(decoded ?? decodedAscii(path))) return url;
  const single = path.replace(/\/{2,}/g, "/");
  if (decoded !== null && !decoded.includes("\0") && single.startsWith("/api/")) return single + query;
  return `/api/-/${encodeURIComponent(path.toWellFormed())}${query}`;
}

/** Null where the path is not UTF-8 in percent-encoding: then the router refuses it. */
function decode(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

function decodedAscii(path: string): string {
  return path.replace(/%([0-7][0-9a-f])/gi, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** Every method that Node lets through, so that an unusual one is not answered before its sender is known. */
export function everyMethod(app: FastifyInstance): string[] {
  // A CONNECT request has no path, and Node hands it to nobody here.
  const methods = METHODS.filter((method) => method !== "CONNECT");
  for (const method of methods)
    if (!app.supportedMethods.includes(method)) app.addHttpMethod(method, { hasBody: true });
  return methods;
}
