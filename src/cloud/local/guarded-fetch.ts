import { lookup } from "node:dns";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { isLoopbackUrl } from "../../core/federation/address.ts";

/** Metadata and key sets of identity providers are a few kilobytes. */
const LIMIT_BYTES = 512 * 1024;
/** For all of it, the name's resolution included. */
const TIMEOUT_MS = 5_000;

export interface GuardedFetchOptions {
  /** Whether this machine may be asked, and without TLS. */
  readonly loopback: boolean;
  /** Refuses whatever is not on the public network: for URLs that no administrator has named. */
  readonly publicOnly: boolean;
  readonly timeoutMs?: number;
}

// https://www.iana.org/assignments/iana-ipv4-special-registry and its counterpart for IPv6: what is not for everybody.
const NOT_PUBLIC = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const)
  NOT_PUBLIC.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of [
  ["::", 127],
  // Those of IPv4 in other clothes.
  ["::ffff:0:0", 96],
  ["64:ff9b::", 96],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const)
  NOT_PUBLIC.addSubnet(network, prefix, "ipv6");

/**
 * The JSON that a URL answers. Follows no redirect, reads at most half a megabyte and gives up after five seconds.
 * Throws an Error that says why there is none, in words that show nothing of what was answered.
 */
export async function fetchJson(url: URL, options: GuardedFetchOptions): Promise<unknown> {
  refuse(url, options);
  const { timeoutMs = TIMEOUT_MS } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const message = await answer(url, options.publicOnly, signal);
    if (message.statusCode !== 200) {
      message.destroy();
      throw new Error(`it answered HTTP ${message.statusCode}`);
    }
    return parse(await read(message));
  } catch (error) {
    if (signal.aborted) throw new Error(`it did not answer within ${timeoutMs} ms`, { cause: error });
    throw error;
  }
}

function refuse(url: URL, { loopback, publicOnly }: GuardedFetchOptions): void {
  const here = isLoopbackUrl(url);
  if (url.protocol !== "https:" && !(here && url.protocol === "http:"))
    throw new Error("it is not an https:// URL");
  if (here && !loopback)
    throw new Error("this server asks its own machine only while it listens on loopback alone");
  const address = url.hostname.replace(/^\[|\]$/g, "");
  // A name is looked at when it is resolved.
  if (publicOnly && (here || (isIP(address) !== 0 && !isPublic(address))))
    throw new Error("it is not on the public network");
}

function isPublic(address: string): boolean {
  return !NOT_PUBLIC.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

function answer(url: URL, publicOnly: boolean, signal: AbortSignal): Promise<IncomingMessage> {
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    request(
      url,
      {
        signal,
        // A pool would keep connections that were checked against rules of another request.
        agent: false,
        headers: { accept: "application/json", "user-agent": "firesteel" },
        ...(publicOnly && { lookup: publicLookup }),
      },
      resolve,
    )
      .on("error", (error) => reject(unreachable(error)))
      .end();
  });
}

/** Looks at the addresses that are connected to, so that a name cannot change its mind in between. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const allowed = (addresses ?? []).filter(({ address }) => isPublic(address));
    const [first] = allowed;
    if (error !== null) callback(error, "");
    else if (first === undefined) callback(new Error("it is not on the public network"), "");
    else if (options.all === true) callback(null, allowed);
    else callback(null, first.address, first.family);
  });
};

function unreachable(error: Error): Error {
  if (!("code" in error) || typeof error.code !== "string") return error;
  return new Error(`it cannot be reached (${error.code})`, { cause: error });
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    length += chunk.length;
    if (length > LIMIT_BYTES) {
      message.destroy();
      throw new Error(`it answered more than ${LIMIT_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (cause) {
    throw new Error("it did not answer JSON", { cause });
  }
}
