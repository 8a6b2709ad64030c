import { createHash } from "node:crypto";
import type { FastifyReply } from "fastify";
import { Html, html } from "./html.ts";

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1f24; background: #f6f7f8; margin: 0 }
main { max-width: 44rem; margin: 3rem auto; padding: 1.5rem 2rem; background: #fff; border: 1px solid #d5d9de; border-radius: 6px }
h1 { font-size: 1.3rem; margin-top: 0 } h2 { font-size: 1.05rem; margin-top: 2rem }
label { display: block; margin: .8rem 0 } input { font: inherit; display: block; padding: .3rem .5rem; width: 100%; max-width: 24rem; box-sizing: border-box }
button { font: inherit; padding: .3rem .9rem } td button { padding: 0 .6rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #e4e7ea; overflow-wrap: anywhere }
.problem { color: #a40e26 } .secret { font-family: monospace; background: #eef6ee; padding: .6rem; overflow-wrap: anywhere }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem } dd { margin: 0 }
`;
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

export interface Page {
  readonly title: string;
  readonly body: Html;
  readonly status?: number;
  /** The origin beside this one to which a form's answer may lead. */
  readonly leadsTo?: string;
}

/**
 * Sends a page that needs no script and gets none, loads nothing, is in no frame, is not kept, and has no hold on a
 * window that another page has opened it in.
 */
export function sendPage(reply: FastifyReply, { title, body, status = 200, leadsTo }: Page): FastifyReply {
  const formAction = leadsTo === undefined ? "'self'" : `'self' ${leadsTo}`;
  const whole = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title} – Firesteel</title><style>${new Html(STYLE)}</style></head>
<body><main><h1>${title}</h1>
${body}
</main></body></html>
`;
  return reply
    .status(status)
    .headers({
      "content-security-policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`,
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      // Not "no-referrer": with that a form's Origin would be null.
      "referrer-policy": "same-origin",
      "cache-control": "no-store",
    })
    .type("text/html; charset=utf-8")
    .send(whole.text);
}

export interface Form {
  /** Where it is sent to; relative to the page. */
  readonly action: string;
  /** See `forms.ts`. */
  readonly token: string;
  /** Members that nobody fills in. */
  readonly hidden?: Readonly<Record<string, string>>;
  readonly body: Html;
}

export function form({ action, token, hidden = {}, body }: Form): Html {
  const fields = Object.entries({ ...hidden, form_token: token }).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<form method="post" action="${action}">${fields}${body}</form>`;
}

/** What went wrong, where something did. */
export function problem(text: string | null): Html {
  return text === null ? html`` : html`<p class="problem" role="alert">${text}</p>`;
}
