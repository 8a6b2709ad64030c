import { connect, type Socket } from "node:net";
import { createHistogram, performance, type RecordableHistogram } from "node:perf_hooks";

export interface Driven {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
  /** How much of a core this process took: where it is near 1, the client was measured and not the server. */
  readonly clientCores: number;
  readonly lastBody: string;
}

/**
 * Sends the requests over so many connections, each with one under way at a time, and waits for every answer. Less of a
 * client than this cannot be had in Node: what it costs is not to be mistaken for the server's time. A connection that
 * the server ends with its answer is made anew, which counts as part of the next request. Throws for any answer that is
 * not 2xx.
 */
export async function drive(url: string, requests: readonly Buffer[], connections: number): Promise<Driven> {
  const { hostname, port } = new URL(url);
  const work: Work = {
    connect: () => connect({ host: hostname, port: Number(port), noDelay: true }),
    requests,
    next: 0,
    latencies: createHistogram(),
    lastBody: "",
  };
  const cpuBefore = process.cpuUsage();
  const from = performance.now();
  await Promise.all(Array.from({ length: connections }, () => keepBusy(work)));
  const seconds = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    perSecond: requests.length / seconds,
    p50Ms: work.latencies.percentile(50) / 1e6,
    p99Ms: work.latencies.percentile(99) / 1e6,
    longestMs: work.latencies.max / 1e6,
    clientCores: (user + system) / 1e6 / seconds,
    lastBody: work.lastBody,
  };
}

interface Work {
  readonly connect: () => Socket;
  readonly requests: readonly Buffer[];
  next: number;
  readonly latencies: RecordableHistogram;
  lastBody: string;
}

function keepBusy(work: Work): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let socket: Socket | null = null;
  let sentAt = 0n;
  let answer = "";
  const send = () => {
    const request = work.requests[work.next];
    if (request === undefined) {
      socket?.destroy();
      return resolve();
    }
    work.next += 1;
    sentAt = process.hrtime.bigint();
    socket ??= open();
    socket.write(request);
  };
  const open = () => {
    const opened = work.connect().setEncoding("latin1");
    opened.on("error", reject).on("data", take);
    opened.on("close", () => {
      if (opened === socket) reject(new Error(`the server ended the connection:\n${answer}`));
    });
    return opened;
  };
  const take = (piece: string) => {
    answer += piece;
    const complete = readAnswer(answer);
    if (complete === null) return;
    work.latencies.record(process.hrtime.bigint() - sentAt);
    if (!answer.startsWith("HTTP/1.1 2")) return reject(new Error(`the server refused:\n${answer}`));
    work.lastBody = complete.body;
    answer = "";
    if (complete.closes) {
      const closing = socket;
      socket = null;
      closing?.destroy();
    }
    send();
  };
  send();
  return promise;
}

/** Null where the answer is not complete yet. */
function readAnswer(answer: string): { body: string; closes: boolean } | null {
  const end = answer.indexOf("\r\n\r\n");
  if (end === -1) return null;
  const head = answer.slice(0, end + 2);
  const length = Number(/^content-length: *(\d+)\r$/im.exec(head)?.[1]);
  if (Number.isNaN(length)) throw new Error(`an answer without content-length:\n${answer}`);
  if (answer.length < end + 4 + length) return null;
  return { body: answer.slice(end + 4), closes: /^connection: *close\r$/im.test(head) };
}
