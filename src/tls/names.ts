import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";

export interface NamedServer {
  /** The addresses that it listens on. */
  readonly hosts: readonly string[];
  /** Below which workspaces have host names; null where they have none. */
  readonly domain: string | null;
  /** A URL under which clients reach it; null for none. */
  readonly publicUrl: string | null;
}

const EVERY_ADDRESS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/**
 * What the server's certificate is for: this machine's own names always; the address that it listens on, or all that
 * this machine has where it listens on all; and the domain with everything one label below it, which are the
 * deployments and `accounts.<domain>`. A wildcard stands for one label only (RFC 6125 6.4.3).
 */
export function certificateNames(
  { hosts, domain, publicUrl }: NamedServer,
  machine: () => readonly string[] = namesOfMachine,
): readonly string[] {
  const listening = hosts.flatMap((host) => (EVERY_ADDRESS.has(host) ? machine() : [host]));
  const names = ["localhost", "127.0.0.1", "::1", ...listening];
  if (domain !== null) names.push(domain, `*.${domain}`);
  if (publicUrl !== null) names.push(new URL(publicUrl).hostname.replace(/^\[|\]$/g, ""));
  return [...new Set(names.map((name) => name.toLowerCase()))];
}

function namesOfMachine(): readonly string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return [
    hostname(),
    // An address of one link is no address to others without the link's name.
    ...addresses.filter(({ address }) => !/^fe80:/i.test(address)).map(({ address }) => address),
  ].filter((name) => name !== "" && (isIP(name) !== 0 || /^[a-z0-9.-]+$/i.test(name)));
}
