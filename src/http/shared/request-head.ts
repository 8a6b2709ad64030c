import type { IncomingMessage } from "node:http";
import type { RequestHead } from "../../core/access/signature-v4-request.ts";

/** The request as it came over the wire, before the router decoded anything. */
export function requestHead(message: IncomingMessage): RequestHead {
  const target = message.url ?? "";
  const split = target.indexOf("?");
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2) {
    headers.push([message.rawHeaders[index] ?? "", wireText(message.rawHeaders[index + 1] ?? "")]);
  }
  return {
    method: message.method ?? "",
    path: split === -1 ? target : target.slice(0, split),
    query: split === -1 ? "" : target.slice(split + 1),
    headers,
  };
}

/** Node reads header bytes as Latin-1; signers sign them as UTF-8. */
function wireText(value: string): string {
  return /[\u0080-\u00ff]/.test(value) ? Buffer.from(value, "latin1").toString("utf8") : value;
}
