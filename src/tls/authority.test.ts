import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { chmod, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { FileKeyRing } from "../cloud/local/key-ring.ts";
import { LocalAuthority } from "./authority.ts";

const DAY_MS = 86_400_000;

async function directory(t: TestContext) {
  const path = await temporaryDirectory(t);
  const files = { certificate: join(path, "tls", "authority.pem"), key: join(path, "tls", "authority.key") };
  const keyRing = await FileKeyRing.open(join(path, "keys", "at-rest.key"));
  let nowMs = Date.now();
  const clock = { now: () => nowMs };
  return {
    files,
    advance: (ms: number) => {
      nowMs += ms;
    },
    now: clock.now,
    open: () => LocalAuthority.open(files, keyRing, clock),
  };
}

describe("the local authority", () => {
  it("is made once; its key is encrypted and nobody else's to read", async (t) => {
    const { files, open } = await directory(t);
    const made = await open();
    assert.equal((await open()).certificate, made.certificate);
    assert.equal((await stat(files.key)).mode & 0o777, 0o600);
    const sealed = await readFile(files.key, "utf8");
    assert.doesNotMatch(sealed, /PRIVATE KEY/);
    assert.doesNotMatch(Buffer.from(sealed, "base64").toString("latin1"), /PRIVATE KEY/);
    const parsed = new X509Certificate(made.certificate);
    assert.equal(parsed.ca, true);
    assert.equal(parsed.verify(parsed.publicKey), true);
  });

  it("issues certificates of a week for names, wildcards and addresses", async (t) => {
    const { open, now } = await directory(t);
    const authority = await open();
    const { certificate, key, untilMs } = await authority.issue([
      "localhost",
      "*.a.test",
      "127.0.0.1",
      "::1",
    ]);
    const leaf = new X509Certificate(certificate);
    assert.equal(leaf.verify(new X509Certificate(authority.certificate).publicKey), true);
    assert.equal(leaf.ca, false);
    assert.match(key, /BEGIN PRIVATE KEY/);
    assert.equal(untilMs, now() + 7 * DAY_MS);
    assert.ok(Math.abs(Date.parse(leaf.validTo) - untilMs) < 1000);
    assert.deepEqual(leaf.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
    for (const [name, covered] of [
      ["localhost", true],
      ["sales.a.test", true],
      ["a.test", false],
      ["b.sales.a.test", false],
      ["other.test", false],
    ] as const)
      assert.equal(leaf.checkHost(name) !== undefined, covered, name);
    for (const [address, covered] of [
      ["127.0.0.1", true],
      ["::1", true],
      ["127.0.0.2", false],
    ] as const)
      assert.equal(leaf.checkIP(address) !== undefined, covered, address);
  });

  it("is another where it ends before a certificate of it would", async (t) => {
    const { open, advance } = await directory(t);
    const first = await open();
    advance(3644 * DAY_MS);
    assert.notEqual((await open()).certificate, first.certificate);
  });

  it("is made anew where a server was killed before its certificate was there", async (t) => {
    const { files, open } = await directory(t);
    await open();
    await rm(files.certificate);
    const made = await open();
    assert.equal((await open()).certificate, made.certificate);
  });

  it("refuses what it cannot use, and says what would help", async (t) => {
    const { files, open } = await directory(t);
    await open();
    const [certificate, key] = [await readFile(files.certificate), await readFile(files.key)];
    await chmod(files.key, 0o640);
    await assert.rejects(open(), /authority\.key can be read by others: run 'chmod 600/);
    await chmod(files.key, 0o600);
    await writeFile(files.key, "bm90IG91cnM=");
    await assert.rejects(open(), /cannot be opened.*key ring.*or remove .*tls: the next start makes a new/);
    await writeFile(files.key, key);
    await writeFile(files.certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    await assert.rejects(open(), /cannot be opened/);
    await writeFile(files.certificate, certificate);
    await rm(files.key);
    await assert.rejects(open(), /authority\.key is missing: put it back, or remove/);
    await writeFile(files.key, key, { mode: 0o600 });
    await open();
  });
});
