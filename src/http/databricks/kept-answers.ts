import { hash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../../core/ports/clock.ts";
import { sourceAddress } from "../shared/source-address.ts";
import { arrivedAt } from "../workspace-listeners.ts";
import type { DatabricksCall } from "./call.ts";

/** Of all that is kept, in characters. */
const LIMIT_CHARACTERS = 4_000_000;

/** All that a request may say beside its method, path and credential that an answer depends on. */
const HEADERS = ["x-databricks-workspace-id", "x-databricks-org-id"] as const;

interface KeptAnswer {
  readonly call: DatabricksCall;
  readonly payload: string;
  readonly contentType: string;
  readonly untilMs: number;
}

/** A request whose answer may be kept: who is asked, and of which state. */
interface Keeping {
  readonly key: string;
  readonly generation: number;
}

/**
 * Answers of reads that follow from the request and from what is stored alone. A client that waits for something asks
 * the same again and again: until something is committed that is not of runs, by whomever, or the credential ends, the same
 * request has the same answer, with who was found to be calling. What was revoked is refused by the next request.
 */
export class KeptAnswers {
  readonly #generation: () => number | null;
  readonly #clock: Clock;
  readonly #answers = new Map<string, KeptAnswer>();
  readonly #keeping = new WeakMap<FastifyRequest, Keeping>();
  #characters = 0;
  #of = -1;

  /** @param generation another one after each commit; null where that cannot be told at once: nothing is kept then */
  constructor(generation: () => number | null, clock: Clock) {
    this.#generation = generation;
    this.#clock = clock;
  }

  /** The answer that this request had; where there is none, its answer is kept when it has one. */
  find(request: FastifyRequest): KeptAnswer | null {
    const generation = this.#generation();
    const key = generation === null ? null : keyOf(request);
    if (generation === null || key === null) return null;
    if (generation !== this.#of) this.#forget(generation);
    const found = this.#answers.get(key);
    if (found !== undefined && found.untilMs > this.#clock.now()) return found;
    this.#keeping.set(request, { key, generation });
    return null;
  }

  /** Takes an answer on its way out. */
  keep(request: FastifyRequest, reply: FastifyReply, payload: unknown): void {
    const keeping = this.#keeping.get(request);
    const call = request.databricksCall;
    if (keeping === undefined || call === null || reply.statusCode !== 200) return;
    const untilMs = call.caller?.provenUntilMs ?? 0;
    const contentType = reply.getHeader("content-type");
    if (typeof payload !== "string" || typeof contentType !== "string" || untilMs === 0) return;
    // Something was committed while it was made: it may be of before.
    if (keeping.generation !== this.#generation() || keeping.generation !== this.#of) return;
    const characters = keeping.key.length + 2 * payload.length;
    if (this.#characters + characters > LIMIT_CHARACTERS) this.#forget(keeping.generation);
    this.#characters += characters;
    this.#answers.set(keeping.key, { call, payload, contentType, untilMs });
  }

  #forget(generation: number): void {
    this.#answers.clear();
    this.#characters = 0;
    this.#of = generation;
  }
}

/** Null for a request whose answer is not kept: one without a bearer token, or with a body. */
function keyOf(request: FastifyRequest): string | null {
  const { headers } = request;
  const { authorization } = headers;
  if (authorization === undefined || !/^bearer /i.test(authorization)) return null;
  if (headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined) return null;
  const parts = [
    request.url,
    // A token is not kept in the clear.
    hash("sha256", authorization, "base64"),
    request.host,
    sourceAddress(request),
    arrivedAt(request.raw),
    ...HEADERS.map((header) => headers[header]),
  ];
  // No part can hold a line's end, so that no two requests have one key.
  return parts.join("\n");
}
