import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came over the wire. */
  readonly message: string;
  /** Whoever has signed in; null where nobody has. */
  readonly user: string | null;
}

export interface MailServer {
  readonly port: number;
  /** What it has taken, in the order of its coming. */
  readonly received: readonly Received[];
  /** What it refuses everything with from now on, such as `451 Later.`; null: nothing. */
  refuseWith(answer: string | null): void;
}

/** An SMTP server on a free port of this machine, for as long as the test lasts. */
export async function startMailServer(
  context: TestContext,
  options: Pick<SMTPServerOptions, "onAuth"> = {},
): Promise<MailServer> {
  const received: Received[] = [];
  let refusal: string | null = null;
  const server = new SMTPServer({
    // Without it nobody who offers a password is let in where there is no TLS.
    allowInsecureAuth: true,
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    logger: false,
    onRcptTo: (_address, _session, done) => done(refusal === null ? null : refused(refusal)),
    async onData(stream, { envelope, user }, done) {
      const message = await text(stream);
      received.push({
        from: envelope.mailFrom === false ? "" : envelope.mailFrom.address,
        to: envelope.rcptTo.map(({ address }) => address),
        message,
        user: typeof user === "string" ? user : null,
      });
      done();
    },
    ...options,
  });
  // Such as a client that goes away in the middle.
  server.on("error", () => undefined);
  const listening = server.listen(0, "127.0.0.1");
  await once(listening, "listening");
  context.after(() => new Promise<void>((closed) => server.close(() => closed())));
  return {
    port: (listening.address() as AddressInfo).port, // it listens on a port
    received,
    refuseWith(answer) {
      refusal = answer;
    },
  };
}

function refused(answer: string): Error {
  const [code = "", ...words] = answer.split(" ");
  return Object.assign(new Error(words.join(" ")), { responseCode: Number(code) });
}
