import assert from "node:assert/strict";
import { chmod, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { readOwnCertificate, versionOf } from "./own-certificate.ts";
import { issueCertificate, makeAuthority } from "./x509.ts";

test("a certificate of the operator's and its key have to be a pair that others cannot read", async (t) => {
  const path = await temporaryDirectory(t);
  const files = { certificate: join(path, "own.pem"), key: join(path, "own.key") };
  const validity = { fromMs: Date.now(), untilMs: Date.now() + 86_400_000 };
  const company = await makeAuthority("Company", validity);
  const own = await issueCertificate(company, ["own.test"], validity);
  const chain = `${own.certificate}${company.certificate}`;
  const write = async () => {
    await writeFile(files.certificate, chain);
    await writeFile(files.key, own.key, { mode: 0o600 });
    await chmod(files.key, 0o640);
  };
  await write();
  const read = await readOwnCertificate(files);
  assert.equal(read.certificate, chain);
  assert.equal(read.version, await versionOf(files));
  assert.ok(Math.abs(read.untilMs - validity.untilMs) < 1000);

  const spoiled: [() => Promise<unknown>, RegExp][] = [
    [() => writeFile(files.certificate, "x"), /^Error: tls\.cert: .*own\.pem is not a certificate in PEM\.$/],
    [
      () =>
        writeFile(
          files.certificate,
          `${chain}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
        ),
      /^Error: tls\.cert: .*own\.pem cannot be used: .+/,
    ],
    [
      () => writeFile(files.key, "x"),
      /^Error: tls\.key: .*own\.key is not a private key in PEM without a passphrase\.$/,
    ],
    [
      () => writeFile(files.certificate, company.certificate),
      /own\.key is not the key of .*own\.pem, whose first/,
    ],
    [() => chmod(files.key, 0o644), /own\.key can be read by everybody: run 'chmod o-rwx .*own\.key'\.$/],
    [() => rm(files.key), /^Error: tls\.key: .*own\.key cannot be read: .*ENOENT/],
  ];
  for (const [spoil, message] of spoiled) {
    await write();
    await spoil();
    await assert.rejects(readOwnCertificate(files), message);
  }
});
