import assert from "node:assert/strict";
import type { DatabricksHttp } from "./databricks-http.ts";

/** The header that sends a request to a workspace. */
export type ToWorkspace = Readonly<Record<"x-databricks-workspace-id", string>>;

/** Makes a workspace and brings it to RUNNING. Answers how to reach it. */
export async function makeWorkspace(http: DatabricksHttp, name = "Sales"): Promise<ToWorkspace> {
  const made = await runningWorkspaces(http, [name]);
  return { "x-databricks-workspace-id": made[name] ?? assert.fail(`no workspace ${name}`) };
}

/**
 * Makes workspaces of these names, on a credential and a bucket of their own that are named after the first, and brings
 * them to RUNNING. Answers their ids.
 */
export async function runningWorkspaces<const Name extends string>(
  http: DatabricksHttp,
  names: readonly [Name, ...Name[]],
): Promise<Record<Name, string>> {
  const create = async (collection: string, body: object) => {
    const path = `/api/2.0/accounts/${http.account}/${collection}`;
    const answer = await http.send({ method: "POST", path, body });
    assert.ok(answer.statusCode < 300, answer.body);
    return answer.json();
  };
  const [first] = names;
  const { credentials_id } = await create("credentials", {
    credentials_name: first,
    aws_credentials: { sts_role: { role_arn: "arn:aws:iam::123456789012:role/r" } },
  });
  const { storage_configuration_id } = await create("storage-configurations", {
    storage_configuration_name: first,
    root_bucket_info: { bucket_name: `root-${first.toLowerCase()}` },
  });
  const made: [string, string][] = [];
  for (const name of names) {
    const { workspace_id } = await create("workspaces", {
      workspace_name: name,
      deployment_name: name,
      aws_region: "us-west-2",
      credentials_id,
      storage_configuration_id,
    });
    made.push([name, String(workspace_id)]);
  }
  await http.provision();
  return Object.fromEntries(made) as Record<Name, string>; // one for each of the names
}
