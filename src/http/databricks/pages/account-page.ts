import type { FastifyReply } from "fastify";
import type { WorkspaceObject } from "../../../core/workspace/workspace.ts";
import type { DatabricksOptions } from "../account.ts";
import type { Visitor } from "./home.ts";
import { html } from "./html.ts";
import { problem, sendPage } from "./page.ts";
import { who } from "./who.ts";

/** More than these are for the API to list. */
const SHOWN = 200;

interface AccountView {
  readonly visitor: Visitor;
  readonly refusal: string | null;
  readonly to: (path: string) => string;
}

/** The one page of an account: who, and the workspaces that they may enter. */
export async function sendAccountPage(
  { useCases, workspaceUrl }: DatabricksOptions,
  reply: FastifyReply,
  { visitor, refusal, to }: AccountView,
): Promise<FastifyReply> {
  const { caller } = visitor;
  const title = `Account ${caller.account}`;
  if (refusal !== null)
    return sendPage(reply, { title, status: 403, body: html`${problem(refusal)}${who(visitor, to)}` });
  const entered: WorkspaceObject[] = [];
  for (const workspace of await useCases.list(caller.account, "workspace")) {
    if ((await useCases.workspaceLevel(caller, workspace)) !== null) entered.push(workspace);
    if (entered.length === SHOWN) break;
  }
  const rows = entered.map(
    ({ id, name, state, body }) =>
      html`<tr><td><a href="${workspaceUrl(body)}/">${name}</a></td><td>${id}</td><td>${state}</td></tr>
`,
  );
  return sendPage(reply, {
    title,
    body: html`${who(visitor, to)}
<h2>Your workspaces</h2>
${
  rows.length === 0
    ? html`<p>There is none that you may enter.</p>`
    : html`<table><thead><tr><th>Name</th><th>ID</th><th>State</th></tr></thead><tbody>${rows}</tbody></table>`
}`,
  });
}
