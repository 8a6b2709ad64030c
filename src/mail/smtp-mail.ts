import { createTransport, type Transporter } from "nodemailer";
import { type Mail, MailRefusedError, type MailTransport } from "../core/ports/mail.ts";
import { messageOf } from "./message.ts";

/** Of every step with a server that does not answer. */
const TIMEOUT_MS = 10_000;
/** RFC 8314 and RFC 6409: of submission, with TLS from the first byte and without. */
const PORTS = { "smtps:": 465, "smtp:": 587 } as const;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

export interface SmtpOptions {
  /** `smtp://` or `smtps://`, with a user name and a password where the server wants them. */
  readonly url: URL;
  /** The sender's address. */
  readonly from: string;
  /** Whether a host is this machine, where nobody listens to what is not encrypted; loopback by default. */
  readonly isLocal?: (host: string) => boolean;
}

/** Hands mail to an SMTP server. A password leaves this machine over TLS alone. */
export class SmtpMail implements MailTransport {
  readonly #transporter: Transporter;
  readonly #from: string;

  constructor({ url, from, isLocal = (host) => LOOPBACK.test(host) }: SmtpOptions) {
    const { protocol, hostname, port, username, password } = url;
    const isSecure = protocol === "smtps:";
    this.#from = from;
    this.#transporter = createTransport({
      host: hostname.replace(/^\[|\]$/g, ""),
      port: port === "" ? PORTS[isSecure ? "smtps:" : "smtp:"] : Number(port),
      secure: isSecure,
      ...(username !== "" && {
        auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
        requireTLS: !isLocal(hostname),
      }),
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
    });
  }

  async deliver(mail: Mail): Promise<void> {
    try {
      await this.#transporter.sendMail(messageOf(mail, this.#from));
    } catch (error) {
      // Only an answer to this mail's own commands says anything of it; others may fare as well or as ill.
      if (
        error instanceof Error &&
        "code" in error &&
        (error.code === "EENVELOPE" || error.code === "EMESSAGE")
      )
        throw new MailRefusedError(error.message, { cause: error });
      throw error;
    }
  }
}
