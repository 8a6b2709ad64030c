import type { FastifyInstance, FastifyRequest } from "fastify";
import { DomainError, type DomainErrorKind } from "../core/errors.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Snapshot } from "../core/ports/contents.ts";
import type { ServerState } from "../use-cases/server-state.ts";
import type { NativeRoute } from "./native-routes.ts";
import { type AuthenticatedCall, awsAuthenticator, type FindAccessKey } from "./shared/authenticate-aws.ts";
import { requestHead } from "./shared/request-head.ts";

/** The signing name of the server's own routes, in the scope of Signature Version 4. */
export const NATIVE_SERVICE = "firesteel";

const json = { loopbackOnly: false, signed: true, contentType: "application/json" } as const;

/** Routes for those who test against this server. */
export const STATE_ROUTES = {
  reset: {
    ...json,
    operation: "resetServer",
    method: "POST",
    path: "/firesteel/reset",
    summary: "Ends every driver and forgets everything but access keys, audit files and snapshots",
  },
  listSnapshots: {
    ...json,
    operation: "listSnapshots",
    method: "GET",
    path: "/firesteel/snapshots",
    summary: "Lists the saved states",
  },
  saveSnapshot: {
    ...json,
    operation: "saveSnapshot",
    method: "POST",
    path: "/firesteel/snapshots/{name}",
    summary: "Saves all that the server holds, once no run is active",
  },
  restoreSnapshot: {
    ...json,
    operation: "restoreSnapshot",
    method: "POST",
    path: "/firesteel/snapshots/{name}/restore",
    summary: "Ends every driver and takes the server back to a saved state",
  },
  deleteSnapshot: {
    ...json,
    operation: "deleteSnapshot",
    method: "DELETE",
    path: "/firesteel/snapshots/{name}",
    summary: "Deletes a saved state",
  },
} as const satisfies Record<string, NativeRoute>;

/** The server's own routes have HTTP's plain statuses. */
const STATUS: Record<DomainErrorKind, number> = {
  invalid: 400,
  "not-found": 404,
  unauthenticated: 403,
  forbidden: 403,
  conflict: 409,
  throttled: 429,
  "too-large": 413,
  "not-implemented": 501,
  unavailable: 503,
  internal: 500,
};

export interface StateRoutesOptions {
  readonly state: ServerState;
  readonly findAccessKey: FindAccessKey;
  readonly clock: Clock;
}

type Answer = (call: AuthenticatedCall, name: string) => Promise<object>;

/** Reset and snapshots, signed with Signature Version 4 for the service `firesteel`. */
export function stateRoutes({ state, findAccessKey, clock }: StateRoutesOptions) {
  const authenticator = awsAuthenticator(NATIVE_SERVICE, findAccessKey, clock);
  const answers: Record<keyof typeof STATE_ROUTES, Answer> = {
    reset: ({ caller }) => state.reset(caller),
    listSnapshots: async ({ caller }) => ({ snapshots: (await state.listSnapshots(caller)).map(onTheWire) }),
    saveSnapshot: async ({ caller }, name) => onTheWire(await state.saveSnapshot(caller, name)),
    restoreSnapshot: ({ caller }, name) => state.restoreSnapshot(caller, name),
    async deleteSnapshot({ caller }, name) {
      await state.deleteSnapshot(caller, name);
      return {};
    },
  };
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    // The signature covers the bytes as they came.
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    app.setErrorHandler((error, request, reply) => {
      if (error instanceof DomainError && error.kind !== "internal")
        return reply.status(STATUS[error.kind]).send({ message: error.message });
      request.log.error({ err: error }, "request failed");
      // Whoever may do this is the administrator, and has nothing but the message to go by.
      const message = error instanceof Error ? error.message : String(error);
      return reply.status(500).send({ message });
    });
    for (const [key, { method, path, operation }] of Object.entries(STATE_ROUTES)) {
      const answer = answers[key as keyof typeof STATE_ROUTES]; // the keys are those of the table
      app.route({
        method,
        url: path.replace(/\{(\w+)\}/g, ":$1"),
        config: { dialect: "native", operation },
        // Before the body is read: nothing is taken of a request that is not signed.
        onRequest: async (request) => void authenticator.readClaim(requestHead(request.raw)),
        handler: async (request) => answer(await authenticated(request), nameOf(request)),
      });
    }
  };

  async function authenticated(request: FastifyRequest): Promise<AuthenticatedCall> {
    const head = requestHead(request.raw);
    const claim = authenticator.readClaim(head);
    return authenticator.verify(claim, head, request.body instanceof Uint8Array ? request.body : null);
  }
}

function nameOf(request: FastifyRequest): string {
  // The router gives text by the route's names; the paths without one have no use for it.
  return (request.params as Readonly<Record<string, string>>).name ?? "";
}

function onTheWire({ createdAtMs, ...snapshot }: Snapshot): object {
  return { ...snapshot, createdAt: new Date(createdAtMs).toISOString() };
}
