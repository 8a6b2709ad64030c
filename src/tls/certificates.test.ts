import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { FileKeyRing } from "../cloud/local/key-ring.ts";
import { LocalAuthority } from "./authority.ts";
import { Certificates } from "./certificates.ts";
import { issueCertificate, makeAuthority } from "./x509.ts";

const DAY_MS = 86_400_000;

async function served(t: TestContext, withOwn = false) {
  const path = await temporaryDirectory(t);
  const keyRing = await FileKeyRing.open(join(path, "keys", "at-rest.key"));
  let nowMs = Date.now();
  const clock = { now: () => nowMs };
  const authority = await LocalAuthority.open(
    { certificate: join(path, "authority.pem"), key: join(path, "authority.key") },
    keyRing,
    clock,
  );
  const files = { certificate: join(path, "own.pem"), key: join(path, "own.key") };
  const validity = { fromMs: Date.now() - DAY_MS, untilMs: Date.now() + DAY_MS };
  const company = await makeAuthority("Company", validity);
  const writeOwn = async (name: string) => {
    const issued = await issueCertificate(company, [name], validity);
    await writeFile(files.certificate, issued.certificate);
    await writeFile(files.key, issued.key, { mode: 0o600 });
  };
  await writeOwn("own.test");
  const told: string[] = [];
  const certificates = await Certificates.open({
    authority,
    names: () => ["localhost", "127.0.0.1", "a.test", "*.a.test"],
    own: withOwn ? files : null,
    clock,
    onRenewed: (which) => told.push(which),
    onProblem: (message, cause) => told.push(`${message}: ${cause}`),
  });
  t.after(() => certificates.stop());
  const server = certificates.createServer({}, (_request, response) => response.end("hello"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    authority: authority.certificate,
    company: company.certificate,
    certificates,
    files,
    told,
    writeOwn,
    advance: (ms: number) => {
      nowMs += ms;
    },
    async open(options: ConnectionOptions): Promise<TLSSocket> {
      const socket = connect({ host: "127.0.0.1", port, ca: authority.certificate, ...options });
      t.after(() => socket.destroy());
      await once(socket, "secureConnect");
      return socket;
    },
  };
}

/** The test's clock is not the machine's, by which certificates are checked. */
const ANY_TIME = { rejectUnauthorized: false };
const serialOf = (socket: TLSSocket) => socket.getPeerCertificate().serialNumber;

describe("certificates", () => {
  it("prove every name, to those who trust the authority", async (t) => {
    const { open, company } = await served(t);
    for (const servername of ["localhost", "a.test", "sales.a.test"]) {
      const socket = await open({ servername });
      assert.equal(socket.authorized, true);
      assert.equal(socket.getProtocol(), "TLSv1.3");
    }
    await open({});
    await assert.rejects(open({ servername: "deep.sales.a.test" }), /altnames/);
    await assert.rejects(open({ ca: company }), /unable to (verify|get)|self-signed/);
  });

  it("are shown over modern TLS only", async (t) => {
    const { open } = await served(t);
    const socket = await open({ maxVersion: "TLSv1.2" });
    assert.match(socket.getCipher().name, /^ECDHE-.*(GCM|POLY1305)/);
    for (const ciphers of ["ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "AES128-GCM-SHA256"])
      await assert.rejects(
        open({ maxVersion: "TLSv1.2", ciphers }),
        /handshake failure|no ciphers/i,
        ciphers,
      );
    const oldest = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    await assert.rejects(open(oldest), /protocol version|no protocols available/);
  });

  it("are replaced at half of their time, while connections go on", async (t) => {
    const { open, certificates, advance, told } = await served(t);
    const before = await open(ANY_TIME);
    await certificates.renew();
    assert.equal(serialOf(await open(ANY_TIME)), serialOf(before));
    advance(3.6 * DAY_MS);
    await certificates.renew();
    assert.deepEqual(told, ["authority"]);
    assert.notEqual(serialOf(await open(ANY_TIME)), serialOf(before));
    before.write("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    const [answer] = await once(before.setEncoding("utf8"), "data");
    assert.match(answer, /^HTTP\/1\.1 200/);
  });

  it("are replaced where the clock was set back, too", async (t) => {
    const { open, certificates, advance } = await served(t);
    const before = serialOf(await open(ANY_TIME));
    advance(-30 * DAY_MS);
    await certificates.renew();
    assert.notEqual(serialOf(await open(ANY_TIME)), before);
  });

  it("of the operator answer every name but localhost, and are read again when they change", async (t) => {
    const { open, certificates, company, writeOwn, told, files } = await served(t, true);
    await open({ servername: "own.test", ca: company });
    await open({ servername: "localhost" });
    await certificates.renew();
    assert.deepEqual(told, []);
    await writeOwn("next.test");
    await certificates.renew();
    assert.deepEqual(told, ["own"]);
    await open({ servername: "next.test", ca: company });
    await writeFile(files.key, "half a key");
    await certificates.renew();
    await certificates.renew();
    assert.equal(told.length, 2);
    assert.match(told[1] ?? "", /is not used; it is read again: .*own\.key is not a private key/);
    await open({ servername: "next.test", ca: company });
  });
});
