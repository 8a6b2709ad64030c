import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { refuseUnsandboxed, type TrustSettings } from "./refuse-unsandboxed.ts";
import type { SandboxSupport } from "./sandbox.ts";

const SETTINGS: TrustSettings = {
  "server.host": "127.0.0.1",
  "engine.process.sandbox": "auto",
  "engine.trustJobs": false,
};
const HAS: SandboxSupport = { works: true };
const NONE: SandboxSupport = { works: false, reason: "unshare: Operation not permitted" };

const cases: [
  what: string,
  different: Partial<TrustSettings>,
  sandbox: SandboxSupport,
  accounts: number,
  refusal: RegExp | null,
][] = [
  ["a sandbox", { "server.host": "0.0.0.0" }, HAS, 2, null],
  ["none, on loopback, one account", {}, NONE, 1, null],
  ["none, on IPv6's loopback", { "server.host": "::1" }, NONE, 1, null],
  ["none, on another loopback address", { "server.host": "127.0.5.1" }, NONE, 1, null],
  ["none, for other machines", { "server.host": "0.0.0.0" }, NONE, 1, /unshare.*other machines.*0\.0\.0\.0/],
  ["none, on a name that seems loopback", { "server.host": "127.0.0.1.example" }, NONE, 1, /other machines/],
  ["none, two accounts", {}, NONE, 2, /jobs of 2 AWS accounts/],
  ["none, but trust", { "server.host": "0.0.0.0", "engine.trustJobs": true }, NONE, 2, null],
  ["switched off, two accounts", { "engine.process.sandbox": "off" }, HAS, 2, /'off'.*2 AWS accounts/],
  ["required", { "engine.process.sandbox": "required", "engine.trustJobs": true }, NONE, 1, /'required'/],
  ["required and there", { "engine.process.sandbox": "required" }, HAS, 1, null],
];

describe("a server without a sandbox for drivers", () => {
  for (const [what, different, sandbox, accounts, refusal] of cases) {
    it(`${what}: ${refusal === null ? "starts" : "is refused"}`, () => {
      const answer = refuseUnsandboxed({ ...SETTINGS, ...different }, sandbox, accounts);
      if (refusal === null) assert.equal(answer, null);
      else assert.match(answer ?? "", refusal);
    });
  }
});
