import { readFileSync } from "node:fs";
import { Agent as HttpAgent, get as httpGet, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, get as httpsGet } from "node:https";
import { buffer } from "node:stream/consumers";
import { getCACertificates } from "node:tls";
import type { Environment } from "./command.ts";

export interface DownloaderOptions {
  /** Proxies are taken from its HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */
  readonly environment: Environment;
  /** Address of a proxy that goes before those of the environment. */
  readonly proxy?: string | null;
  /** File of further trusted authorities, in PEM. */
  readonly certificates?: string | null;
  readonly signal?: AbortSignal | undefined;
}

export interface Downloaded {
  /** Where it came from in the end, after redirections. */
  readonly url: URL;
  readonly body: Buffer;
}

const MAX_REDIRECTS = 5;
const TIMEOUT_MS = 60_000;

/** Fetches small files from registries, through the proxies and with the authorities that this machine is set up for. */
export class Downloader implements Disposable {
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;
  readonly #signal: AbortSignal | undefined;

  constructor({ environment, proxy = null, certificates = null, signal }: DownloaderOptions) {
    const proxyEnv = proxy === null ? { ...environment } : { HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
    const trusted = [...getCACertificates("default"), ...getCACertificates("system")];
    const further = certificates === null ? [] : [readFileSync(certificates, "utf8")];
    this.#http = new HttpAgent({ proxyEnv });
    this.#https = new HttpsAgent({ proxyEnv, ca: [...trusted, ...further] });
    this.#signal = signal;
  }

  /** Throws where the answer is not 200; the message never has the password that an address may carry. */
  async get(url: URL, redirects = MAX_REDIRECTS): Promise<Downloaded> {
    const response = await this.#request(url);
    const { statusCode = 0, headers } = response;
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined && redirects > 0) {
      response.resume();
      return this.get(new URL(headers.location, url), redirects - 1);
    }
    const body = await buffer(response);
    if (statusCode !== 200) throw new Error(`${withoutPassword(url)} answered ${statusCode}`);
    return { url, body };
  }

  [Symbol.dispose](): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #request(url: URL): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const signal = this.#signal === undefined ? timeout : AbortSignal.any([this.#signal, timeout]);
    const request =
      url.protocol === "https:"
        ? httpsGet(url, { signal, agent: this.#https }, resolve)
        : httpGet(url, { signal, agent: this.#http }, resolve);
    request.once("error", (error) => {
      reject(new Error(`${withoutPassword(url)}: ${error.message}`, { cause: error }));
    });
    return promise;
  }
}

function withoutPassword(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
