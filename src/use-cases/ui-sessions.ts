import { createHash, timingSafeEqual } from "node:crypto";
import type { AccessKeyId, JobRunId, Scope } from "../core/ids.ts";
import type { Clock } from "../core/ports/clock.ts";

/** Whose pages are read, and with which key's right. */
export interface UiGrant {
  readonly scope: Scope;
  readonly run: JobRunId;
  readonly accessKeyId: AccessKeyId;
}

export interface UiSession extends UiGrant {
  /** Part of the path of everything that the session shows; nobody else knows it. */
  readonly id: string;
}

export interface UiSessionSettings {
  /** How long a URL can be opened. */
  readonly urlMs: number;
  /** How long what it opens can be read. */
  readonly sessionMs: number;
  /** Most of each account at once; the oldest ends for a newer one. */
  readonly mostPerAccount: number;
}

interface Kept<Value> {
  readonly value: Value;
  readonly expiresAtMs: number;
}

interface KeptSession extends UiSession {
  readonly cookieHash: Buffer;
}

/**
 * Who may read which run's pages. A token opens one session, once; a session is a path and a cookie, and needs both.
 * Only hashes are kept, in memory: a restart of the server ends every session, and a URL is asked for anew.
 */
export class UiSessions {
  readonly #settings: UiSessionSettings;
  /** Should not jump. */
  readonly #steady: Clock;
  readonly #secret: () => string;
  readonly #tokens = new Map<string, Kept<UiGrant>>();
  readonly #sessions = new Map<string, Kept<KeptSession>>();

  /** @param secret fresh text that nobody can guess, safe in URLs and cookies */
  constructor(settings: UiSessionSettings, steady: Clock, secret: () => string) {
    this.#settings = settings;
    this.#steady = steady;
    this.#secret = secret;
  }

  /** A token that opens the run's pages once. */
  issue(grant: UiGrant): string {
    const token = this.#secret();
    this.#keep(this.#tokens, hashOf(token).toString("hex"), grant, this.#settings.urlMs);
    return token;
  }

  /** Null where the token was used, has expired or never was. */
  redeem(token: string): { readonly session: UiSession; readonly cookie: string } | null {
    const key = hashOf(token).toString("hex");
    const grant = this.#live(this.#tokens, key);
    this.#tokens.delete(key);
    if (grant === null) return null;
    const session = { ...grant, id: this.#secret() };
    const cookie = this.#secret();
    const kept = { ...session, cookieHash: hashOf(cookie) };
    this.#keep(this.#sessions, session.id, kept, this.#settings.sessionMs);
    return { session, cookie };
  }

  /** Null unless both belong together and to a session that goes on. */
  find(id: string, cookie: string | null): UiSession | null {
    const session = this.#live(this.#sessions, id);
    // Hashed also where there is no such session, so that both take as long.
    const given = hashOf(cookie ?? "");
    if (session === null || cookie === null || !timingSafeEqual(given, session.cookieHash)) return null;
    return session;
  }

  end(id: string): void {
    this.#sessions.delete(id);
  }

  #live<Value>(kept: Map<string, Kept<Value>>, key: string): Value | null {
    const found = kept.get(key);
    if (found === undefined) return null;
    if (found.expiresAtMs > this.#steady.now()) return found.value;
    kept.delete(key);
    return null;
  }

  #keep<Value extends UiGrant>(
    kept: Map<string, Kept<Value>>,
    key: string,
    value: Value,
    forMs: number,
  ): void {
    const now = this.#steady.now();
    let ofAccount = 0;
    let oldest: string | null = null;
    for (const [other, { value: held, expiresAtMs }] of kept) {
      if (expiresAtMs <= now) kept.delete(other);
      else if (held.scope.account === value.scope.account) {
        ofAccount += 1;
        oldest ??= other;
      }
    }
    if (ofAccount >= this.#settings.mostPerAccount && oldest !== null) kept.delete(oldest);
    kept.set(key, { value, expiresAtMs: now + forMs });
  }
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
