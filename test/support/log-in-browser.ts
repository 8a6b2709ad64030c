import { readFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { formsOf, unescaped } from "./browser.ts";

/**
 * A program to name in `BROWSER`: logs in with a page that it is given, as LOG_IN_USER with LOG_IN_PASSWORD, and goes
 * where that leads. Its argument is an address, or a file that leads to one.
 */
const [, , given = ""] = process.argv;
const { LOG_IN_USER: user_name = "", LOG_IN_PASSWORD: password = "" } = process.env;

interface Answer {
  readonly page: string;
  readonly location: string | undefined;
  readonly cookies: string;
}

function ask(url: URL, form?: Readonly<Record<string, string>>, cookie = ""): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const method = form === undefined ? "GET" : "POST";
  const headers = {
    ...(cookie !== "" && { cookie }),
    ...(form !== undefined && { origin: url.origin, "content-type": "application/x-www-form-urlencoded" }),
  };
  const answered = async (message: IncomingMessage) => {
    const cookies = (message.headers["set-cookie"] ?? []).map((line) => line.split(";", 1)[0]).join("; ");
    resolve({ page: await text(message), location: message.headers.location, cookies });
  };
  request(url, { method, headers, agent: false }, (message) => answered(message).catch(reject))
    .on("error", reject)
    .end(form === undefined ? undefined : new URLSearchParams(form).toString());
  return promise;
}

const address = URL.canParse(given)
  ? given
  : unescaped(/url=([^"]*)"/.exec(await readFile(given, "utf8"))?.[1] ?? "");
const url = new URL(address);
const { page, cookies } = await ask(url);
const [form] = formsOf(page);
if (form === undefined) throw new Error(`no form in ${page}`);
const sent = await ask(new URL(form.action, url), { ...form.fields, user_name, password }, cookies);
if (sent.location === undefined) throw new Error(`not let in: ${sent.page}`);
await ask(new URL(sent.location));
