import type { IncomingMessage, RequestListener, Server } from "node:http";
import type { WorkspaceId } from "../core/ids.ts";
import type { WorkspacePorts } from "../core/ports/workspace-ports.ts";
import { closed, listenOn } from "./shared/listen.ts";
import type { MakeServer } from "./shared/make-server.ts";
import { answerUnreadable } from "./shared/unreadable-request.ts";

export interface WorkspaceListenersOptions {
  /** The loopback addresses of the main listener; none where workspaces have no ports of their own. */
  readonly hosts: readonly string[];
  /** Serves a request as the main listener does. */
  readonly serve: RequestListener;
  /** Makes a listener like the main one. */
  readonly makeServer: MakeServer;
  /** Told of a port that another program has; it is tried again. */
  readonly onTaken: (workspace: WorkspaceId, port: number, error: unknown) => void;
  /** Told of a port that was taken and is not any more. */
  readonly onFreed?: (workspace: WorkspaceId, port: number) => void;
  /** Between two tries of a port that is taken. */
  readonly retryMs?: number;
}

const RETRY_MS = 5_000;

/** Which workspace's own port a request came in at; null for the main listener. */
const arrivals = new WeakMap<IncomingMessage, WorkspaceId>();

export function arrivedAt(request: IncomingMessage): WorkspaceId | null {
  return arrivals.get(request) ?? null;
}

interface Held {
  /** One for each address. */
  servers: readonly Server[];
  /** Null until the port is opened for a workspace. */
  workspace: WorkspaceId | null;
}

/** Lets each workspace answer on a port of its own, next to the main listener. */
export class WorkspaceListeners implements WorkspacePorts {
  readonly #options: WorkspaceListenersOptions;
  readonly #held = new Map<number, Held>();
  readonly #opening = new Map<WorkspaceId, Promise<void>>();
  readonly #retries = new Map<WorkspaceId, NodeJS.Timeout>();
  #ended = false;

  constructor(options: WorkspaceListenersOptions) {
    this.#options = options;
  }

  async reserve(): Promise<number | null> {
    if (this.#options.hosts.length === 0) return null;
    return this.#listen(0, null);
  }

  async giveBack(port: number): Promise<void> {
    const held = this.#held.get(port);
    this.#held.delete(port);
    if (held !== undefined) void Promise.all(held.servers.map(closed));
  }

  async open(workspace: WorkspaceId, port: number): Promise<void> {
    const opening = (this.#opening.get(workspace) ?? Promise.resolve()).then(() =>
      this.#open(workspace, port),
    );
    this.#opening.set(workspace, opening);
    await opening;
    if (this.#opening.get(workspace) === opening) this.#opening.delete(workspace);
  }

  async close(workspace: WorkspaceId): Promise<void> {
    await this.#opening.get(workspace);
    this.#forget(workspace);
    for (const [port, held] of this.#held) {
      if (held.workspace === workspace) await this.giveBack(port);
    }
  }

  /** Ends all of them, after the answers that are under way; others may be opened then. */
  async closeAll(): Promise<void> {
    await Promise.all(this.#opening.values());
    for (const workspace of this.#retries.keys()) this.#forget(workspace);
    const servers = [...this.#held.values()].flatMap((held) => held.servers);
    this.#held.clear();
    await Promise.all(servers.map(closed));
  }

  /** Ends all of them for good: a request that is still under way opens none. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.closeAll();
  }

  async #open(workspace: WorkspaceId, port: number): Promise<void> {
    if (this.#ended || this.#options.hosts.length === 0) return;
    const held = this.#held.get(port);
    if (held !== undefined) {
      held.workspace = workspace;
      return;
    }
    const wasTaken = this.#forget(workspace);
    try {
      await this.#listen(port, workspace);
      if (wasTaken) this.#options.onFreed?.(workspace, port);
    } catch (error) {
      if (this.#ended) return;
      // Told once: it may be taken for days.
      if (!wasTaken) this.#options.onTaken(workspace, port, error);
      const retry = setTimeout(() => void this.open(workspace, port), this.#options.retryMs ?? RETRY_MS);
      retry.unref();
      this.#retries.set(workspace, retry);
    }
  }

  /** Tries no more; answers whether it was to be tried. */
  #forget(workspace: WorkspaceId): boolean {
    clearTimeout(this.#retries.get(workspace));
    return this.#retries.delete(workspace);
  }

  async #listen(port: number, workspace: WorkspaceId | null): Promise<number> {
    const { hosts, serve, makeServer } = this.#options;
    const held: Held = { servers: [], workspace };
    const make = () => {
      const server = makeServer((request, response) => {
        if (held.workspace === null) {
          // Nobody knows the port yet.
          response.writeHead(503).end();
          return;
        }
        // A client that keeps its connection must not keep a server that drains.
        if (!server.listening) response.setHeader("connection", "close");
        arrivals.set(request, held.workspace);
        serve(request, response);
      });
      server.on("clientError", answerUnreadable);
      return server;
    };
    const { servers, port: taken } = await listenOn(hosts, port, make);
    if (this.#ended) {
      await Promise.all(servers.map(closed));
      throw new Error("The server ends: it opens no ports.");
    }
    held.servers = servers;
    this.#held.set(taken, held);
    return taken;
  }
}
