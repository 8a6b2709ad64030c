import type { FastifyReply, FastifyRequest } from "fastify";
import type { DatabricksCaller } from "../../../core/access/databricks-caller.ts";
import { DomainError } from "../../../core/errors.ts";
import {
  type AskingClient,
  type AuthorizationRequest,
  authorizationRequest,
} from "../../../use-cases/databricks/authorization-codes.ts";
import { sourceAddress } from "../../shared/source-address.ts";
import type { DatabricksOptions } from "../account.ts";
import { errorAnswer } from "../errors.ts";
import type { Authority } from "../oauth/authority.ts";
import { type Form, readForm, refuseNarrowing } from "../oauth/form.ts";
import { queryOf } from "../plugin.ts";
import type { PageCall } from "./audit.ts";
import { checkFormToken, cookieOf, formToken } from "./forms.ts";
import { html } from "./html.ts";
import { type LogInPage, sendLogIn, takeLogIn } from "./log-in.ts";
import { form, sendPage } from "./page.ts";
import { placeName, refuseVisitor } from "./visitor.ts";

/** A client that has sent a browser, with what it wants. */
interface Asking {
  readonly authority: Authority;
  readonly asked: Form;
  readonly request: AuthorizationRequest;
  /** This page's own address, for its forms. */
  readonly action: string;
}

/**
 * The authorization endpoint (RFC 6749 3.1): the person at the browser logs in, or says that it is still them, and the
 * client gets a code. The forms are sent to the address of the page itself, so there is no address in them to change.
 * A person is asked each time: nobody can be sure which program listens on their machine (RFC 8252 8.6).
 */
export async function authorize(
  { useCases }: DatabricksOptions,
  authority: Authority,
  call: PageCall,
  browser: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const asked = parametersOf(browser);
  call.account = authority.account;
  call.workspace = authority.workspace?.id ?? null;
  call.input = shown(asked);
  const client = await useCases.askingClient(
    authority,
    asked.get("client_id") ?? null,
    asked.get("redirect_uri") ?? null,
  );
  try {
    refuseNarrowing(asked);
    const request = authorizationRequest(client, asked);
    const asking = { authority, asked, request, action: `?${queryOf(browser)}` };
    return await (browser.method === "POST" ? answerForm(asking) : show(asking));
  } catch (error) {
    const refusal = oauthRefusal(error);
    if (refusal === null) throw error;
    call.error = errorAnswer(error);
    return sendBack(reply, authority, client, asked, refusal);
  }

  async function show(asking: Asking): Promise<FastifyReply> {
    const cookie = cookieOf(browser, "session");
    const caller = await useCases.sessionCaller(cookie);
    if (cookie === null || caller === null || caller.account !== authority.account)
      return sendLogIn(browser, reply, logInPage(asking));
    const { name } = asking.request.client;
    return sendPage(reply, {
      title: `Let ${name} in?`,
      leadsTo: originOfRedirect(asking),
      body: html`<p>${name} on this machine asks to do all that you may, in ${placeName(authority)}.</p>
${form({
  action: asking.action,
  token: formToken(cookie),
  hidden: { step: "continue" },
  body: html`<p><button>Continue as ${caller.name}</button></p>`,
})}
${form({
  action: asking.action,
  token: formToken(cookie),
  hidden: { step: "another" },
  body: html`<p><button>Use another user</button></p>`,
})}
${form({
  action: asking.action,
  token: formToken(cookie),
  hidden: { step: "deny" },
  body: html`<p><button>Do not let it in</button></p>`,
})}`,
    });
  }

  async function answerForm(asking: Asking): Promise<FastifyReply> {
    const fields = readForm(browser);
    const step = fields.get("step");
    if (step === "log-in") {
      const opened = await takeLogIn(useCases, authority.account, browser, reply, fields);
      if (!("reason" in opened)) return letIn(asking, opened.caller);
      call.error = { status: 401, code: "UNAUTHENTICATED", message: opened.reason, details: [] };
      return sendLogIn(browser, reply, { ...logInPage(asking), refused: opened });
    }
    const cookie = cookieOf(browser, "session");
    checkFormToken(cookie, fields.get("form_token"));
    if (step === "deny") {
      const refusal = { error: "access_denied", error_description: "The user does not let the program in." };
      return sendBack(reply, authority, asking.request, asked, refusal);
    }
    const caller = await useCases.sessionCaller(cookie);
    if (step !== "continue" || caller === null || caller.account !== authority.account)
      return sendLogIn(browser, reply, logInPage(asking));
    return letIn(asking, caller);
  }

  async function letIn({ request }: Asking, caller: DatabricksCaller): Promise<FastifyReply> {
    call.caller = caller;
    await refuseVisitor(useCases, authority, caller, sourceAddress(browser));
    const code = await useCases.giveCode(authority, request, caller);
    return sendBack(reply, authority, request, asked, { code });
  }
}

function logInPage({ authority, request, action, ...asking }: Asking): LogInPage {
  const leadsTo = originOfRedirect({ authority, request, action, ...asking });
  return { place: placeName(authority), action, client: request.client.name, leadsTo };
}

/** As a source of a content security policy, which has no way to write an IPv6 address (https://www.w3.org/TR/CSP3/#framework-directive-source-list). */
function originOfRedirect({ request }: Asking): string {
  const { hostname, origin, protocol } = new URL(request.redirectUri);
  return hostname.startsWith("[") ? protocol : origin;
}

/** RFC 6749 3.1: a parameter that is there twice is refused, an empty one counts as omitted. */
function parametersOf(request: FastifyRequest): Form {
  const parameters = new Map<string, string>();
  for (const [name, value] of queryOf(request)) {
    if (parameters.has(name)) throw new DomainError("invalid", `Parameter ${name} is there twice.`);
    // PostgreSQL cannot look for one.
    if (value.includes("\0")) throw new DomainError("invalid", `Parameter ${name} holds a NUL character.`);
    if (value !== "") parameters.set(name, value);
  }
  return parameters;
}

/** An OAuth error's name and words, for the client; null for what is none of its concern. */
function oauthRefusal(error: unknown): Readonly<Record<string, string>> | null {
  if (!(error instanceof DomainError) || error.code === null || !/^[a-z_]+$/.test(error.code)) return null;
  return { error: error.code, error_description: error.message };
}

/** RFC 6749 4.1.2; with the issuer, so that a client of several servers knows whose answer it is (RFC 9207). */
function sendBack(
  reply: FastifyReply,
  { issuer }: Authority,
  { redirectUri }: AskingClient,
  asked: Form,
  answer: Readonly<Record<string, string>>,
): FastifyReply {
  const url = new URL(redirectUri);
  const state = asked.get("state");
  const members = { ...answer, ...(state !== undefined && { state }), iss: issuer };
  for (const [name, value] of Object.entries(members)) url.searchParams.append(name, value);
  // RFC 6749 10.2, 10.5: the code is in the address, which no other page is to see.
  return reply
    .status(303)
    .headers({ location: url.href, "cache-control": "no-store", "referrer-policy": "no-referrer" })
    .send();
}

function shown(asked: Form): Record<string, string> {
  const names = ["client_id", "redirect_uri", "scope"];
  return Object.fromEntries(
    names.flatMap((name) => (asked.has(name) ? [[name, asked.get(name) ?? ""]] : [])),
  );
}
