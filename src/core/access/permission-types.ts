/** A type of object that has permissions: databricks-workspace-api.md C17, in the order from low to high. */
export interface PermissionType {
  /** As the wire calls an object of it; Terraform's provider compares it. */
  readonly objectType: string;
  /** What comes before the id in an object's own id. */
  readonly prefix: string;
  readonly levels: readonly string[];
  /** Those of the levels that nobody is given: administrators have them. */
  readonly inheritedOnly?: readonly string[];
}

const FILE_LEVELS = ["CAN_READ", "CAN_RUN", "CAN_EDIT", "CAN_MANAGE"];

function type(name: string, objectType: string, levels: readonly string[]): [string, PermissionType] {
  return [name, { objectType, prefix: `/${name}/`, levels }];
}

/** By their name in the path. */
export const PERMISSION_TYPES: ReadonlyMap<string, PermissionType> = new Map([
  type("clusters", "cluster", ["CAN_ATTACH_TO", "CAN_RESTART", "CAN_MANAGE"]),
  type("cluster-policies", "cluster-policy", ["CAN_USE"]),
  type("instance-pools", "instance-pool", ["CAN_ATTACH_TO", "CAN_MANAGE"]),
  type("jobs", "job", ["CAN_VIEW", "CAN_MANAGE_RUN", "CAN_MANAGE", "IS_OWNER"]),
  type("pipelines", "pipelines", ["CAN_VIEW", "CAN_RUN", "CAN_MANAGE", "IS_OWNER"]),
  type("notebooks", "notebook", FILE_LEVELS),
  type("directories", "directory", FILE_LEVELS),
  type("files", "file", FILE_LEVELS),
  type("repos", "repo", FILE_LEVELS),
  [
    "warehouses",
    {
      objectType: "warehouses",
      prefix: "/sql/warehouses/",
      levels: ["CAN_VIEW", "CAN_MONITOR", "CAN_USE", "CAN_MANAGE", "IS_OWNER"],
    },
  ],
  type("dashboards", "dashboard", FILE_LEVELS),
  type("dbsql-dashboards", "dashboard", FILE_LEVELS),
  type("queries", "query", ["CAN_VIEW", "CAN_RUN", "CAN_EDIT", "CAN_MANAGE"]),
  type("alerts", "alert", ["CAN_VIEW", "CAN_RUN", "CAN_EDIT", "CAN_MANAGE"]),
  type("experiments", "mlflowExperiment", ["CAN_READ", "CAN_EDIT", "CAN_MANAGE"]),
  type("registered-models", "registered-model", ["CAN_READ", "CAN_EDIT", "CAN_MANAGE"]),
  type("serving-endpoints", "serving-endpoint", ["CAN_VIEW", "CAN_QUERY", "CAN_MANAGE"]),
  [
    "authorization",
    {
      objectType: "authorization",
      prefix: "/authorization/",
      levels: ["CAN_USE", "CAN_MANAGE"],
      inheritedOnly: ["CAN_MANAGE"],
    },
  ],
]);
