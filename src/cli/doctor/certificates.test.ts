import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgeDomain, judgeHandshake, judgeOwnCertificate } from "./certificates.ts";
import type { Check } from "./check.ts";

const NOW = Date.UTC(2026, 0, 1);
const own = (until: string) => judgeOwnCertificate("/own.pem", until, NOW);

describe("doctor, of certificates and names", () => {
  const cases: [string, Check, Check["status"], RegExp][] = [
    ["a server that is known", judgeHandshake("/a.pem", null), "ok", /trust \/a\.pem/],
    ["a server that is not", judgeHandshake("/a.pem", "self-signed"), "fail", /self-signed.*anew/],
    ["a certificate of the operator's", own("Jun  1 00:00:00 2026 GMT"), "ok", /good until Jun {2}1/],
    ["one that ends soon", own("Jan 10 00:00:00 2026 GMT"), "warn", /ends soon.*new certificate/],
    ["one that has ended", own("Dec 31 00:00:00 2025 GMT"), "fail", /has ended.*new certificate/],
    ["one that cannot be read", own("ENOENT: no such file"), "fail", /own\.pem: ENOENT/],
    ["a domain", judgeDomain("https://accounts.a.test", true), "ok", /leads to this server/],
    ["a domain that leads elsewhere", judgeDomain("https://accounts.a.test", false), "warn", /DNS/],
  ];
  for (const [what, check, status, text] of cases) {
    it(`${what}: ${status}`, () => {
      assert.equal(check.status, status);
      assert.match(`${check.finding} ${check.remedy ?? ""}`, text);
    });
  }
});
