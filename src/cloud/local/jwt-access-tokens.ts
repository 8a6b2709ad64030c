import { importJWK, jwtVerify, errors as refused, SignJWT } from "jose";
import { LONGEST_TOKEN_SECONDS, type SigningKey } from "../../core/access/signing-key.ts";
import { accountId, accountObjectId, principalId } from "../../core/ids.ts";
import type { Json } from "../../core/json.ts";
import type { AccessTokenClaims, AccessTokens, ReadAccessToken } from "../../core/ports/access-tokens.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Ids } from "../../core/ports/ids.ts";
import type { KeyRing } from "../../core/ports/key-ring.ts";
import type { Store } from "../../core/ports/store.ts";
import { SIGNING_ALGORITHM as ALGORITHM, newSigningKey } from "./signing-key-pair.ts";
import { steadyClock } from "./system-clock.ts";

/** RFC 9068: so that nothing else that a key of ours may sign one day passes for an access token. */
const TYPE = "at+jwt";
/** A key that another server on the same database has made is looked for this often at most. */
const RELOAD_MS = 1_000;
/** A key that has retired checks nothing any more once this has passed. */
const FORGET_MS = 60_000;

type Key = Awaited<ReturnType<typeof importJWK>>;

export interface JwtAccessTokensOptions {
  readonly store: Store;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
  readonly ids: Pick<Ids, "uuid">;
  /** Measures how long keys have been known; the machine's own clock by default. */
  readonly steadyClock?: Clock;
}

/**
 * Access tokens as signed JSON Web Tokens. The keys are in the store, encrypted; the first is made when one is needed.
 */
export class JwtAccessTokens implements AccessTokens {
  readonly #options: JwtAccessTokensOptions;
  #checking: ReadonlyMap<string, Key> = new Map();
  #loadedAtMs = Number.NEGATIVE_INFINITY;
  #loading: Promise<void> = Promise.resolve();
  #making: Promise<unknown> = Promise.resolve();

  constructor(options: JwtAccessTokensOptions) {
    this.#options = options;
  }

  async issue(claims: AccessTokenClaims, lifetimeSeconds: number): Promise<string> {
    const { keyRing, clock, ids } = this.#options;
    if (lifetimeSeconds > LONGEST_TOKEN_SECONDS)
      throw new Error(`A token lives for ${LONGEST_TOKEN_SECONDS} s at most: then its key may be gone.`);
    const { id, encryptedPrivateKey } = await this.#newest();
    const key = await importJWK(JSON.parse(keyRing.decrypt(encryptedPrivateKey)), ALGORITHM);
    const nowSeconds = Math.floor(clock.now() / 1000);
    return new SignJWT({
      client_id: claims.clientId,
      scope: claims.scope,
      account_id: claims.account,
      workspace_id: claims.workspace,
      principal_id: claims.principal,
      credential_id: claims.credential,
    })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: id })
      .setIssuer(claims.issuer)
      .setAudience(claims.workspace ?? claims.account)
      .setSubject(claims.subject)
      .setJti(ids.uuid())
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + lifetimeSeconds)
      .sign(key);
  }

  async read(token: string): Promise<ReadAccessToken | null> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.#keyToCheckWith(kid), {
        algorithms: [ALGORITHM],
        typ: TYPE,
        requiredClaims: ["iss", "sub", "exp"],
        currentDate: new Date(this.#options.clock.now()),
      });
      const text = (name: string) => String(payload[name]);
      const workspace = payload.workspace_id;
      // One of ours for another audience, whatever it was made for, opens nothing here.
      if (payload.aud !== (typeof workspace === "string" ? workspace : payload.account_id)) return null;
      return {
        issuer: text("iss"),
        account: accountId(text("account_id")),
        workspace: typeof workspace === "string" ? accountObjectId(workspace) : null,
        principal: principalId(text("principal_id")),
        subject: text("sub"),
        clientId: text("client_id"),
        scope: text("scope"),
        credential: text("credential_id"),
        expiresAtMs: Number(payload.exp) * 1000,
      };
    } catch (error) {
      if (error instanceof refused.JOSEError) return null;
      throw error;
    }
  }

  async publicKeys(): Promise<readonly Json[]> {
    await this.#newest();
    const keys = await this.#options.store.signingKeys.list();
    return keys.map(({ publicKey }) => JSON.parse(publicKey));
  }

  /** Throws a JOSEError where no such key was ever ours. */
  async #keyToCheckWith(id: string | undefined): Promise<Key> {
    if (id === undefined) throw new refused.JWKSNoMatchingKey();
    // The machine's own clock: a token that names no key of ours must not cost a read each time.
    const ageMs = (this.#options.steadyClock ?? steadyClock).now() - this.#loadedAtMs;
    if (ageMs >= (this.#checking.has(id) ? FORGET_MS : RELOAD_MS)) {
      this.#loadedAtMs = (this.#options.steadyClock ?? steadyClock).now();
      this.#loading = this.#load().catch((error: unknown) => {
        this.#loadedAtMs = Number.NEGATIVE_INFINITY;
        throw error;
      });
    }
    await this.#loading;
    const found = this.#checking.get(id);
    if (found === undefined) throw new refused.JWKSNoMatchingKey();
    return found;
  }

  async #load(): Promise<void> {
    const keys = await this.#options.store.signingKeys.list();
    this.#checking = new Map(
      await Promise.all(keys.map(async (key) => [key.id, await imported(key)] as const)),
    );
  }

  /** The key that signs; two servers that start on one database may make one each, and both count. */
  async #newest(): Promise<SigningKey> {
    const turn = this.#making.then(async () => (await this.#stored()) ?? (await this.#make()));
    this.#making = turn.catch(() => undefined);
    const key = await turn;
    // What is being loaded may be from before it: its first check looks again.
    if (!this.#checking.has(key.id)) this.#loadedAtMs = Number.NEGATIVE_INFINITY;
    return key;
  }

  async #stored(): Promise<SigningKey | null> {
    return (await this.#options.store.signingKeys.list()).at(-1) ?? null;
  }

  async #make(): Promise<SigningKey> {
    const { store, keyRing, clock, ids } = this.#options;
    const row = await newSigningKey(ids.uuid(), keyRing, clock.now());
    await store.commit([{ kind: "signing-key", row }]);
    return row;
  }
}

function imported({ publicKey }: SigningKey): Promise<Key> {
  return importJWK(JSON.parse(publicKey), ALGORITHM);
}
