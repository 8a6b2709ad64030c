import type { WorkspaceId } from "../ids.ts";

/** The ports of this machine on which single workspaces answer, where they have any. */
export interface WorkspacePorts {
  /**
   * Takes a free port and answers it; null where workspaces have no ports of their own. The port is held until it is
   * opened or given back.
   */
  reserve(): Promise<number | null>;
  giveBack(port: number): Promise<void>;
  /**
   * Lets a workspace answer on its port. Does nothing where it does already; where another program has the port the
   * workspace stays reachable on the main listener, and it is tried again.
   */
  open(workspace: WorkspaceId, port: number): Promise<void>;
  close(workspace: WorkspaceId): Promise<void>;
}
