import { exportJWK, generateKeyPair, importJWK, type JWK, jwtVerify, errors as refused, SignJWT } from "jose";
import type { SigningKey } from "../../core/access/signing-key.ts";
import { accountId, accountObjectId, principalId } from "../../core/ids.ts";
import type { Json } from "../../core/json.ts";
import type { AccessTokenClaims, AccessTokens } from "../../core/ports/access-tokens.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Ids } from "../../core/ports/ids.ts";
import type { KeyRing } from "../../core/ports/key-ring.ts";
import type { Store } from "../../core/ports/store.ts";

/** Checking is several times cheaper than with the curves, and tokens are checked far more often than made. */
const ALGORITHM = "RS256";
/** RFC 9068: so that nothing else that a key of ours may sign one day passes for an access token. */
const TYPE = "at+jwt";
/** A key that another server on the same database has made is looked for this often at most. */
const RELOAD_MS = 1_000;

type Key = Awaited<ReturnType<typeof importJWK>>;

export interface JwtAccessTokensOptions {
  readonly store: Store;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
  readonly ids: Pick<Ids, "uuid">;
}

/**
 * Access tokens as signed JSON Web Tokens. The keys are in the store, encrypted; the first is made when one is needed.
 */
export class JwtAccessTokens implements AccessTokens {
  readonly #options: JwtAccessTokensOptions;
  readonly #checking = new Map<string, Key>();
  #loadedAtMs = Number.NEGATIVE_INFINITY;
  #making: Promise<unknown> = Promise.resolve();

  constructor(options: JwtAccessTokensOptions) {
    this.#options = options;
  }

  async issue(claims: AccessTokenClaims, lifetimeSeconds: number): Promise<string> {
    const { keyRing, clock, ids } = this.#options;
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

  async read(token: string): Promise<AccessTokenClaims | null> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.#keyToCheckWith(kid), {
        algorithms: [ALGORITHM],
        typ: TYPE,
        requiredClaims: ["iss", "sub", "exp"],
        currentDate: new Date(this.#options.clock.now()),
      });
      const text = (name: string) => String(payload[name]);
      const workspace = payload.workspace_id;
      return {
        issuer: text("iss"),
        account: accountId(text("account_id")),
        workspace: typeof workspace === "string" ? accountObjectId(workspace) : null,
        principal: principalId(text("principal_id")),
        subject: text("sub"),
        clientId: text("client_id"),
        scope: text("scope"),
        credential: text("credential_id"),
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
    const known = this.#checking.get(id);
    if (known !== undefined) return known;
    // The machine's own clock: a token that names no key of ours must not cost a read each time.
    const nowMs = performance.now();
    if (nowMs - this.#loadedAtMs >= RELOAD_MS) {
      this.#loadedAtMs = nowMs;
      for (const key of await this.#options.store.signingKeys.list()) await this.#remember(key);
    }
    const found = this.#checking.get(id);
    if (found === undefined) throw new refused.JWKSNoMatchingKey();
    return found;
  }

  async #remember({ id, publicKey }: SigningKey): Promise<void> {
    if (!this.#checking.has(id)) this.#checking.set(id, await importJWK(JSON.parse(publicKey), ALGORITHM));
  }

  /** The key that signs; two servers that start on one database may make one each, and both count. */
  async #newest(): Promise<SigningKey> {
    const turn = this.#making.then(async () => (await this.#stored()) ?? (await this.#make()));
    this.#making = turn.catch(() => undefined);
    const key = await turn;
    await this.#remember(key);
    return key;
  }

  async #stored(): Promise<SigningKey | null> {
    return (await this.#options.store.signingKeys.list()).at(-1) ?? null;
  }

  async #make(): Promise<SigningKey> {
    const { store, keyRing, clock, ids } = this.#options;
    const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
    const id = ids.uuid();
    const shown: JWK = { ...(await exportJWK(publicKey)), kid: id, use: "sig", alg: ALGORITHM };
    const row: SigningKey = {
      id,
      publicKey: JSON.stringify(shown),
      encryptedPrivateKey: keyRing.encrypt(JSON.stringify(await exportJWK(privateKey))),
      createdAtMs: clock.now(),
    };
    await store.commit([{ kind: "signing-key", row }]);
    return row;
  }
}
