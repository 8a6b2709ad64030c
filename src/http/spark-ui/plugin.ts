import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { DomainError } from "../../core/errors.ts";
import { accessKeyId } from "../../core/ids.ts";
import type { ApplicationUiUseCases } from "../../use-cases/application-uis.ts";
import type { UiSession } from "../../use-cases/ui-sessions.ts";
import type { NativeRoute } from "../native-routes.ts";
import type { FindAccessKey } from "../shared/authenticate-aws.ts";
import { newCookie, readCookie } from "../shared/cookie.ts";
import { endsSomething, historyPath } from "./history-path.ts";
import { type InsidePath, insidePath, OPEN_PATH, sessionPath } from "./paths.ts";
import { PAGE_HEADERS, relay, unavailable } from "./relay.ts";

export const SPARK_UI_DIALECT = "spark-ui";

/** For the OpenAPI document. */
export const SPARK_UI_ROUTES: readonly NativeRoute[] = [
  {
    operation: "openSparkUi",
    path: OPEN_PATH,
    summary: "Exchanges the token of GetPersistentAppUIPresignedURL for a session, once",
    loopbackOnly: false,
    contentType: "text/plain",
  },
  {
    operation: "getSparkUi",
    path: sessionPath("{session}/{path}"),
    summary: "A page of Spark's, with the session's cookie",
    loopbackOnly: false,
    contentType: "text/html",
  },
];

export interface SparkUiOptions {
  readonly useCases: ApplicationUiUseCases;
  readonly findAccessKey: FindAccessKey;
  readonly sessionSeconds: number;
}

const ASK_AGAIN = "Open the run's pages with 'firesteel emr ui RUN', or by GetPersistentAppUIPresignedURL.";
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
const RETRY_SECONDS = 2;
const COOKIE = "firesteel-ui";

/**
 * Spark's own web pages of a run, for browsers, which cannot sign. A token opens a session; a session is a path nobody
 * can guess and a cookie for that path alone, so that pages of one run, which are its owner's program, reach no other
 * run's. Pages are read only: nothing but GET and HEAD gets through, and nothing that ends a job.
 */
export function sparkUiPlugin({ useCases, findAccessKey, sessionSeconds }: SparkUiOptions) {
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    app.setErrorHandler((error, request, reply) => {
      if (error instanceof DomainError && error.kind !== "internal")
        return unavailable(reply, error.kind === "unavailable" ? 503 : 404, error.message);
      request.log.error({ err: error }, "request failed");
      return unavailable(reply, 500, "Internal server error.");
    });
    app.get(
      OPEN_PATH,
      { config: { dialect: SPARK_UI_DIALECT, operation: "openSparkUi" } },
      async (request, reply) => open(request, reply),
    );
    app.route({
      method: [...METHODS],
      url: sessionPath(":session/*"),
      config: { dialect: SPARK_UI_DIALECT, operation: "getSparkUi" },
      // Nothing of a body is read for somebody who is not let in.
      async onRequest(request, reply) {
        if ((await sessionOf(request)) === null) return refuse(reply);
      },
      async handler(request, reply) {
        const session = await sessionOf(request);
        return session === null ? refuse(reply) : serve(session, request, reply);
      },
    });
  };

  function open(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { token } = request.query as Readonly<Record<string, unknown>>; // the router parses any query
    const opened = typeof token === "string" ? useCases.redeem(token) : null;
    if (opened === null)
      return unavailable(reply, 401, `This address was opened already, or has expired. ${ASK_AGAIN}`);
    const path = `${sessionPath(opened.session.id)}/`;
    return reply
      .status(303)
      .headers(PAGE_HEADERS)
      .header("cache-control", "no-store")
      .header("set-cookie", cookie(request, opened.cookie, path, sessionSeconds))
      .header("location", path)
      .send();
  }

  /** Null also where the access key that the session stands for may not sign any more. */
  async function sessionOf(request: FastifyRequest): Promise<UiSession | null> {
    const { session: id = "" } = request.params as Readonly<Record<string, string>>; // the router's own names
    const session = useCases.session(id, readCookie(request.headers.cookie, COOKIE));
    if (session === null) return null;
    return (await findAccessKey(accessKeyId(session.accessKeyId))) === null ? null : session;
  }

  async function serve(
    session: UiSession,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const base = sessionPath(session.id);
    const inside = insidePath(request.raw.url ?? "", base);
    if (inside === null) return unavailable(reply, 400, "This path is not one of Spark's pages.");
    if (request.method === "DELETE" && inside.path === "/") {
      useCases.endSession(session.id);
      return reply
        .status(204)
        .header("set-cookie", cookie(request, "", `${base}/`, 0))
        .send();
    }
    if (request.method !== "GET" && request.method !== "HEAD")
      return unavailable(reply.header("allow", "GET, HEAD"), 405, "Spark's pages are for reading here.");
    const place = await useCases.placeOf(session);
    switch (place.kind) {
      case "waiting":
        reply.header("retry-after", RETRY_SECONDS).header("refresh", RETRY_SECONDS);
        return unavailable(reply, 503, `${place.reason} This page asks again by itself.`);
      case "live":
        if (endsSomething(inside.path))
          return unavailable(reply, 403, "Spark's pages are for reading here: end a run with CancelJobRun.");
        return relay(request, reply, place.address, inside, base);
      case "history":
        return serveHistory(place, inside);
    }

    function serveHistory(
      { address, sparkApplicationIds }: Extract<typeof place, { kind: "history" }>,
      asked: InsidePath,
    ): Promise<FastifyReply> | FastifyReply {
      const found = historyPath(asked, sparkApplicationIds);
      if (found.kind === "pass") return relay(request, reply, address, asked, base);
      if (found.kind === "refuse") return unavailable(reply, 404, found.reason);
      return reply
        .status(302)
        .headers(PAGE_HEADERS)
        .header("cache-control", "no-store")
        .header("location", base + found.to)
        .send();
    }
  }
}

/** For the session's own path alone; without seconds it is gone. */
function cookie(request: FastifyRequest, value: string, path: string, seconds: number): string {
  return newCookie({ name: COOKIE, value, path, seconds, secure: request.protocol === "https" });
}

function refuse(reply: FastifyReply): FastifyReply {
  return unavailable(reply, 401, `Nobody is let in here without a session. ${ASK_AGAIN}`);
}
