import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import type { WorkspaceHandlers } from "./handlers.ts";

export function workspaceConfHandlers(
  useCases: DatabricksUseCases,
): WorkspaceHandlers<"workspace-conf.get-status" | "workspace-conf.set-status"> {
  return {
    async "workspace-conf.get-status"(context, input) {
      const keys = input.keys.split(",").map((key) => key.trim());
      return useCases.getWorkspaceConf(
        context,
        keys.filter((key) => key !== ""),
      );
    },
    async "workspace-conf.set-status"(context, input) {
      await useCases.setWorkspaceConf(context, input.values);
      return {};
    },
  };
}
