import type { DatabricksHttp } from "./databricks-http.ts";

/** The header that sends a request to a workspace. */
export type ToWorkspace = Readonly<Record<"x-databricks-workspace-id", string>>;

/** A running workspace, made with credentials and a root bucket of its own. Answers how to reach it. */
export async function makeWorkspace(http: DatabricksHttp, name = "Sales"): Promise<ToWorkspace> {
  const account = `/api/2.0/accounts/${http.account}`;
  const post = async (path: string, body: object) => {
    const answer = await http.send({ method: "POST", path: `${account}/${path}`, body });
    if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.body}`);
    return answer.json();
  };
  const credentials = await post("credentials", {
    credentials_name: name,
    aws_credentials: { sts_role: { role_arn: "arn:aws:iam::123456789012:role/workspaces" } },
  });
  const storage = await post("storage-configurations", {
    storage_configuration_name: name,
    root_bucket_info: { bucket_name: `root-${name.toLowerCase()}` },
  });
  const { workspace_id } = await post("workspaces", {
    workspace_name: name,
    aws_region: "us-west-2",
    credentials_id: credentials.credentials_id,
    storage_configuration_id: storage.storage_configuration_id,
  });
  await http.provision();
  return { "x-databricks-workspace-id": String(workspace_id) };
}
