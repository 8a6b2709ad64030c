import assert from "node:assert/strict";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { startMailServer } from "../../test/support/mail-server.ts";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { type Mail, MailRefusedError } from "../core/ports/mail.ts";
import { FolderMail } from "./folder-mail.ts";
import { SmtpMail } from "./smtp-mail.ts";

const FROM = "firesteel@example.com";
const MAIL: Mail = {
  id: "workspace-7-running",
  to: "ann@example.com",
  subject: "Workspace Süd is running",
  text: "There:\n\nhttps://sued.example.com\n.\n..two\nÜ\n",
  createdAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
};

/** Header fields by name, unfolded (RFC 5322 2.2), and the body. */
function parse(message: string) {
  const [head = "", body = ""] = message.split(/\r\n\r\n(.*)/s);
  const lines = head.replace(/\r\n[ \t]/g, " ").split("\r\n");
  const fields = lines.map((line) => /^([!-9;-~]+): (.*)$/.exec(line)?.slice(1) ?? assert.fail(line));
  return {
    fields: Object.fromEntries(fields) as Record<string, string>,
    names: fields.map(([name]) => name),
    body,
  };
}

function isRight(message: string): void {
  assert.doesNotMatch(message.replaceAll("\r\n", ""), /[\r\n]/, "every line ends with CRLF");
  const { fields, names } = parse(message);
  assert.equal(new Set(names).size, names.length, "no field is there twice");
  assert.deepEqual(
    {
      ...Object.fromEntries(
        ["From", "To", "Message-ID", "Date", "Auto-Submitted"].map((name) => [name, fields[name]]),
      ),
      MimeVersion: fields["MIME-Version"],
      Subject: fields.Subject,
    },
    {
      From: "Firesteel <firesteel@example.com>",
      To: "ann@example.com",
      "Message-ID": "<workspace-7-running@example.com>",
      Date: "Fri, 02 Jan 2026 03:04:05 +0000",
      "Auto-Submitted": "auto-generated",
      MimeVersion: "1.0",
      Subject: "=?UTF-8?Q?Workspace_S=C3=BCd_is_running?=",
    },
  );
}

async function folder(context: TestContext) {
  const directory = join(await temporaryDirectory(context), "outbox");
  const write = (path: string, content: string) => writeFile(path, content, { mode: 0o600 });
  return { directory, mail: new FolderMail({ directory, from: FROM, write }) };
}

describe("the outbox folder", () => {
  it("has a file as RFC 5322 wants it for each mail, and one for the same mail", async (t) => {
    const { directory, mail } = await folder(t);
    await mail.deliver(MAIL);
    await mail.deliver(MAIL);
    assert.deepEqual(await readdir(directory), ["workspace-7-running.eml"]);
    assert.equal((await stat(directory)).mode & 0o777, 0o700);
    const message = await readFile(join(directory, "workspace-7-running.eml"), "utf8");
    isRight(message);
    assert.match(message, /https:\/\/sued\.example\.com/);
  });
});

describe("a mail whose texts inject", () => {
  it("has the header fields of any other, and one recipient", async (t) => {
    const server = await startMailServer(t);
    const smtp = new SmtpMail({ url: new URL(`smtp://127.0.0.1:${server.port}`), from: FROM });
    await smtp.deliver({
      ...MAIL,
      subject: "x\r\nBcc: bob@example.com\r\n\r\nbody",
      text: "\r\n.\r\nQUIT\r\n",
    });
    for (const to of ["ann@example.com,bob@example.com", "ann@example.com\r\nRCPT TO:<bob@example.com>"])
      await assert.rejects(smtp.deliver({ ...MAIL, to }), MailRefusedError);
    const [first, ...more] = server.received;
    assert.deepEqual(first?.to, ["ann@example.com"]);
    const { names } = parse(first?.message ?? "");
    assert.ok(!names.includes("Bcc"), first?.message);
    assert.deepEqual(more, []);
  });
});

describe("an SMTP server", () => {
  it("is handed the same message at every attempt, also with a password", async (t) => {
    const server = await startMailServer(t, {
      onAuth: ({ username, password }, _session, done) =>
        password === "p@ss:w/rd" ? done(null, { user: username }) : done(new Error("no")),
    });
    const url = (password: string) =>
      new URL(`smtp://ann%40mail:${encodeURIComponent(password)}@127.0.0.1:${server.port}`);
    const smtp = new SmtpMail({ url: url("p@ss:w/rd"), from: FROM });
    await smtp.deliver(MAIL);
    await smtp.deliver(MAIL);
    const [first, second] = server.received;
    isRight(first?.message ?? "");
    assert.deepEqual(
      parse(second?.message ?? "").fields["Message-ID"],
      parse(first?.message ?? "").fields["Message-ID"],
    );
    assert.deepEqual([first?.from, first?.to, first?.user], [FROM, ["ann@example.com"], "ann@mail"]);
    assert.match(parse(first?.message ?? "").body, /^\.\r$/m, "a dot alone does not end it");

    const wrong = new SmtpMail({ url: url("s3cret"), from: FROM });
    const failure = await wrong.deliver(MAIL).catch((error: Error) => error);
    assert.ok(failure instanceof Error && !(failure instanceof MailRefusedError));
    assert.doesNotMatch(failure.message, /s3cret/);
  });

  it("that refuses one mail may take others; one that is not there takes none", async (t) => {
    const server = await startMailServer(t);
    const smtp = new SmtpMail({ url: new URL(`smtp://127.0.0.1:${server.port}`), from: FROM });
    server.refuseWith("550 No such user.");
    await assert.rejects(
      smtp.deliver(MAIL),
      (error) => error instanceof MailRefusedError && /550 No such user/.test(error.message),
    );
    server.refuseWith(null);
    await smtp.deliver(MAIL);
    assert.equal(server.received.length, 1);
    const nobody = new SmtpMail({ url: new URL("smtp://127.0.0.1:1"), from: FROM });
    await assert.rejects(nobody.deliver(MAIL), (error) => !(error instanceof MailRefusedError));
  });

  it("elsewhere gets no password without TLS", async (t) => {
    const server = await startMailServer(t, {
      onAuth: (_auth, _session, done) => done(null, { user: "ann" }),
    });
    const url = new URL(`smtp://ann:secret@127.0.0.1:${server.port}`);
    const smtp = new SmtpMail({ url, from: FROM, isLocal: () => false });
    await assert.rejects(smtp.deliver(MAIL), /STARTTLS|TLS/);
    assert.equal(server.received.length, 0);
  });
});
