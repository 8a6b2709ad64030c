import type { FastifyRequest } from "fastify";

/**
 * The address that a request comes from, as access lists and audit records name it: a socket that takes both families
 * gives an IPv4 address in its IPv6 form (RFC 4291 2.5.5.2), and one of a single link with the link's name.
 */
export function sourceAddress({ ip }: Pick<FastifyRequest, "ip">): string {
  // Without a colon it is an IPv4 address as it should be.
  if (!ip.includes(":")) return ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  return mapped ?? ip.replace(/%.*$/, "");
}

/**
 * What counts as one caller where callers take turns: an IPv4 address, or the 64 bits of an IPv6 address that a network
 * has, since its machines choose the rest (RFC 4291 2.5.4).
 */
export function sourceNetwork(request: Pick<FastifyRequest, "ip">): string {
  const address = sourceAddress(request);
  if (!address.includes(":")) return address;
  const [head = [], tail = []] = address.split("::").map((part) => (part === "" ? [] : part.split(":")));
  const between = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => "0");
  return `${[...head, ...between, ...tail].slice(0, 4).join(":")}::/64`;
}
