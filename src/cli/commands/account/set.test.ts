import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runFakeCli } from "../../../../test/support/fake-cli.ts";

describe("firesteel account set", () => {
  for (const [given, prefix] of [
    ["acme", "acme"],
    ["", null],
  ] as const) {
    it(`makes ${JSON.stringify(given)} the account's prefix ${prefix}`, async () => {
      const calls: unknown[] = [];
      const host = {
        setDeploymentPrefix: async (account: string | null, asked: string | null) => {
          calls.push([account, asked]);
          return { id: "a", deploymentPrefix: asked };
        },
      };
      const argv = ["account", "set", "--deployment-prefix", given, "--account-id", "a", "-o", "json"];
      const set = await runFakeCli(argv, { host });
      assert.equal(set.exitCode, 0, set.stderr);
      assert.deepEqual(calls, [["a", prefix]]);
      assert.deepEqual(JSON.parse(set.stdout), { id: "a", deploymentPrefix: prefix });
    });
  }

  for (const options of [[], ["--deployment-prefix", "-x"], ["--deployment-prefix", "a".repeat(62)]]) {
    it(`refuses ${options.join(" ").slice(0, 30) || "nothing"} with exit code 2`, async () => {
      assert.equal((await runFakeCli(["account", "set", ...options], { host: {} })).exitCode, 2);
    });
  }
});
