import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { DatabricksOptions } from "../account.ts";
import { takeForms } from "../form-requests.ts";
import { accountAuthority, workspaceAuthority } from "../oauth/authority.ts";
import { type PageCall, pageCall, recordPageCall } from "./audit.ts";
import { authorize } from "./authorize.ts";
import { refuseStrangers } from "./forms.ts";
import { createTokenByForm, logInByForm, logOutByForm, revokeTokenByForm, showHome } from "./home.ts";
import { html } from "./html.ts";
import { sendPage } from "./page.ts";

export const PAGES_DIALECT = "databricks-pages";

/** A form of ours is far below this. */
const BODY_LIMIT_BYTES = 16 * 1024;

export type PageHandler = (
  options: DatabricksOptions,
  call: PageCall,
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<FastifyReply>;

/** What people see of the account and of its workspaces: the log-in, and one page of each. */
export function pagesPlugin(options: DatabricksOptions): (app: FastifyInstance) => Promise<void> {
  const calls = new WeakMap<FastifyRequest, PageCall>();

  return async (app) => {
    takeForms(app, calls, (_request, reply, answer) => {
      return sendPage(reply, {
        title: answer.status >= 500 ? "Something went wrong" : "This does not work",
        status: answer.status,
        body: html`<p class="problem" role="alert">${answer.message}</p>`,
      });
    });
    app.addHook("onRequest", async (request, reply) => {
      reply.header("x-request-id", request.id);
      refuseStrangers(request);
    });
    app.addHook("onSend", async (request, reply) => {
      const call = calls.get(request);
      if (call !== undefined && isWorthRecording(request, reply, call))
        recordPageCall(options, call, request, reply.statusCode);
    });

    const serve = (
      method: "GET" | "POST",
      url: string,
      [object, name]: readonly [PageCall["object"], string],
      handler: PageHandler,
    ) =>
      app.route({
        method,
        url,
        bodyLimit: BODY_LIMIT_BYTES,
        config: { dialect: PAGES_DIALECT, operation: name },
        handler: async (request, reply) => {
          const call = pageCall(object, name);
          calls.set(request, call);
          return handler(options, call, request, reply);
        },
      });
    for (const method of ["GET", "POST"] as const) {
      const name = ["accounts", "mintOAuthAuthorizationCode"] as const;
      serve(method, "/oidc/v1/authorize", name, async (_options, call, request, reply) =>
        authorize(options, await workspaceAuthority(options, request), call, request, reply),
      );
      serve(method, "/oidc/accounts/:account_id/v1/authorize", name, async (_options, call, request, reply) =>
        authorize(options, accountAuthority(request), call, request, reply),
      );
    }
    serve("GET", "/", ["accounts", "home"], showHome);
    // Where the service has it; the log-in itself is at `/`.
    serve("GET", "/login.html", ["accounts", "home"], async (_options, _call, _request, reply) =>
      reply.status(303).header("location", "/").send(),
    );
    serve("POST", "/login", ["accounts", "login"], logInByForm);
    serve("POST", "/logout", ["accounts", "logout"], logOutByForm);
    serve("POST", "/tokens", ["tokens", "create"], createTokenByForm);
    serve("POST", "/tokens/revoke", ["tokens", "delete"], revokeTokenByForm);
  };
}

/** A page that is only looked at changes nothing, and is no call of the API's. */
function isWorthRecording(request: FastifyRequest, reply: FastifyReply, call: PageCall): boolean {
  return request.method === "POST" || (call.name === "mintOAuthAuthorizationCode" && reply.statusCode >= 400);
}
