import assert from "node:assert/strict";
import { it } from "node:test";
import { listDatabricksRuntimes } from "./compute-choices.ts";

it("lists the Databricks Runtimes whose Spark runs here", async () => {
  const asked: string[] = [];
  const keys = async (here: readonly string[]) => {
    const runtimes = {
      supports: async ({ sparkVersion }: { sparkVersion: string }) => {
        asked.push(sparkVersion);
        return here.includes(sparkVersion);
      },
    };
    return (await listDatabricksRuntimes({ runtimes })).map(({ key }) => key);
  };
  assert.deepEqual(await keys(["3.5"]), ["16.4.x-scala2.12", "15.4.x-scala2.12", "14.3.x-scala2.12"]);
  assert.equal(new Set(asked).size, asked.length, "each Spark is asked for once");
  assert.deepEqual(await keys(["4.0", "3.0"]), ["17.3.x-scala2.13", "7.3.x-scala2.12"]);
  assert.deepEqual(await keys([]), []);
});
