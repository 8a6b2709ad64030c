import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgeWorkspaces, type WorkspaceFacts } from "./workspaces.ts";

function facts(id: number, isReachable: boolean | null, warnings: string[] = []): WorkspaceFacts {
  return {
    workspace: {
      workspace_id: id,
      workspace_name: `w${id}`,
      workspace_url: `http://127.0.0.1:${id}`,
      warnings,
    },
    isReachable,
  };
}

describe("doctor, of workspaces", () => {
  it("is content where each answers and all is verified", () => {
    const checks = judgeWorkspaces([facts(1, true), facts(2, true)]);
    assert.deepEqual(
      checks.map(({ name, status, remedy }) => [name, status, remedy]),
      [["Workspaces", "ok", null]],
    );
  });

  it("names those whose port another program has", () => {
    const [check] = judgeWorkspaces([facts(1, true), facts(2, false)]);
    assert.equal(check?.status, "warn");
    assert.match(check?.finding ?? "", /the port of w2 at http:\/\/127\.0\.0\.1:2$/);
    assert.match(check?.remedy ?? "", /main port/);
  });

  it("names those whose host name leads elsewhere", () => {
    const sales = facts(1, false);
    const workspace = { ...sales.workspace, workspace_url: "https://sales.a.test" };
    const [check] = judgeWorkspaces([{ ...sales, workspace }]);
    assert.equal(check?.finding, "this machine does not reach w1 at https://sales.a.test");
    assert.match(check?.remedy ?? "", /DNS/);
  });

  it("names those that the settings of now would have elsewhere", () => {
    const warning =
      "Address: the server's settings have changed, and it answers at https://127.0.0.1:1 now. Change them back.";
    const checks = judgeWorkspaces([facts(1, null, [warning]), facts(2, true)]);
    assert.deepEqual(
      checks.map(({ name, finding }) => [name, finding]),
      [
        ["Workspaces", "1 at a URL of its own that answers"],
        [
          "Addresses",
          "the settings have changed since these got their URLs: w1 at http://127.0.0.1:1 now https://127.0.0.1:1",
        ],
      ],
    );
    assert.match(checks[1]?.remedy ?? "", /workspaces update/);
  });

  it("says nothing of ports where there are none", () => {
    assert.deepEqual(judgeWorkspaces([facts(1, null)]), []);
  });

  it("says once what nobody has verified, and counts what is too much to say", () => {
    const role = "Not verified: role r.";
    const many = Array.from({ length: 7 }, (_each, id) =>
      facts(id, true, [role, `Not verified: bucket b${id}.`]),
    );
    const [, check] = judgeWorkspaces(many);
    assert.equal(
      check?.finding,
      "the local cloud has not verified role r; bucket b0; bucket b1; bucket b2; bucket b3; and 3 more",
    );
  });

  it("says which e-mail could not be sent, and why", () => {
    const warnings = ["Not verified: role r.", "E-mail not sent yet to a@b.c: 451 Later."];
    const checks = judgeWorkspaces([facts(1, true, warnings)]);
    assert.deepEqual(checks.map(({ name, finding }) => [name, finding]).slice(1), [
      ["Cloud", "the local cloud has not verified role r"],
      ["E-mail", "not sent yet to a@b.c: 451 Later."],
    ]);
    assert.match(checks.at(-1)?.remedy ?? "", /mail\.smtp/);
  });
});
