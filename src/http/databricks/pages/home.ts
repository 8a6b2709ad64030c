import type { FastifyReply, FastifyRequest } from "fastify";
import type { DatabricksCaller } from "../../../core/access/databricks-caller.ts";
import { unauthenticated } from "../../../core/databricks-errors.ts";
import { DomainError } from "../../../core/errors.ts";
import { accountId } from "../../../core/ids.ts";
import { refuseUnusable } from "../../../core/workspace/decide.ts";
import type { WorkspaceObject } from "../../../core/workspace/workspace.ts";
import type { WorkspaceContext } from "../../../use-cases/databricks/context.ts";
import { sourceAddress } from "../../shared/source-address.ts";
import type { DatabricksOptions } from "../account.ts";
import { type Form, readForm } from "../oauth/form.ts";
import { queryOf } from "../plugin.ts";
import { findNamed } from "../workspace.ts";
import { namedWorkspace } from "../workspace-target.ts";
import { sendAccountPage } from "./account-page.ts";
import type { PageCall } from "./audit.ts";
import { checkFormToken, cookieOf, setCookie } from "./forms.ts";
import { sendLogIn, takeLogIn } from "./log-in.ts";
import { type Place, placeName, refuseVisitor } from "./visitor.ts";
import { sendWorkspacePage } from "./workspace-page.ts";

/** Somebody who is logged in, and where. */
export interface Visitor {
  readonly caller: DatabricksCaller;
  readonly workspace: WorkspaceObject | null;
  /** Of the browser's session. */
  readonly cookie: string;
}

/** The page of the account or of the workspace that the address is of, or the log-in before it. */
export async function showHome(
  options: DatabricksOptions,
  call: PageCall,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const visitor = await visitorOf(options, call, request);
  return visitor === null
    ? sendHomeLogIn(options, request, reply)
    : sendHome(options, visitor, request, reply);
}

export async function logInByForm(
  options: DatabricksOptions,
  call: PageCall,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const fields = readForm(request);
  const workspace = await workspaceOf(options, request);
  const named = fields.get("account_id")?.toLowerCase();
  const account =
    workspace?.account ?? (named === undefined ? await options.useCases.onlyAccount() : accountId(named));
  call.account = account;
  call.workspace = workspace?.id ?? null;
  call.input = { user_name: fields.get("user_name") ?? "" };
  const opened = await takeLogIn(options.useCases, account, request, reply, fields);
  if ("reason" in opened) {
    call.error = { status: 401, code: "UNAUTHENTICATED", message: opened.reason, details: [] };
    return sendHomeLogIn(options, request, reply, opened);
  }
  call.caller = opened.caller;
  return home(request, reply);
}

export async function logOutByForm(
  { useCases }: DatabricksOptions,
  call: PageCall,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const cookie = cookieOf(request, "session");
  checkFormToken(cookie, readForm(request).get("form_token"));
  call.caller = await useCases.sessionCaller(cookie);
  call.account = call.caller?.account ?? null;
  await useCases.logOut(cookie);
  setCookie(request, reply, "session", "", 0);
  return home(request, reply);
}

export async function createTokenByForm(
  options: DatabricksOptions,
  call: PageCall,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { visitor, context, fields } = await inWorkspace(options, call, request);
  const days = fields.get("lifetime_days");
  call.input = { comment: fields.get("comment") ?? "", ...(days !== undefined && { lifetime_days: days }) };
  if (days !== undefined && !/^\d{1,5}$/.test(days))
    return sendHome(options, visitor, request, reply, {
      refused: `Lifetime: '${days}' is no number of days.`,
    });
  try {
    const made = await options.useCases.createToken(context, {
      comment: fields.get("comment") ?? "",
      lifetimeSeconds: days === undefined ? null : Number(days) * 86_400,
      scopes: [],
      autoscope: false,
    });
    return await sendHome(options, visitor, request, reply, { made: made.value });
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind === "internal") throw error;
    return sendHome(options, visitor, request, reply, { refused: error.message });
  }
}

export async function revokeTokenByForm(
  options: DatabricksOptions,
  call: PageCall,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { context, fields } = await inWorkspace(options, call, request);
  const id = fields.get("token_id") ?? "";
  call.input = { token_id: id };
  await options.useCases.deleteToken(context, id, "own");
  return home(request, reply);
}

/** Throws unless the form was sent by somebody who is logged in to a workspace that can be used. */
async function inWorkspace(
  options: DatabricksOptions,
  call: PageCall,
  request: FastifyRequest,
): Promise<{ readonly visitor: Visitor; readonly context: WorkspaceContext; readonly fields: Form }> {
  const visitor = await visitorOf(options, call, request);
  if (visitor?.workspace == null) throw unauthenticated("Log in to the workspace first.");
  const fields = readForm(request);
  checkFormToken(visitor.cookie, fields.get("form_token"));
  const { caller, workspace } = visitor;
  await refuseVisitor(
    options.useCases,
    { account: workspace.account, workspace },
    caller,
    sourceAddress(request),
  );
  refuseUnusable(workspace);
  return {
    visitor,
    fields,
    context: { caller, workspace, requestId: request.id, sourceIp: sourceAddress(request) },
  };
}

/** Null where nobody of the workspace's account is logged in. */
async function visitorOf(
  options: DatabricksOptions,
  call: PageCall,
  request: FastifyRequest,
): Promise<Visitor | null> {
  const workspace = await workspaceOf(options, request);
  const cookie = cookieOf(request, "session");
  const caller = await options.useCases.sessionCaller(cookie);
  if (cookie === null || caller === null) return null;
  if (workspace !== null && workspace.account !== caller.account) return null;
  call.account = caller.account;
  call.workspace = workspace?.id ?? null;
  call.caller = caller;
  return { caller, workspace, cookie };
}

/** The workspace that the address is of; null where it is the account's. Throws where it is of none that there is. */
async function workspaceOf(
  { useCases, domain }: DatabricksOptions,
  request: FastifyRequest,
): Promise<WorkspaceObject | null> {
  const named = namedWorkspace(request, domain);
  if (named === null) return null;
  const found = await findNamed(useCases, named);
  if (found === null) throw new DomainError("not-found", `There is no workspace ${named.text}.`);
  return found;
}

async function sendHome(
  options: DatabricksOptions,
  visitor: Visitor,
  request: FastifyRequest,
  reply: FastifyReply,
  news: { readonly made?: string; readonly refused?: string } = {},
): Promise<FastifyReply> {
  const { caller, workspace } = visitor;
  const place: Place = { account: caller.account, workspace };
  // Who may not be here can still log out.
  const refusal = await refuseVisitor(options.useCases, place, caller, sourceAddress(request)).then(
    () => null,
    (error: unknown) => {
      if (error instanceof DomainError && error.kind === "forbidden") return error.message;
      throw error;
    },
  );
  const to = (path: string) => path + searchOf(request);
  if (workspace === null) return sendAccountPage(options, reply, { visitor, refusal, to });
  return sendWorkspacePage(options, reply, { visitor, workspace, refusal, news, to, request });
}

async function sendHomeLogIn(
  options: DatabricksOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  refused?: { readonly status: number; readonly reason: string; readonly userName: string },
): Promise<FastifyReply> {
  const workspace = await workspaceOf(options, request);
  const account = workspace?.account ?? (await options.useCases.onlyAccount());
  return sendLogIn(request, reply, {
    place: account === null ? "an account" : placeName({ account, workspace }),
    asksAccount: account === null,
    action: `/login${searchOf(request)}`,
    ...(refused !== undefined && { refused }),
  });
}

function home(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .status(303)
    .header("location", `/${searchOf(request)}`)
    .send();
}

/** What names a workspace on the main listener stays in the addresses of its page. */
function searchOf(request: FastifyRequest): string {
  const named = queryOf(request).get("o");
  return named === null ? "" : `?o=${encodeURIComponent(named)}`;
}
