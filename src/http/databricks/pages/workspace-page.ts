import type { FastifyReply, FastifyRequest } from "fastify";
import type { PersonalAccessToken } from "../../../core/access/personal-access-token.ts";
import { isUsable } from "../../../core/workspace/decide.ts";
import type { WorkspaceObject } from "../../../core/workspace/workspace.ts";
import { sourceAddress } from "../../shared/source-address.ts";
import type { DatabricksOptions } from "../account.ts";
import { formToken } from "./forms.ts";
import type { Visitor } from "./home.ts";
import { type Html, html } from "./html.ts";
import { form, problem, sendPage } from "./page.ts";
import { who } from "./who.ts";

interface WorkspaceView {
  readonly visitor: Visitor;
  readonly workspace: WorkspaceObject;
  /** Why the visitor may not be here; null where they may. */
  readonly refusal: string | null;
  /** A token that was just made, or why it was not. */
  readonly news: { readonly made?: string; readonly refused?: string };
  /** Completes a path for the address that this page has. */
  readonly to: (path: string) => string;
  readonly request: FastifyRequest;
}

/** The one page of a workspace: who, which, in what state; tokens to make, list and revoke. */
export async function sendWorkspacePage(
  options: DatabricksOptions,
  reply: FastifyReply,
  view: WorkspaceView,
): Promise<FastifyReply> {
  const { visitor, workspace, refusal, news, to } = view;
  const { deploymentName, region, message } = workspace.body;
  const title = `Workspace ${workspace.name}`;
  if (refusal !== null)
    return sendPage(reply, { title, status: 403, body: html`${problem(refusal)}${who(visitor, to)}` });
  return sendPage(reply, {
    title,
    status: news.refused === undefined ? 200 : 400,
    body: html`${problem(news.refused ?? null)}${made(news.made)}
${who(visitor, to)}
<h2>This workspace</h2>
<dl><dt>ID</dt><dd>${workspace.id}</dd><dt>Deployment name</dt><dd>${deploymentName}</dd>
<dt>URL</dt><dd>${options.workspaceUrl(workspace.body)}</dd><dt>Region</dt><dd>${region}</dd>
<dt>State</dt><dd>${workspace.state}</dd><dt>Status</dt><dd>${message}</dd></dl>
${isUsable(workspace) ? await tokens(options, view) : null}`,
  });
}

function made(token: string | undefined): Html {
  if (token === undefined) return html``;
  return html`<p role="status">This is the new token. It is shown this once: copy it now.</p><p class="secret">${token}</p>`;
}

async function tokens(options: DatabricksOptions, { visitor, workspace, to, request }: WorkspaceView) {
  const { caller, cookie } = visitor;
  const context = { caller, workspace, requestId: request.id, sourceIp: sourceAddress(request) };
  const rows = await options.useCases.listTokens(context);
  const token = formToken(cookie);
  return html`<h2>Your personal access tokens</h2>
${
  rows.length === 0
    ? html`<p>You have none in this workspace.</p>`
    : html`<table><thead><tr><th>Comment</th><th>Made</th><th>Expires</th><th></th></tr></thead>
<tbody>${rows.map((row) => tokenRow(row, to("/tokens/revoke"), token))}</tbody></table>`
}
<h2>Make a token</h2>
${form({
  action: to("/tokens"),
  token,
  body: html`<label>Comment<input name="comment" maxlength="256"></label>
<label>Lifetime in days<input name="lifetime_days" inputmode="numeric" value="90"></label>
<button>Make token</button>`,
})}`;
}

function tokenRow(
  { id, comment, createdAtMs, expiresAtMs }: PersonalAccessToken,
  action: string,
  token: string,
) {
  const revoke = form({ action, token, hidden: { token_id: id }, body: html`<button>Revoke</button>` });
  return html`<tr><td>${comment}</td><td>${date(createdAtMs)}</td><td>${expiresAtMs === null ? "never" : date(expiresAtMs)}</td><td>${revoke}</td></tr>
`;
}

function date(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
