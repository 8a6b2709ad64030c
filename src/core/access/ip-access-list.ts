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
  const caller = rangeOf(address.replace(/%.*$/, ""));
  if (caller === null) return false;
  const list = new BlockList();
  for (const text of addresses) {
    const range = rangeOf(text);
    // By itself the list finds IPv4 addresses in ranges of IPv6.
    if (range?.family === caller.family) list.addSubnet(range.address, range.bits, range.family);
  }
  return list.check(caller.address, caller.family);
}

interface Range {
  readonly address: string;
  readonly bits: number;
  readonly family: "ipv4" | "ipv6";
}

/** Null where the text is neither an address nor a range. */
function rangeOf(text: string): Range | null {
  const [, address = "", bits] = /^([0-9A-Fa-f.:]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return null;
  const most = version === 4 ? 32 : 128;
  const length = bits === undefined ? most : Number(bits);
  if (length > most) return null;
  const mapped = version === 6 && length >= MAPPED_BITS ? mappedAddress(address) : null;
  return mapped === null
    ? { address, bits: length, family: version === 4 ? "ipv4" : "ipv6" }
    : { address: mapped, bits: length - MAPPED_BITS, family: "ipv4" };
}

/** Of an IPv4 address in its IPv6 form (RFC 4291 2.5.5.2): it is the IPv4 address, as lists and callers name it. */
const MAPPED_BITS = 96;

function mappedAddress(address: string): string | null {
  const plain = new URL(`http://[${address}]`).hostname;
  const [, high, low] = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(plain) ?? [];
  if (high === undefined || low === undefined) return null;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 0xff, b >> 8, b & 0xff].join(".");
}
