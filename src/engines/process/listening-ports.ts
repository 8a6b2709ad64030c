import { readdir, readFile, readlink } from "node:fs/promises";

/** What `/proc` says of a process's network. */
export interface ListenerSource {
  /** Lines of `/proc/PID/net/tcp` and `tcp6`. */
  sockets(pid: number): Promise<string>;
  /** What each of its descriptors is: `socket:[INODE]` for a socket. */
  descriptors(pid: number): AsyncIterable<string>;
}

const LISTEN = "0A";
/** Of 127.0.0.1, mapped 127.0.0.1, ::1 and "every address", as the kernel prints them on a little-endian machine. */
const LOOPBACK = new Set([
  "0100007F",
  "00000000",
  "0000000000000000FFFF00000100007F",
  "00000000000000000000000001000000",
  "00000000000000000000000000000000",
]);

/**
 * The ports of a range on which a process listens on loopback. It is the kernel that says so: a port that belongs to
 * somebody else, or that only a log line speaks of, is not among them.
 */
export async function listeningPorts(
  pid: number,
  first: number,
  last: number,
  source: ListenerSource = procSource,
): Promise<number[]> {
  const candidates = new Map<string, number>();
  for (const line of (await source.sockets(pid)).split("\n")) {
    const fields = line.trim().split(/\s+/);
    const [address = "", portText = ""] = (fields[1] ?? "").split(":");
    const port = Number.parseInt(portText, 16);
    if (fields[3] !== LISTEN || !LOOPBACK.has(address) || !(port >= first && port <= last)) continue;
    candidates.set(`socket:[${fields[9]}]`, port);
  }
  const found = new Set<number>();
  if (candidates.size === 0) return [];
  for await (const descriptor of source.descriptors(pid)) {
    const port = candidates.get(descriptor);
    if (port !== undefined) found.add(port);
    if (found.size === candidates.size) break;
  }
  return [...found].sort((a, b) => a - b);
}

/** Whether a process has this one's network, so that its loopback is ours. */
export async function sharesNetwork(pid: number): Promise<boolean> {
  return (await readlink(`/proc/${pid}/ns/net`)) === (await readlink("/proc/self/ns/net"));
}

const procSource: ListenerSource = {
  async sockets(pid) {
    // A kernel without IPv6 has no tcp6.
    const read = (name: string) => readFile(`/proc/${pid}/net/${name}`, "utf8").catch(unlessGone);
    return `${await read("tcp")}\n${await read("tcp6")}`;
  },
  async *descriptors(pid) {
    for (const name of await readdir(`/proc/${pid}/fd`)) {
      yield await readlink(`/proc/${pid}/fd/${name}`).catch(unlessGone);
    }
  },
};

function unlessGone(error: unknown): string {
  if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH"))
    return "";
  throw error;
}
