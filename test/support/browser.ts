import type { FastifyInstance, LightMyRequestResponse } from "fastify";

/** A form of a page, with the values that it has when nobody has filled anything in. */
export interface PageForm {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
  /** What is written on it. */
  readonly text: string;
}

/** What a browser does with pages without scripts, on a server without a port: cookies, forms, and nothing by itself. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #app: FastifyInstance;
  /** `https` stands for a server behind TLS. */
  readonly #origin: string;

  constructor(app: FastifyInstance, origin: string) {
    this.#app = app;
    this.#origin = origin;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<LightMyRequestResponse> {
    return this.#send("GET", path, undefined, headers);
  }

  /** Sends a form's fields, with these in place of what they were. */
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<LightMyRequestResponse> {
    return this.#send("POST", path, new URLSearchParams(fields).toString(), {
      "content-type": "application/x-www-form-urlencoded",
      origin: this.#origin,
      "sec-fetch-site": "same-origin",
      ...headers,
    });
  }

  /** Fills in the one form of a page that has this text on it, and sends it. */
  submit(
    path: string,
    page: LightMyRequestResponse,
    text: string,
    filledIn: Readonly<Record<string, string>> = {},
  ): Promise<LightMyRequestResponse> {
    const form = formsOf(page.body).find((each) => each.text.includes(text));
    if (form === undefined) throw new Error(`no form has ${text} on it:\n${page.body}`);
    const action = new URL(form.action, new URL(path, this.#origin));
    return this.post(action.pathname + action.search, { ...form.fields, ...filledIn });
  }

  async #send(
    method: "GET" | "POST",
    path: string,
    payload: string | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<LightMyRequestResponse> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await this.#app.inject({
      method,
      url: path,
      headers: {
        host: new URL(this.#origin).host,
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
        ...(cookie !== "" && { cookie }),
        ...headers,
      },
      ...(payload !== undefined && { payload }),
    });
    for (const line of [answer.headers["set-cookie"] ?? []].flat()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/Max-Age=0(;|$)/.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }
}

/** The forms of a page of this server's, which writes them in one way. */
export function formsOf(page: string): PageForm[] {
  return [...page.matchAll(/<form method="post" action="([^"]*)">(.*?)<\/form>/gs)].map(
    ([, action = "", inside = ""]) => ({
      action: unescaped(action),
      text: inside.replace(/<[^>]*>/g, " "),
      fields: Object.fromEntries(
        [...inside.matchAll(/<input [^>]*>/g)].map(([input]) => [
          /name="([^"]*)"/.exec(input)?.[1] ?? "",
          unescaped(/value="([^"]*)"/.exec(input)?.[1] ?? ""),
        ]),
      ),
    }),
  );
}

export function unescaped(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}
