import type { ServerProcess } from "./server.ts";
import { waitFor } from "./wait-for.ts";

const TIMEOUT_MS = 120_000;

/** Makes a workspace on a server that runs, as its administrator, and waits for it. Answers its URL. */
export async function runningWorkspace(server: ServerProcess, name = "sales"): Promise<string> {
  const { DATABRICKS_ACCOUNT_ID: account, DATABRICKS_TOKEN: token } = server.clientEnvironment;
  const call = async (path: string, body?: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${server.url}/api/2.0/accounts/${account}/${path}`, {
      headers: { authorization: `Bearer ${token}` },
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  const { credentials_id } = await call("credentials", {
    credentials_name: name,
    aws_credentials: { sts_role: { role_arn: "arn:aws:iam::123456789012:role/r" } },
  });
  const { storage_configuration_id } = await call("storage-configurations", {
    storage_configuration_name: name,
    root_bucket_info: { bucket_name: `root-${name}` },
  });
  const { workspace_id } = await call("workspaces", {
    workspace_name: name,
    deployment_name: name,
    aws_region: "us-west-2",
    credentials_id,
    storage_configuration_id,
  });
  return waitFor(`workspace ${name} to run`, TIMEOUT_MS, async () => {
    const { workspace_status, workspace_url } = await call(`workspaces/${workspace_id}`);
    return workspace_status === "RUNNING" ? String(workspace_url) : null;
  });
}
