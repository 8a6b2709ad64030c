import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import { databricksHttp } from "../../../test/support/databricks-http.ts";
import { setDeploymentPrefix } from "./deployment-prefix.ts";

describe("the account's prefix of deployment names", () => {
  it("stands before those of later workspaces, and alone for EMPTY, until it is removed", async (t) => {
    const http = await databricksHttp(t);
    const path = `/api/2.0/accounts/${http.account}`;
    const id = async (object: string, member: string, body: object) =>
      (await http.send({ method: "POST", path: `${path}/${object}`, body })).json()[member];
    const parts = {
      credentials_id: await id("credentials", "credentials_id", {
        credentials_name: "c",
        aws_credentials: { sts_role: { role_arn: "arn:aws:iam::123456789012:role/r" } },
      }),
      storage_configuration_id: await id("storage-configurations", "storage_configuration_id", {
        storage_configuration_name: "s",
        root_bucket_info: { bucket_name: "root-bucket" },
      }),
    };
    const deployed = (name: string) =>
      id("workspaces", "deployment_name", {
        workspace_name: randomUUID(),
        deployment_name: name,
        aws_region: "us-west-2",
        ...parts,
      });

    await setDeploymentPrefix(http, null, "acme");
    // Seed 000 L325 and L327.
    assert.equal(await deployed("workspace-1"), "acme-workspace-1");
    assert.equal(await deployed("EMPTY"), "acme");
    await setDeploymentPrefix(http, http.account, null);
    assert.equal(await deployed("workspace-1"), "workspace-1");
  });

  it("is refused where it is none, or the account is none", async (t) => {
    const http = await databricksHttp(t);
    await assert.rejects(setDeploymentPrefix(http, null, "-acme"), { code: "INVALID_PARAMETER_VALUE" });
    await assert.rejects(setDeploymentPrefix(http, "11111111-2222-3333-4444-555555555555", "acme"), {
      code: "RESOURCE_DOES_NOT_EXIST",
    });
  });
});
