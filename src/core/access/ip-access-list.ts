import { BlockList, isIP } from "node:net";
import { invalidParameter } from "../databricks-errors.ts";
import type { PrincipalId } from "../ids.ts";

/** Addresses that may, or may not, call an account or a workspace (databricks-workspace-api.md C16). */
export interface IpAccessList {
  /** A UUID. */
  readonly id: string;
  readonly label: string;
  readonly type: "ALLOW" | "BLOCK";
  /** IPv4 and IPv6 addresses and ranges in CIDR notation, as they were given. */
  readonly addresses: readonly string[];
  readonly enabled: boolean;
  readonly createdAtMs: number;
  readonly createdBy: PrincipalId;
  readonly updatedAtMs: number;
  readonly updatedBy: PrincipalId;
}

/** Of all lists of an account or a workspace together. */
export const MAX_IP_ADDRESSES = 1000;

/** Throws `INVALID_PARAMETER_VALUE` that names the first value that is neither an address nor a range. */
export function checkIpAddresses(addresses: readonly string[]): void {
  if (addresses.length === 0) throw invalidParameter("ip_addresses: give at least one address or range.");
  const wrong = addresses.find((text) => rangeOf(text) === null);
  if (wrong !== undefined)
    throw invalidParameter(`ip_addresses: '${wrong}' is not an IP address or a range in CIDR notation.`);
}

/**
 * Whether an address may call: it must be on no list that blocks, and on one that allows where there is such a list.
 * Lists that are not enabled say nothing.
 */
export function mayCall(address: string, lists: readonly IpAccessList[]): boolean {
  const enabled = lists.filter((list) => list.enabled);
  const on = (list: IpAccessList) => contains(list.addresses, address);
  if (enabled.some((list) => list.type === "BLOCK" && on(list))) return false;
  const allowing = enabled.filter((list) => list.type === "ALLOW");
  return allowing.length === 0 || allowing.some(on);
}

function contains(addresses: readonly string[], address: string): boolean {
  const caller = plain(address);
  const family = isIP(caller);
  if (family === 0) return false;
  const list = new BlockList();
  for (const text of addresses) {
    const range = rangeOf(text);
    if (range !== null) list.addSubnet(range.address, range.bits, range.family);
  }
  return list.check(caller, family === 4 ? "ipv4" : "ipv6");
}

interface Range {
  readonly address: string;
  readonly bits: number;
  readonly family: "ipv4" | "ipv6";
}

function rangeOf(text: string): Range | null {
  const [, address = "", bits] = /^([0-9A-Fa-f.:]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return null;
  const most = version === 4 ? 32 : 128;
  const length = bits === undefined ? most : Number(bits);
  return length > most ? null : { address, bits: length, family: version === 4 ? "ipv4" : "ipv6" };
}

/** An IPv4 address in its IPv6 form, as a socket that takes both names it, is the IPv4 address. */
function plain(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? address.replace(/%.*$/, "");
}
