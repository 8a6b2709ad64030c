import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { WorkspaceId } from "../core/ids.ts";
import type { WorkspacePorts } from "../core/ports/workspace-ports.ts";

export interface WorkspaceListenersOptions {
  /** The loopback address of the main listener; null where workspaces have no ports of their own. */
  readonly host: string | null;
  /** Serves a request as the main listener does. */
  readonly serve: RequestListener;
  /** Copies the limits of the main listener onto another. */
  readonly configure: (server: Server) => void;
  /** Told of a port that another program has; it is tried again. */
  readonly onTaken: (workspace: WorkspaceId, port: number, error: unknown) => void;
}

const RETRY_MS = 5_000;
const LAST_ANSWERS_MS = 5_000;

/** Which workspace's own port a request came in at; null for the main listener. */
const arrivals = new WeakMap<IncomingMessage, WorkspaceId>();

export function arrivedAt(request: IncomingMessage): WorkspaceId | null {
  return arrivals.get(request) ?? null;
}

interface Held {
  readonly server: Server;
  /** Null until the port is opened for a workspace. */
  workspace: WorkspaceId | null;
}

/** Lets each workspace answer on a port of its own, next to the main listener. */
export class WorkspaceListeners implements WorkspacePorts {
  readonly #options: WorkspaceListenersOptions;
  readonly #held = new Map<number, Held>();
  readonly #retries = new Map<WorkspaceId, NodeJS.Timeout>();
  #ended = false;

  constructor(options: WorkspaceListenersOptions) {
    this.#options = options;
  }

  async reserve(): Promise<number | null> {
    if (this.#options.host === null) return null;
    return this.#listen(0, null);
  }

  async giveBack(port: number): Promise<void> {
    const held = this.#held.get(port);
    this.#held.delete(port);
    if (held !== undefined) void closed(held.server);
  }

  async open(workspace: WorkspaceId, port: number): Promise<void> {
    if (this.#ended || this.#options.host === null) return;
    const held = this.#held.get(port);
    if (held !== undefined) {
      held.workspace = workspace;
      return;
    }
    try {
      await this.#listen(port, workspace);
    } catch (error) {
      this.#options.onTaken(workspace, port, error);
      const retry = setTimeout(() => void this.open(workspace, port), RETRY_MS);
      retry.unref();
      this.#retries.set(workspace, retry);
    }
  }

  async close(workspace: WorkspaceId): Promise<void> {
    clearTimeout(this.#retries.get(workspace));
    this.#retries.delete(workspace);
    for (const [port, held] of this.#held) {
      if (held.workspace === workspace) await this.giveBack(port);
    }
  }

  /** Ends all of them, after the answers that are under way; others may be opened then. */
  async closeAll(): Promise<void> {
    for (const retry of this.#retries.values()) clearTimeout(retry);
    this.#retries.clear();
    const servers = [...this.#held.values()].map(({ server }) => server);
    this.#held.clear();
    await Promise.all(servers.map(closed));
  }

  /** Ends all of them for good: a request that is still under way opens none. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.closeAll();
  }

  async #listen(port: number, workspace: WorkspaceId | null): Promise<number> {
    const { host, serve, configure } = this.#options;
    const server = createServer((request, response) => {
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
    const held: Held = { server, workspace };
    configure(server);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port }, () => {
        server.off("error", reject);
        resolve();
      });
    });
    const address = server.address();
    const taken = typeof address === "object" && address !== null ? address.port : port;
    this.#held.set(taken, held);
    return taken;
  }
}

/** Takes no more connections, and ends those that are there once they have had the time for an answer. */
function closed(server: Server): Promise<void> {
  const impatience = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
  return new Promise((resolve) => {
    server.close(() => {
      clearTimeout(impatience);
      resolve();
    });
    server.closeIdleConnections();
  });
}
