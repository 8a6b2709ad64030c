import { decodeJwt, decodeProtectedHeader, type JWTPayload, jwtVerify, errors as refused } from "jose";
import { DomainError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type {
  ForeignToken,
  ForeignTokenCheck,
  ForeignTokenFault,
  ForeignTokens,
  KeySource,
} from "../../core/ports/foreign-tokens.ts";
import { IssuerKeys, type IssuerKeysOptions, type LoadedKeys } from "./issuer-keys.ts";

/** https://docs.databricks.com/aws/en/dev-tools/auth/oauth-federation-exchange, "Prerequisites". */
const ALGORITHMS = ["RS256", "ES256"];
/** How far an issuer's clock may be ahead of ours; a token that has expired is not helped by it. */
const CLOCK_TOLERANCE_SECONDS = 30;

/** Reads and checks JSON Web Tokens of other issuers with jose. */
export class JoseForeignTokens implements ForeignTokens {
  readonly #clock: Clock;
  readonly #keys: IssuerKeys;

  constructor(clock: Clock, keys: IssuerKeysOptions) {
    this.#clock = clock;
    this.#keys = new IssuerKeys(keys);
  }

  decode(token: string): ForeignToken | null {
    try {
      decodeProtectedHeader(token);
      return foreignToken(decodeJwt(token));
    } catch {
      // Whatever the library dislikes of it: it is not one.
      return null;
    }
  }

  async check(token: string, source: KeySource): Promise<ForeignTokenCheck> {
    try {
      return await this.#verify(token, await this.#loaded(source, () => this.#keys.get(source)));
    } catch (error) {
      if (!(error instanceof refused.JWKSNoMatchingKey)) throw error;
    }
    try {
      return await this.#verify(token, await this.#loaded(source, () => this.#keys.refreshed(source)));
    } catch (error) {
      if (!(error instanceof refused.JWKSNoMatchingKey)) throw error;
      return bad(
        "TOKEN_SIGNATURE_INVALID",
        "The issuer has no key that this token can have been signed with",
      );
    }
  }

  async load(source: KeySource): Promise<void> {
    await this.#loaded(source, () => this.#keys.load(source));
  }

  async authorizationEndpoint(issuer: string): Promise<string | null> {
    const source = { kind: "issuer", issuer } as const;
    return (await this.#loaded(source, () => this.#keys.get(source))).authorizationEndpoint;
  }

  async #loaded<Loaded>(source: KeySource, get: () => Promise<Loaded>): Promise<Loaded> {
    try {
      return await get();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new DomainError("unavailable", `${told(source)}: ${why}.`, { cause });
    }
  }

  /** Throws JWKSNoMatchingKey where another look at the issuer's keys may help. */
  async #verify(token: string, { find }: LoadedKeys): Promise<ForeignTokenCheck> {
    const nowMs = this.#clock.now();
    try {
      const { payload } = await jwtVerify(token, find, {
        algorithms: ALGORITHMS,
        currentDate: new Date(nowMs),
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ["exp"],
      });
      const read = foreignToken(payload);
      const expiresAtMs = (payload.exp ?? 0) * 1000;
      if (read === null) return bad("TOKEN_INVALID", "The token names no issuer");
      if (expiresAtMs <= nowMs) return bad("TOKEN_EXPIRED", "The token has expired");
      return { kind: "good", token: read, expiresAtMs };
    } catch (error) {
      if (error instanceof refused.JWKSNoMatchingKey) throw error;
      const fault = faultOf(error);
      if (fault === null) throw error;
      return fault;
    }
  }
}

function told(source: KeySource): string {
  if (source.kind === "inline") return "Unable to use the JSON Web Key Set";
  // As the service says it: workload-identity/databricks-service-principal-operator docs/measured.md.
  if (source.kind === "issuer")
    return `Unable to load valid OpenID configuration for issuer '${source.issuer}'`;
  return `Unable to load a valid JSON Web Key Set from '${source.uri}'`;
}

function foreignToken(claims: JWTPayload): ForeignToken | null {
  const { iss, aud } = claims;
  if (typeof iss !== "string") return null;
  const audiences = typeof aud === "string" ? [aud] : Array.isArray(aud) ? aud : [];
  return {
    issuer: iss,
    audiences: audiences.filter((audience) => typeof audience === "string"),
    // Parsed from JSON.
    claims: claims as { readonly [name: string]: Json },
  };
}

/** Null for what is no fault of the token. */
function faultOf(error: unknown): ForeignTokenCheck | null {
  if (error instanceof refused.JWTExpired) return bad("TOKEN_EXPIRED", "The token has expired");
  if (error instanceof refused.JWTClaimValidationFailed) {
    return error.claim === "nbf" || error.claim === "iat"
      ? bad("TOKEN_NOT_YET_VALID", "The token is not valid yet")
      : bad("TOKEN_INVALID", `The token's claim '${error.claim}' is missing or not valid`);
  }
  if (error instanceof refused.JOSEAlgNotAllowed)
    return bad("TOKEN_INVALID", `The token is not signed with ${ALGORITHMS.join(" or ")}`);
  if (error instanceof refused.JWSSignatureVerificationFailed)
    return bad("TOKEN_SIGNATURE_INVALID", "The token's signature is not the issuer's");
  if (error instanceof refused.JWKSMultipleMatchingKeys)
    return bad("TOKEN_SIGNATURE_INVALID", "The token does not name which of the issuer's keys signed it");
  // A TypeError: the issuer's key cannot check signatures, such as an RSA key of 1024 bits.
  if (error instanceof TypeError)
    return bad("TOKEN_SIGNATURE_INVALID", "The issuer's key cannot check this token's signature");
  return error instanceof refused.JOSEError ? bad("TOKEN_INVALID", "The token is not a valid JWT") : null;
}

function bad(code: ForeignTokenFault, why: string): ForeignTokenCheck {
  return { kind: "bad", code, why };
}
