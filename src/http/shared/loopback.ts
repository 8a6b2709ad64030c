import type { IncomingMessage } from "node:http";

const LOOPBACK_ADDRESS = /^(?:127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/;
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * Whether a request comes from this machine and means it: not passed on by a proxy that listens elsewhere, and not
 * sent by a browser to a foreign name that resolves to loopback (DNS rebinding).
 */
export function isFromLoopback(message: IncomingMessage): boolean {
  const { headers } = message;
  if (headers["x-forwarded-for"] !== undefined || headers.forwarded !== undefined) return false;
  return LOOPBACK_ADDRESS.test(message.socket.remoteAddress ?? "") && LOOPBACK_HOST.test(headers.host ?? "");
}
