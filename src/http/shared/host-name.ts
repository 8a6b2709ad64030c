/**
 * The name in a `Host` header: in lower case, without a port and the dot of the root, which may end one
 * (RFC 3986 3.2.2).
 */
export function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, "").replace(/\.$/, "");
}

/** The part of a name before a domain and its dot: empty for the domain itself, null where the name is not below it. */
export function labelsBelow(name: string, domain: string): string | null {
  if (name === domain) return "";
  return name.endsWith(`.${domain}`) ? name.slice(0, -domain.length - 1) : null;
}
