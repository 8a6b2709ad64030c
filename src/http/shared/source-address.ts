import type { FastifyRequest } from "fastify";

/**
 * The address that a request comes from, as access lists and audit records name it: a socket that takes both families
 * gives an IPv4 address in its IPv6 form (RFC 4291 2.5.5.2), and one of a single link with the link's name.
 */
export function sourceAddress({ ip }: Pick<FastifyRequest, "ip">): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  return mapped ?? ip.replace(/%.*$/, "");
}
