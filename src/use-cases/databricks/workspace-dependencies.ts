import type { Cloud } from "../../core/ports/cloud.ts";
import type { RuntimeSupport } from "../../core/ports/runtimes.ts";
import type { WorkspacePorts } from "../../core/ports/workspace-ports.ts";
import type { Workspace } from "../../core/workspace/workspace.ts";
import type { DatabricksDependencies } from "./context.ts";

/** What the use cases of workspaces are made of. */
export interface WorkspaceDependencies extends DatabricksDependencies {
  readonly cloud: Pick<Cloud, "vpcEndpoint" | "privateEndpoint">;
  readonly ports: WorkspacePorts;
  /** The URL that a workspace has by the settings of now. */
  readonly presentUrl: (workspace: Pick<Workspace, "deploymentName" | "port">) => string;
  readonly runtimes: RuntimeSupport;
  /** Called after a commit that gave the provisioner something to do. */
  readonly wake: () => void;
}
