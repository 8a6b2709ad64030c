import { constants } from "node:crypto";
import type { RequestListener, Server, ServerOptions } from "node:http";
import { createServer, type Server as SecureServer } from "node:https";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import type { Clock } from "../core/ports/clock.ts";
import { LEAF_MS, type LocalAuthority } from "./authority.ts";
import { type OwnCertificate, type OwnFiles, readOwnCertificate, versionOf } from "./own-certificate.ts";

export interface CertificatesOptions {
  readonly authority: LocalAuthority;
  /** What the authority's certificate is for, asked each time that one is issued: a machine's addresses change. */
  readonly names: () => readonly string[];
  /** A certificate of the operator's, for every name but `localhost`; null where there is none. */
  readonly own: OwnFiles | null;
  readonly clock: Clock;
  /** A new certificate is in use from now on. */
  readonly onRenewed: (which: "authority" | "own", untilMs: number) => void;
  /** The former certificate stays in use. */
  readonly onProblem: (message: string, cause: unknown) => void;
}

const CHECK_MS = 60_000;
/** For a connection to say what it wants; Node's own two minutes are an invitation. */
const HANDSHAKE_MS = 30_000;

/** TLS 1.2 with forward secrecy and authenticated encryption, and TLS 1.3 (RFC 9325 4.2). */
const PROTOCOL = {
  minVersion: "TLSv1.2",
  ciphers: [
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    ...["AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"].flatMap((cipher) =>
      ["ECDSA", "RSA"].map((signature) => `ECDHE-${signature}-${cipher}`),
    ),
  ].join(":"),
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
} as const satisfies SecureContextOptions;

/**
 * What this server proves its names with. The local authority's certificate lives a few days and is replaced at half
 * of that; the operator's is read again when its files change. Connections that are open go on with what they have.
 */
export class Certificates {
  readonly #options: CertificatesOptions;
  readonly #servers = new Set<SecureServer>();
  #timer: NodeJS.Timeout | undefined;
  #leaf: SecureContextOptions;
  #leafUntilMs: number;
  #own: OwnCertificate | null;
  /** What was told of its files last. */
  #problem: string | null = null;
  /** What `localhost` is proved with beside the operator's certificate. */
  #localhost: SecureContext;

  private constructor(
    options: CertificatesOptions,
    leaf: { certificate: string; key: string; untilMs: number },
    own: OwnCertificate | null,
  ) {
    this.#options = options;
    this.#leaf = contextOf(leaf);
    this.#leafUntilMs = leaf.untilMs;
    this.#localhost = createSecureContext(this.#leaf);
    this.#own = own;
  }

  /** Throws with a message for the operator where the operator's own certificate is none. */
  static async open(options: CertificatesOptions): Promise<Certificates> {
    const own = options.own === null ? null : await readOwnCertificate(options.own);
    const opened = new Certificates(options, await options.authority.issue(options.names()), own);
    opened.#timer = setInterval(() => void opened.renew(), CHECK_MS);
    opened.#timer.unref();
    return opened;
  }

  /** As `http.createServer`, of a server that speaks HTTPS alone, with whatever certificate is current. */
  readonly createServer = (options: ServerOptions, listener: RequestListener): Server => {
    const server = createServer(
      {
        ...options,
        ...this.#current(),
        ALPNProtocols: ["http/1.1"],
        handshakeTimeout: HANDSHAKE_MS,
        SNICallback: (name, done) =>
          done(null, this.#own !== null && name.toLowerCase() === "localhost" ? this.#localhost : undefined),
      },
      listener,
    );
    this.#servers.add(server);
    server.once("close", () => this.#servers.delete(server));
    return server;
  };

  /** Replaces what has come to its time. Never throws: what cannot be replaced is told and tried again. */
  async renew(): Promise<void> {
    const { authority, names, clock, onRenewed, onProblem } = this.#options;
    const left = this.#leafUntilMs - clock.now();
    try {
      // More time than it was given: the clock was set back, and others may not take it yet.
      if (left < LEAF_MS / 2 || left > LEAF_MS) {
        const leaf = await authority.issue(names());
        this.#leaf = contextOf(leaf);
        this.#leafUntilMs = leaf.untilMs;
        this.#localhost = createSecureContext(this.#leaf);
        if (this.#own === null) this.#replace();
        onRenewed("authority", leaf.untilMs);
      }
    } catch (error) {
      onProblem("the server's certificate could not be renewed; it is tried again", error);
    }
    await this.#readOwn();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #readOwn(): Promise<void> {
    const { own: files, onRenewed, onProblem } = this.#options;
    if (files === null || this.#own === null) return;
    try {
      if ((await versionOf(files)) === this.#own.version) return;
      this.#own = await readOwnCertificate(files);
      this.#replace();
      onRenewed("own", this.#own.untilMs);
      this.#problem = null;
    } catch (error) {
      // It may be there for days: once is enough.
      if (String(error) !== this.#problem)
        onProblem("the new certificate of tls.cert and tls.key is not used; it is read again", error);
      this.#problem = String(error);
    }
  }

  #replace(): void {
    for (const server of this.#servers) server.setSecureContext(this.#current());
  }

  #current(): SecureContextOptions {
    return this.#own === null ? this.#leaf : contextOf(this.#own);
  }
}

function contextOf({ certificate, key }: { certificate: string; key: string }): SecureContextOptions {
  return { ...PROTOCOL, cert: certificate, key };
}
