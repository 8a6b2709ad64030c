/** The client in a process of its own: signs ahead of time, so that what it sends costs it next to nothing. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Call, type Credentials, signedRequest } from "./signed.ts";
import { type Driven, drive } from "./wire-client.ts";

export interface Load {
  readonly url: string;
  readonly credentials: Credentials;
  readonly connections: number;
  readonly calls: readonly Call[];
  /** How many are sent: the calls in their order, again and again. */
  readonly total: number;
}

export interface LoadProcess {
  run(load: Load): Promise<Driven>;
  close(): Promise<void>;
}

export function startLoadProcess(): LoadProcess {
  const child = fork(fileURLToPath(import.meta.url), ["client"]);
  const exited = once(child, "exit");
  return {
    async run(load) {
      child.send(load);
      const [answer] = await Promise.race([once(child, "message"), exited]);
      if (typeof answer !== "object") throw new Error(`the client ended with ${answer}`);
      return answer;
    },
    async close() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

async function answer({ url, credentials, connections, calls, total }: Load): Promise<void> {
  const signed = await Promise.all(calls.map((call) => signedRequest(url, credentials, call)));
  const requests = Array.from({ length: total }, (_, index) => signed[index % signed.length] ?? Buffer.of());
  process.send?.(await drive(url, requests, connections));
}

if (process.argv[2] === "client" && process.send !== undefined) process.on("message", answer);
