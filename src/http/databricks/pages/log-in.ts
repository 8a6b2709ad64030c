import { randomBytes } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { SESSION_LIFETIME_MS } from "../../../core/access/oauth-grant.ts";
import { DomainError } from "../../../core/errors.ts";
import type { AccountId } from "../../../core/ids.ts";
import type { OpenedSession } from "../../../use-cases/databricks/browser-sessions.ts";
import type { DatabricksUseCases } from "../../../use-cases/databricks/use-cases.ts";
import { trierOf } from "../authorization.ts";
import type { Form } from "../oauth/form.ts";
import { checkFormToken, cookieOf, formToken, setCookie } from "./forms.ts";
import { html } from "./html.ts";
import { form, problem, sendPage } from "./page.ts";

/** How long a log-in page may stand open. */
const LOG_IN_SECONDS = 86_400;

export interface LogInPage {
  /** What is logged in to. */
  readonly place: string;
  /** The form's own address; relative to the page. */
  readonly action: string;
  /** The program that the log-in is for; null where it is for this server's own pages. */
  readonly client?: string;
  /** Whether the account has to be told. */
  readonly asksAccount?: boolean;
  /** What was tried: why it was refused, and with which name. */
  readonly refused?: { readonly status: number; readonly reason: string; readonly userName: string };
  readonly leadsTo?: string;
}

/** The log-in page. It tells nothing but what its visitor asked for by its address. */
export function sendLogIn(request: FastifyRequest, reply: FastifyReply, page: LogInPage): FastifyReply {
  // Kept where there is one, so that a page that stands open in another tab stays good.
  const known = cookieOf(request, "login");
  const cookie = known !== null && /^[\w-]{22}$/.test(known) ? known : randomBytes(16).toString("base64url");
  setCookie(request, reply, "login", cookie, LOG_IN_SECONDS);
  const { refused, client, leadsTo } = page;
  return sendPage(reply, {
    title: `Log in to ${page.place}`,
    status: refused?.status ?? 200,
    ...(leadsTo !== undefined && { leadsTo }),
    body: html`${client === undefined ? null : html`<p>${client} on this machine will be able to do all that you may.</p>`}
${problem(refused?.reason ?? null)}
${form({
  action: page.action,
  token: formToken(cookie),
  hidden: { step: "log-in" },
  body: html`${page.asksAccount === true ? html`<label>Account ID<input name="account_id" required></label>` : null}
<label>User name<input name="user_name" autocomplete="username" value="${refused?.userName ?? ""}" required autofocus></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required></label>
<button>Log in</button>`,
})}`,
  });
}

/**
 * Logs in whoever has filled in the page. Answers the session, whose cookie the answer then sets, or why it was refused.
 */
export async function takeLogIn(
  useCases: DatabricksUseCases,
  account: AccountId | null,
  request: FastifyRequest,
  reply: FastifyReply,
  fields: Form,
): Promise<OpenedSession | NonNullable<LogInPage["refused"]>> {
  checkFormToken(cookieOf(request, "login"), fields.get("form_token"));
  const userName = fields.get("user_name") ?? "";
  try {
    const opened = await useCases.logIn(account, userName, fields.get("password") ?? "", trierOf(request));
    setCookie(request, reply, "session", opened.cookie, SESSION_LIFETIME_MS / 1000);
    return opened;
  } catch (error) {
    if (error instanceof DomainError && error.kind === "unauthenticated")
      return { status: 401, reason: error.message, userName };
    throw error;
  }
}
