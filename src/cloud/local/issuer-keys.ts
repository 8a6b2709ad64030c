import { createLocalJWKSet, type JSONWebKeySet, type LocalJWKSet, errors as refused } from "jose";
import { isIssuerUrl, isLoopbackUrl } from "../../core/federation/address.ts";
import type { KeySource } from "../../core/ports/foreign-tokens.ts";
import { fetchJson } from "./guarded-fetch.ts";

/** Keys that an issuer has withdrawn are good for this long at most. */
const MAX_AGE_MS = 10 * 60_000;
/** An issuer is asked this often at most, whatever its tokens name and whether it answers. */
const PAUSE_MS = 10_000;
/** Issuers whose keys are kept; those that were not asked for longest go first. */
const MAX_KEPT = 200;

export interface IssuerKeysOptions {
  /** Whether issuers on this machine may be asked, and without TLS. */
  readonly loopback: boolean;
  /** A clock that never goes back, in milliseconds. */
  readonly nowMs: () => number;
  readonly maxAgeMs?: number;
  readonly pauseMs?: number;
  readonly timeoutMs?: number;
}

export interface LoadedKeys {
  readonly find: LocalJWKSet;
  /** Of the issuer's metadata; null where none was asked for or it names none. */
  readonly authorizationEndpoint: string | null;
}

interface Kept {
  keys: LoadedKeys | null;
  /** Why the last attempt failed; null where it did not. */
  failure: Error | null;
  triedAtMs: number;
  loadedAtMs: number;
  loading: Promise<void> | null;
}

/**
 * The public keys of issuers, fetched and kept. jose's own remote key sets wait between two successes only, so that an
 * issuer that is down would be asked once for each token; and they know no metadata.
 */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions;
  readonly #kept = new Map<string, Kept>();

  constructor(options: IssuerKeysOptions) {
    this.#options = options;
  }

  /** Throws an Error that says why they cannot be had. */
  async get(source: KeySource): Promise<LoadedKeys> {
    if (source.kind === "inline")
      return { find: keySet(JSON.parse(source.jwks)), authorizationEndpoint: null };
    const kept = this.#of(source);
    const { maxAgeMs = MAX_AGE_MS } = this.#options;
    if (kept.keys === null || this.#options.nowMs() - kept.loadedAtMs >= maxAgeMs) {
      kept.keys = null;
      await this.#load(source, kept, false);
    }
    if (kept.keys === null) throw kept.failure ?? new Error("it has not been asked");
    return kept.keys;
  }

  /** Anew where there has been no attempt for a while: for a token that names a key which is not among them. */
  async refreshed(source: KeySource): Promise<LoadedKeys> {
    if (source.kind !== "inline") await this.#load(source, this.#of(source), false);
    return this.get(source);
  }

  /** Anew, now: for somebody who has just named this issuer. Throws an Error that says why they cannot be had. */
  async load(source: KeySource): Promise<void> {
    if (source.kind === "inline") {
      keySet(JSON.parse(source.jwks));
      return;
    }
    const kept = this.#of(source);
    await this.#load(source, kept, true);
    if (kept.failure !== null) throw kept.failure;
  }

  #of(source: Exclude<KeySource, { kind: "inline" }>): Kept {
    const name = `${source.kind} ${source.kind === "uri" ? source.uri : source.issuer}`;
    const kept = this.#kept.get(name) ?? {
      keys: null,
      failure: null,
      triedAtMs: Number.NEGATIVE_INFINITY,
      loadedAtMs: Number.NEGATIVE_INFINITY,
      loading: null,
    };
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return kept;
  }

  /** One attempt at a time; those who come while it is made wait for it. */
  async #load(source: Exclude<KeySource, { kind: "inline" }>, kept: Kept, now: boolean): Promise<void> {
    if (kept.loading === null) {
      const { nowMs, pauseMs = PAUSE_MS } = this.#options;
      if (!now && nowMs() - kept.triedAtMs < pauseMs) return;
      kept.triedAtMs = nowMs();
      kept.loading = this.#attempt(source, kept).finally(() => {
        kept.loading = null;
      });
    }
    await kept.loading;
  }

  async #attempt(source: Exclude<KeySource, { kind: "inline" }>, kept: Kept): Promise<void> {
    try {
      kept.keys = await (source.kind === "uri" ? this.#byUri(source.uri) : this.#byMetadata(source.issuer));
      kept.loadedAtMs = this.#options.nowMs();
      kept.failure = null;
    } catch (error) {
      kept.failure = error instanceof Error ? error : new Error(String(error));
    }
  }

  async #byUri(uri: string): Promise<LoadedKeys> {
    const set = await fetchJson(new URL(uri), { ...this.#options, publicOnly: false });
    return { find: keySet(set), authorizationEndpoint: null };
  }

  /** OpenID Connect Discovery 1.0, 4: the metadata must be the issuer's own. */
  async #byMetadata(issuer: string): Promise<LoadedKeys> {
    const at = new URL(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
    const metadata = await fetchJson(at, { ...this.#options, publicOnly: false });
    const named = (name: string) => {
      const value: unknown =
        typeof metadata === "object" && metadata !== null ? Reflect.get(metadata, name) : null;
      return typeof value === "string" ? value : null;
    };
    if (named("issuer") !== issuer) throw new Error("its metadata names another issuer");
    const uri = named("jwks_uri");
    if (uri === null || !isIssuerUrl(uri.replace(/\?.*$/, "")))
      throw new Error("its metadata names no jwks_uri");
    const keysAt = new URL(uri);
    // The administrator has named the issuer's host, and no other: elsewhere, only what everybody may ask.
    const set = await fetchJson(keysAt, {
      ...this.#options,
      publicOnly: keysAt.host !== at.host && !(isLoopbackUrl(at) && isLoopbackUrl(keysAt)),
    });
    const endpoint = named("authorization_endpoint");
    return {
      find: keySet(set),
      authorizationEndpoint: endpoint !== null && isIssuerUrl(endpoint) ? endpoint : null,
    };
  }
}

/** Throws an Error where it is none. */
function keySet(value: unknown): LocalJWKSet {
  try {
    // What it is, the library finds out.
    return createLocalJWKSet(value as JSONWebKeySet);
  } catch (cause) {
    if (cause instanceof refused.JOSEError) throw new Error("it answered no JSON Web Key Set", { cause });
    throw cause;
  }
}
